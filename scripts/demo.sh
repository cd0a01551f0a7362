#!/usr/bin/env bash
# What `make demo` shows: one real model priced on one machine, then the same model on two machines.
set -euo pipefail
cd "$(dirname "$0")/.."
model=tests/models/resnet50.onnx

show() {
  printf '\n$ %s\n\n' "$*"
  "$@"
}
PATH=$PWD/build:$PATH
show opcost analyze "$model" --hw i7-12700k --top 12
show opcost diff "$model" --hw i7-12700k --hw a100-sxm-80gb --top 8
