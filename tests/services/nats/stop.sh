#!/usr/bin/env bash
# Ends what start.sh began with the same RUN or BASE_PORT, and forgets its state.
set -uo pipefail
run=${RUN:-${TMPDIR:-/tmp}/sotto-nats-${BASE_PORT:-18300}}
for file in "$run"/*.pid; do
    [ -e "$file" ] || continue
    pid=$(cat "$file")
    kill -9 "$pid" 2>/dev/null || continue
    # Until its last thread is dead it may make a file in the folder that is removed.
    while grep -hqv ') [ZX] ' "/proc/$pid/task"/*/stat 2>/dev/null; do sleep 0.02; done
done
rm -rf "$run"
