# Installs into a folder of its own, builds a small project against that, and compares its answer with the program's.
cmake_minimum_required(VERSION 3.25)
set(folder ${BUILD}/tests/package)
set(prefix ${folder}/prefix)
file(REMOVE_RECURSE ${prefix} ${folder}/consumer)

function(run output)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE exit OUTPUT_VARIABLE out ERROR_VARIABLE err)
  if(NOT exit EQUAL 0)
    string(REGEX REPLACE "\n[.]+ [^\n]*" "" out "${out}")  # what -H prints
    message(FATAL_ERROR "${ARGN}\nfailed (${exit}):\n${out}${err}")
  endif()
  set(${output} "${out}${err}" PARENT_SCOPE)
endfunction()

run(unused ${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})

# Every public header, alone and in the order of their names: none relies on one that is not installed.
file(GLOB_RECURSE headers RELATIVE ${prefix}/include/opcost ${prefix}/include/opcost/*.h)
list(LENGTH headers count)
if(count LESS 10)
  message(FATAL_ERROR "${count} headers are installed, expected the public ones")
endif()
set(includes "")
foreach(header IN LISTS headers)
  string(APPEND includes "#include \"${header}\"\n")
endforeach()
file(WRITE ${folder}/consumer/headers.cc "${includes}")

set(flags "-H")  # prints every file that is included
if(SANITIZE)
  string(APPEND flags " -fsanitize=${SANITIZE} -fno-sanitize=null,alignment")
endif()
# By the environment: a list would fall apart on its way through a command line.
string(REPLACE ";" ":" paths "${prefix};${PREFIX_PATH}")
set(ENV{CMAKE_PREFIX_PATH} "${paths}")
run(unused ${CMAKE_COMMAND} -S ${SOURCE}/tests/package/consumer -B ${folder}/consumer -G ${GENERATOR}
    -DCMAKE_CXX_COMPILER=${COMPILER} "-DCMAKE_CXX_FLAGS=${flags}"
    -DHEADERS=${folder}/consumer/headers.cc)
run(included ${CMAKE_COMMAND} --build ${folder}/consumer)
if(NOT included MATCHES "costing/report\\.h")
  message(FATAL_ERROR "the compiler did not list what it includes, so nothing can be said of that:\n${included}")
endif()
if(included MATCHES "[^\n]*(/onnx/|google/protobuf/|toml\\+\\+|tomlplusplus|nlohmann/|CLI11)[^\n]*")
  message(FATAL_ERROR "a public header shows third-party types: ${CMAKE_MATCH_0}")
endif()

# From elsewhere, so that the installed program finds its own profiles or none.
set(model ${SOURCE}/tests/models/resnet18.onnx)
run(report ${CMAKE_COMMAND} -E chdir / ${prefix}/bin/opcost analyze ${model} --hw i7-12700k --format json -q)
string(JSON profile GET "${report}" hardware path)
if(NOT profile STREQUAL "${prefix}/share/opcost/profiles/i7-12700k.toml")
  message(FATAL_ERROR "the installed program took ${profile}, expected the profile that was installed with it")
endif()
string(JSON expected GET "${report}" totals latency_s)
run(answer ${folder}/consumer/consumer ${model} ${profile})
string(STRIP "${answer}" answer)
string(JSON shown SET "{}" a ${answer})
string(JSON answer GET "${shown}" a)
if(NOT answer STREQUAL expected)
  message(FATAL_ERROR "the library says ${answer} s, the program ${expected} s")
endif()
message(STATUS "${count} headers, ${answer} s")
