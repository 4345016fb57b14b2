#!/usr/bin/env bash
# copyparty on loopback: chunked, resumable uploads; drag and drop; a content security policy with nonces.
#
#   RUN        state folder, wiped at start     (/tmp/sotto-copyparty-$HTTP_PORT)
#   HTTP_PORT  the service                      (18120)
#   TOOL       the virtual environment of requirements.txt (target/tools/copyparty)
#
# Accounts alice (password alice-secret) and bob (bob-secret) read and write everything. What was
# uploaded lies in $RUN/share.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
http=${HTTP_PORT:-18120}
run=${RUN:-${TMPDIR:-/tmp}/sotto-copyparty-$http}
tool=${TOOL:-$here/../../../target/tools/copyparty}

ready() { curl -fs -m 2 -o /dev/null "http://127.0.0.1:$http/?reset"; }

! (exec 3<>"/dev/tcp/127.0.0.1/$http") 2>/dev/null || {
    echo "port $http of 127.0.0.1 is taken" >&2
    exit 1
}
rm -rf "$run"
mkdir -p "$run"/{share,home,hist}
# It leaves our terminal and our pipes: a caller that reads them would wait for ever.
HOME="$run/home" XDG_CONFIG_HOME="$run/home" setsid "$tool/bin/copyparty" \
    -i 127.0.0.1 -p "$http" -q --no-crt \
    -a alice:alice-secret -a bob:bob-secret -v "$run/share::rwmd,alice,bob" \
    --hist "$run/hist" -e2d --no-thumb --no-robots >"$run/out.log" 2>&1 </dev/null &
echo $! >"$run/copyparty.pid"
for _ in $(seq 1200); do
    ready && { echo "ready http://127.0.0.1:$http/"; exit 0; }
    sleep 0.1
done
echo "copyparty is not ready; what it said:" >&2
tail -n 20 "$run/out.log" >&2
exit 1
