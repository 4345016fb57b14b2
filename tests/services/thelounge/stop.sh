#!/usr/bin/env bash
# Stops what start.sh started with the same RUN and HTTP_PORT, and waits until it is gone.
set -u
run=${RUN:-${TMPDIR:-/tmp}/sotto-thelounge-${HTTP_PORT:-18090}}
pids=()
for file in "$run/thelounge.pid" "$run/ngircd.pid"; do
    [ -s "$file" ] && pids+=("$(cat "$file")")
done
[ ${#pids[@]} -gt 0 ] || exit 0
kill "${pids[@]}" 2>/dev/null
for _ in $(seq 50); do
    kill -0 "${pids[@]}" 2>/dev/null || exit 0
    sleep 0.1
done
echo "still running: ${pids[*]}" >&2
exit 1
