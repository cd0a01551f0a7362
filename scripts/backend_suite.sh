#!/usr/bin/env bash
# Generates ONNX's backend suite for tests/backend/ into build/backend-suite, with the `onnx` Python package of the
# version that the program links. Does nothing when it is there.
set -euo pipefail
cd "$(dirname "$0")/.."
readonly ONNX_VERSION=1.23.2
readonly SUITE=$PWD/build/backend-suite
[ -e "$SUITE/suite.tsv" ] && [ "$SUITE/suite.tsv" -nt tests/backend/generate.py ] && exit 0

echo "generating ONNX's backend suite …" >&2
venv=$(mktemp -d)
trap 'rm -rf "$venv"' EXIT
python3 -m venv "$venv"
"$venv/bin/pip" --quiet --disable-pip-version-check install "onnx==$ONNX_VERSION"
rm -rf "$SUITE"
"$venv/bin/python" tests/backend/generate.py "$SUITE" >&2
