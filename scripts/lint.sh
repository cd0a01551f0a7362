#!/usr/bin/env bash
# Formatting and static analysis, warnings as errors. usage: lint.sh [FILE.cc …]; without files, every source.
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in clang-format clang-tidy; do
  command -v $tool >/dev/null || { echo "lint: $tool is missing: apt-get install $tool" >&2; exit 1; }
done
git ls-files '*.cc' '*.h' | xargs clang-format --dry-run --Werror
cmake --preset lint >/dev/null
files=("$@")
[ ${#files[@]} -gt 0 ] || mapfile -t files < <(git ls-files '*.cc' | grep -v '^tests/')
printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -n 4 clang-tidy -p build-lint --quiet --warnings-as-errors='*' 2>/dev/null
echo "lint: ${#files[@]} files clean"
