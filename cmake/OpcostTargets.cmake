# How this project's libraries and tests are declared: one warning set, one sanitizer switch.
add_library(opcost_options INTERFACE)
target_include_directories(opcost_options INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/opcost>)
target_compile_options(opcost_options INTERFACE
  $<BUILD_INTERFACE:-Wall -Wextra -Wno-missing-field-initializers $<$<BOOL:${OPCOST_WERROR}>:-Werror>>)
if(OPCOST_SANITIZE)
  # Checks of every pointer for null and alignment make two thirds of what all of them cost the compiler; what they would
  # find, AddressSanitizer finds at the access, or x86 allows.
  add_compile_options(-fsanitize=${OPCOST_SANITIZE} -fno-sanitize=null,alignment -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${OPCOST_SANITIZE})
endif()

install(TARGETS opcost_options EXPORT opcost)

# Precompiled headers: what nearly every file includes, parsed once a library and once for all tests.
option(OPCOST_PRECOMPILE "Precompile common headers; builds a third faster, compiler caches hit less" OFF)
set(opcost_common_headers <map> <string> <vector> <absl/container/flat_hash_map.h> <absl/status/statusor.h>
  <absl/strings/str_cat.h> <absl/strings/str_join.h> <absl/strings/str_split.h>)

# opcost_library(opcost_NAME SOURCES … LINK … PRIVATE_LINK … [INTERNAL]): a static library; unless it is the program's
# own, installed for other projects as opcost::NAME.
function(opcost_library name)
  cmake_parse_arguments(ARG "INTERNAL" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC opcost_options ${ARG_LINK} PRIVATE ${ARG_PRIVATE_LINK})
  if(OPCOST_PRECOMPILE)
    target_link_libraries(${name} PRIVATE absl::flat_hash_map absl::statusor absl::strings)
    target_precompile_headers(${name} PRIVATE ${opcost_common_headers})
  endif()
  if(NOT ARG_INTERNAL)
    string(REGEX REPLACE "^opcost_" "" exported ${name})
    set_target_properties(${name} PROPERTIES EXPORT_NAME ${exported})
    install(TARGETS ${name} EXPORT opcost ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  endif()
endfunction()

# opcost_test(NAME SOURCES … LINK …): a GoogleTest program, run from the source tree's root as one ctest test.
function(opcost_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gmock GTest::gtest_main)
  if(OPCOST_PRECOMPILE)
    target_precompile_headers(${name} REUSE_FROM opcost_test_headers)
  endif()
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
endfunction()
