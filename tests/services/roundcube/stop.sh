#!/usr/bin/env bash
# Stops what start.sh started with the same RUN and HTTP_PORT, and waits until it is gone.
set -u
run=${RUN:-${TMPDIR:-/tmp}/sotto-roundcube-${HTTP_PORT:-18080}}
pids=()
for file in "$run/php.pid" "$run/dovecot/master.pid" "$run/exim/exim.pid"; do
    [ -s "$file" ] && pids+=("$(cat "$file")")
done
for pid in "${pids[@]}"; do
    kill -- "-$pid" 2>/dev/null || kill "$pid" 2>/dev/null
done
for _ in $(seq 50); do
    kill -0 "${pids[@]}" 2>/dev/null || exit 0
    sleep 0.1
done
echo "still running: ${pids[*]}" >&2
exit 1
