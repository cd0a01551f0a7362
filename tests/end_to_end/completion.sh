#!/usr/bin/env bash
# What the shell completes with the program's own script. usage: completion.sh PROGRAM
set -u
PATH=$(dirname "$1"):$PATH
source <(opcost completion bash) || exit 1
failed=0
expect() {  # WANTED WORD…
  local wanted=$1
  shift
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
  _opcost
  [[ " ${COMPREPLY[*]} " == *" $wanted "* ]] && return
  echo "FAILED: '$*' completes to '${COMPREPLY[*]}', expected $wanted"
  failed=1
}
expect analyze opcost an
expect hw opcost ""
expect show opcost hw ""
expect list opcost ops l
expect --format opcost hw list --f
expect --exit-code opcost diff a.json b.json --ex
expect --sweep opcost model.onnx --s
expect a100-sxm-80gb opcost analyze model.onnx --hw a100
expect jsonl opcost compare model.onnx --format js
for shell in zsh fish; do
  opcost completion $shell | grep -q 'complete.* opcost' || { echo "FAILED: no script for $shell"; failed=1; }
done
exit $failed
