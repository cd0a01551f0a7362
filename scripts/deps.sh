#!/usr/bin/env bash
# Installs what the build needs and lacks: Debian packages, and ONNX 1.23 built from its source distribution, because
# the distribution's own is too old. Does nothing when everything is there.
# usage: deps.sh [--tests]
set -euo pipefail
cd "$(dirname "$0")/.."

readonly ONNX_VERSION=1.23.2
# The digest of the source distribution: what is built here is what was reviewed.
readonly ONNX_SHA256=008cb0467b2bbee41448acc7da8b6f4e704624cb0d327a2d5adafc7ce19bc5b8
readonly PACKAGES=(g++ cmake ninja-build git protobuf-compiler libprotobuf-dev libabsl-dev libtomlplusplus-dev
  libcli11-dev nlohmann-json3-dev libeigen3-dev zlib1g-dev libgtest-dev libgmock-dev python3-venv)
# What the tests ask of the outside: a reader of JSON schemas, and a browser (with one font) that shows the pages.
readonly TEST_PACKAGES=(python3-jsonschema chromium-headless-shell fonts-dejavu-core)
readonly PREFIX=$PWD/build/deps
readonly WORK=$PWD/build/onnx

say() { echo "deps: $*" >&2; }

install_packages() {
  command -v dpkg-query >/dev/null || {
    say "not a Debian system: expecting a C++20 compiler, CMake 3.25, Ninja, Protobuf, Python 3; CMake fetches the rest"
    return
  }
  local missing=()
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { say "missing packages, and no right to install them: apt-get install ${missing[*]}"; exit 1; }
    as_root=(sudo)
  fi
  say "installing ${missing[*]}"
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# Where an ONNX that is new enough is installed already, CMake finds it and nothing is built.
have_onnx() { [ -e "$PREFIX/onnx-$ONNX_VERSION" ] || [ -n "${OPCOST_SYSTEM_ONNX:-}" ]; }

build_onnx() {
  say "building ONNX $ONNX_VERSION (about two minutes)"
  rm -rf "$WORK" && mkdir -p "$WORK"
  python3 -m venv "$WORK/venv"
  local pip="$WORK/venv/bin/pip --quiet --disable-pip-version-check"
  $pip install 'cmake>=3.26'
  $pip download --no-deps --no-binary onnx "onnx==$ONNX_VERSION" -d "$WORK"
  echo "$ONNX_SHA256  $WORK/onnx-$ONNX_VERSION.tar.gz" | sha256sum --check --quiet
  tar -xzf "$WORK/onnx-$ONNX_VERSION.tar.gz" -C "$WORK"
  "$WORK/venv/bin/cmake" -S "$WORK/onnx-$ONNX_VERSION" -B "$WORK/build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_CXX_STANDARD=20 -DBUILD_SHARED_LIBS=OFF -DONNX_USE_PROTOBUF_SHARED_LIBS=ON -DONNX_GEN_PB_TYPE_STUBS=OFF \
    -DCMAKE_INSTALL_PREFIX="$PREFIX" >"$WORK/log" 2>&1 &&
    ninja -C "$WORK/build" install >>"$WORK/log" 2>&1 || { tail -n 30 "$WORK/log" >&2; say "ONNX did not build, see above"; exit 1; }
  rm -rf "$WORK"
  touch "$PREFIX/onnx-$ONNX_VERSION"
}

wanted=("${PACKAGES[@]}")
[ "${1:-}" != --tests ] || wanted+=("${TEST_PACKAGES[@]}")
install_packages "${wanted[@]}"
have_onnx || build_onnx
