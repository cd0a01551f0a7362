// One row for each version of each operator that the linked ONNX library defines. The rows themselves are generated
// from the library's list of operator sets when the build is configured.
#ifndef OPCOST_FRONTEND_SCHEMA_ROWS_H_
#define OPCOST_FRONTEND_SCHEMA_ROWS_H_

#include <cstddef>

namespace onnx {
class OpSchema;
}  // namespace onnx

namespace opcost::internal {

struct SchemaRow {
  const char* domain;
  const char* op_type;
  int since_version;
  onnx::OpSchema (*build)();
};

struct SchemaRows {
  const SchemaRow* rows;
  size_t size;
};

SchemaRows AllSchemaRows();

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_SCHEMA_ROWS_H_
