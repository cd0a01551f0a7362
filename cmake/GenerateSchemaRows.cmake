# Writes schema_rows.cc: a table of every operator version that ONNX's operator_sets*.h declare.
# opcost_generate_schema_rows(OUTPUT)
function(opcost_generate_schema_rows output)
  get_target_property(onnx_dirs ONNX::onnx INTERFACE_INCLUDE_DIRECTORIES)
  find_path(OPCOST_ONNX_INCLUDE_DIR onnx/defs/operator_sets.h HINTS ${onnx_dirs} ${onnx_SOURCE_DIR} REQUIRED)
  set(rows "")
  foreach(header operator_sets.h operator_sets_ml.h operator_sets_preview.h operator_sets_training.h)
    set(path ${OPCOST_ONNX_INCLUDE_DIR}/onnx/defs/${header})
    if(NOT EXISTS ${path})
      continue()
    endif()
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
    file(STRINGS ${path} lines REGEX "^class ONNX_.*SCHEMA_CLASS_NAME\\(")
    foreach(line IN LISTS lines)
      if(line MATCHES "ONNX_PREVIEW_OPERATOR_SET_SCHEMA_CLASS_NAME\\(([0-9]+), ([A-Za-z0-9]+)\\)")
        set(version ${CMAKE_MATCH_1})
        set(name ${CMAKE_MATCH_2})
        set(group OnnxPreview)
        set(domain "ai.onnx.preview.training")
        if(name STREQUAL "FlexAttention")
          set(domain "ai.onnx.preview")
        endif()
      elseif(line MATCHES "ONNX_OPERATOR_SET_SCHEMA_CLASS_NAME\\(([A-Za-z]+), ([0-9]+), ([A-Za-z0-9]+)\\)")
        set(group ${CMAKE_MATCH_1})
        set(version ${CMAKE_MATCH_2})
        set(name ${CMAKE_MATCH_3})
        if(group STREQUAL "Onnx")
          set(domain "")
        elseif(group STREQUAL "OnnxML")
          set(domain "ai.onnx.ml")
        elseif(group STREQUAL "OnnxTraining")
          set(domain "ai.onnx.training")
        else()
          set(domain "ai.onnx.preview")
        endif()
      else()
        continue()
      endif()
      string(APPEND rows "    {\"${domain}\", \"${name}\", ${version}, &onnx::GetOpSchema<onnx::${name}_${group}_ver${version}>},\n")
    endforeach()
  endforeach()
  if(rows STREQUAL "")
    message(FATAL_ERROR "No operator found in ${OPCOST_ONNX_INCLUDE_DIR}/onnx/defs/operator_sets.h")
  endif()
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT [=[
#include "frontend/schema_rows.h"

#include "onnx/defs/schema.h"
#include "onnx/defs/operator_sets.h"
#include "onnx/defs/operator_sets_ml.h"
#include "onnx/defs/operator_sets_preview.h"
#include "onnx/defs/operator_sets_training.h"

namespace opcost::internal {
namespace {

constexpr SchemaRow kRows[] = {
@rows@};

}  // namespace

SchemaRows AllSchemaRows() { return {kRows, sizeof(kRows) / sizeof(kRows[0])}; }

}  // namespace opcost::internal
]=])
endfunction()
