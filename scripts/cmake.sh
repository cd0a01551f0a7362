#!/usr/bin/env bash
# Configures and builds a CMake preset; with --tests runs its tests too. usage: cmake.sh PRESET [--tests]
set -euo pipefail
cd "$(dirname "$0")/.."
preset=$1

quietly() {
  local log
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    exit 1
  fi
  rm -f "$log"
}

quietly cmake --preset "$preset"
echo "building ($preset) …" >&2
cmake --build --preset "$preset" | grep -vE '^\[[0-9]+/[0-9]+\] (Building|Linking|Generating|Re-checking)' || test "${PIPESTATUS[0]}" -eq 0
[ "${2:-}" = --tests ] || exit 0
ctest --preset "$preset" --parallel "$(nproc)"
