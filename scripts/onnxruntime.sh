#!/usr/bin/env bash
# Puts ONNX Runtime's library into build/onnxruntime for the tests that run it: the newest version whose rules are known.
# Does nothing when it is there.
set -euo pipefail
cd "$(dirname "$0")/.."
readonly VERSION=1.32.0
readonly FOLDER=$PWD/build/onnxruntime
[ -e "$FOLDER/version" ] && [ "$(cat "$FOLDER/version")" = "$VERSION" ] && exit 0

echo "installing ONNX Runtime $VERSION for the tests …" >&2
venv=$(mktemp -d)
trap 'rm -rf "$venv"' EXIT
python3 -m venv "$venv"
rm -rf "$FOLDER"
"$venv/bin/pip" --quiet --disable-pip-version-check install --no-deps --target "$FOLDER" "onnxruntime==$VERSION"
# Last: a folder without it is not finished.
echo "$VERSION" > "$FOLDER/version"
