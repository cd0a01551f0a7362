#!/usr/bin/env bash
# Configures a CMake preset and builds its program, or with --tests everything, and runs the tests.
# usage: cmake.sh PRESET [--tests | TARGET …]
set -euo pipefail
cd "$(dirname "$0")/.."
preset=$1
shift

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

tests=0
if [ "${1:-}" = --tests ]; then
  tests=1
  shift
fi
[ $# -gt 0 ] || set -- all
quietly cmake --preset "$preset"
echo "building ($preset) …" >&2
# Progress lines are noise; everything else is worth reading.
cmake --build --preset "$preset" --target "$@" | grep -vE '^\[[0-9]+/[0-9]+\] (Building|Linking|Generating|Re-checking)' ||
  test "${PIPESTATUS[0]}" -eq 0
[ $tests = 1 ] || exit 0
ctest --preset "$preset" --parallel "$(nproc)"
