#!/usr/bin/env bash
# Runs seeds that the commit's hash decides, so that each commit looks somewhere else. $1: the sim.
set -euo pipefail
cd "$(dirname "$0")"

hash=$(git rev-parse --short=8 HEAD 2>/dev/null || echo 1000)
exec "$1" --seeds 150 --from $((16#$hash))
