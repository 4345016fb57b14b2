#!/usr/bin/env bash
# JetStream on loopback: one nats-server, or a cluster of three.
#
#   RUN          state folder                       (/tmp/sotto-nats-$BASE_PORT)
#   BASE_PORT    clients at +1, +2, +3; monitoring at +11, …; routes at +31, …   (18300)
#   NODES        1 or 3                                                         (1)
#   NODE         only this node, with its state kept: after it was killed       (all, wiped)
#
# Writes $RUN/N.pid. Ready when JetStream has a leader. Debian: nats-server
set -euo pipefail

PATH=$PATH:/usr/sbin
base=${BASE_PORT:-18300}
nodes=${NODES:-1}
run=${RUN:-${TMPDIR:-/tmp}/sotto-nats-$base}

write_node() {
    local n=$1 peer routes=""
    for peer in $(seq "$nodes"); do routes+="nats://127.0.0.1:$((base + 30 + peer)) "; done
    cat >"$run/$n.conf" <<CONF
server_name: n$n
listen: "127.0.0.1:$((base + n))"
http: "127.0.0.1:$((base + 10 + n))"
max_payload: 1MB
jetstream { store_dir: "$run/store-$n", max_memory_store: 64MB, max_file_store: 1GB }
CONF
    if [ "$nodes" -gt 1 ]; then
        printf 'cluster { name: sotto, listen: "127.0.0.1:%s", routes: [ %s ] }\n' \
            $((base + 30 + n)) "$(echo "$routes" | xargs | sed 's/ /, /g')" >>"$run/$n.conf"
    fi
}

start_node() {
    setsid nats-server -c "$run/$1.conf" >>"$run/$1.log" 2>&1 </dev/null &
    echo $! >"$run/$1.pid"
}

ask() {
    curl -fs "http://127.0.0.1:$((base + 10 + $1))/$2" 2>/dev/null
}

# It answers, and not somebody else who has its ports.
is_ready() {
    [[ $(ask "$1" healthz) == *'"ok"'* && $(ask "$1" jsz) == *"$run/store-$1"* ]]
}

is_alive() {
    kill -0 "$(cat "$run/$1.pid")" 2>/dev/null
}

if [ -n "${NODE:-}" ]; then
    start_node "$NODE"
    wanted=$NODE
else
    rm -rf "$run"
    mkdir -p "$run"
    wanted=$(seq "$nodes")
    for n in $wanted; do write_node "$n"; done
    for n in $wanted; do start_node "$n"; done
fi

give_up() {
    echo "$1" >&2
    tail -n 5 "$run"/*.log >&2
    exit 1
}

for _ in $(seq 1200); do
    ready=yes
    for n in $wanted; do
        is_alive "$n" || give_up "nats-server $n has ended"
        is_ready "$n" || ready=
    done
    if [ -n "$ready" ]; then
        echo "nats://127.0.0.1:$((base + 1))"
        exit 0
    fi
    sleep 0.1
done
give_up "nats-server is not ready"
