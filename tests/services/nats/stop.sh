#!/usr/bin/env bash
# Ends what start.sh began with the same RUN or BASE_PORT, and forgets its state.
set -uo pipefail
run=${RUN:-${TMPDIR:-/tmp}/sotto-nats-${BASE_PORT:-18300}}
for pid in "$run"/*.pid; do
    [ -e "$pid" ] && kill -9 "$(cat "$pid")" 2>/dev/null
done
rm -rf "$run"
