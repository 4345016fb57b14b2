#!/usr/bin/env bash
# Stops what start.sh started with the same RUN and HTTP_PORT, and waits until it is gone.
set -u
run=${RUN:-${TMPDIR:-/tmp}/sotto-copyparty-${HTTP_PORT:-18120}}
pid=$(cat "$run/copyparty.pid" 2>/dev/null) || exit 0
kill -- "-$pid" 2>/dev/null || kill "$pid" 2>/dev/null
for _ in $(seq 50); do
    kill -0 "$pid" 2>/dev/null || exit 0
    sleep 0.1
done
echo "still running: $pid" >&2
exit 1
