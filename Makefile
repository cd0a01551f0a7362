# The commands that a person types; CMake presets (CMakePresets.json) do the work beneath them.
#   make demo    on a fresh Debian 12: installs what is missing, builds, prices a real model, prints a breakdown and a diff
#   make test    builds and runs every test
#   make build   leaves the program at build/opcost
.DEFAULT_GOAL := build
.PHONY: deps test-deps build demo test asan accuracy lint format tidy bench install clean

deps:
	@scripts/deps.sh

test-deps:
	@scripts/deps.sh --tests

build: deps
	@scripts/cmake.sh release opcost

demo: build
	@scripts/demo.sh

test: test-deps
	@scripts/backend_suite.sh
	@scripts/onnxruntime.sh
	@scripts/cmake.sh release --tests

# The same tests under AddressSanitizer and UndefinedBehaviorSanitizer.
asan: test-deps
	@scripts/backend_suite.sh
	@scripts/onnxruntime.sh
	@scripts/cmake.sh asan --tests

# How well profiles fitted on the generated networks predict real models, as a table: from the data in the repository.
accuracy: deps
	@scripts/cmake.sh release opcost_accuracy
	@build/tests/calibration/opcost_accuracy

bench: deps
	@scripts/cmake.sh bench bench_analyze
	@build-bench/tests/bench/bench_analyze

lint: deps
	@scripts/lint.sh

format:
	@git ls-files '*.cc' '*.h' | xargs clang-format -i

install: deps
	@scripts/cmake.sh release
	@cmake --install build

clean:
	rm -rf build build-asan build-bench build-lint
