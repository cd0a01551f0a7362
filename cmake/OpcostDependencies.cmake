# Third-party libraries. An installed package comes first, the fetched source second, so that a distribution's packages
# are used where they are new enough and nothing has to be installed by hand where they are not.
include(FetchContent)

find_package(Threads REQUIRED)

# Protobuf: ONNX's own message format. Debian ships a module-mode package, newer releases a config-mode one.
find_package(Protobuf REQUIRED)

# Abseil: Status, containers and string formatting.
find_package(absl QUIET CONFIG)
if(NOT absl_FOUND)
  set(ABSL_PROPAGATE_CXX_STD ON)
  set(ABSL_ENABLE_INSTALL ON)
  FetchContent_Declare(absl URL https://github.com/abseil/abseil-cpp/archive/refs/tags/20240722.0.tar.gz)
  FetchContent_MakeAvailable(absl)
endif()

# ONNX 1.23: schemas and shape inference of every operator set. `make deps` builds it from its source distribution.
find_package(ONNX 1.23 QUIET CONFIG)
if(NOT ONNX_FOUND)
  message(STATUS "ONNX 1.23 is not installed: fetching its source")
  set(ONNX_GEN_PB_TYPE_STUBS OFF CACHE BOOL "")
  set(ONNX_USE_PROTOBUF_SHARED_LIBS ON CACHE BOOL "")
  FetchContent_Declare(onnx URL https://github.com/onnx/onnx/archive/refs/tags/v1.23.2.tar.gz)
  FetchContent_MakeAvailable(onnx)
  if(NOT TARGET ONNX::onnx)
    add_library(ONNX::onnx ALIAS onnx)
  endif()
endif()

# toml++: profiles; it keeps the line of every value, which the error messages need.
find_package(tomlplusplus QUIET CONFIG)
if(NOT tomlplusplus_FOUND)
  FetchContent_Declare(tomlplusplus URL https://github.com/marzer/tomlplusplus/archive/refs/tags/v3.4.0.tar.gz)
  FetchContent_MakeAvailable(tomlplusplus)
endif()

# CLI11: the command line.
find_package(CLI11 QUIET CONFIG)
if(NOT CLI11_FOUND)
  FetchContent_Declare(CLI11 URL https://github.com/CLIUtils/CLI11/archive/refs/tags/v2.4.2.tar.gz)
  FetchContent_MakeAvailable(CLI11)
endif()

# nlohmann/json: reports in and out; the JSON library that C++ programs already have.
find_package(nlohmann_json QUIET CONFIG)
if(NOT nlohmann_json_FOUND)
  FetchContent_Declare(nlohmann_json URL https://github.com/nlohmann/json/releases/download/v3.11.3/json.tar.xz)
  FetchContent_MakeAvailable(nlohmann_json)
endif()

if(OPCOST_BUILD_TESTS)
  find_package(GTest QUIET CONFIG)
  if(NOT GTest_FOUND)
    FetchContent_Declare(googletest URL https://github.com/google/googletest/archive/refs/tags/v1.15.2.tar.gz)
    FetchContent_MakeAvailable(googletest)
  endif()
endif()
