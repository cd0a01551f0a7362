// Operator definitions, ONNX's and those of contrib/, built one at a time when a model needs them: registering all of
// them costs more than pricing a small model does.
#ifndef OPCOST_FRONTEND_SCHEMAS_H_
#define OPCOST_FRONTEND_SCHEMAS_H_

#include "absl/strings/string_view.h"

namespace onnx {
class OpSchema;
struct InferenceContext;
}  // namespace onnx

namespace opcost::internal {

// The definition that operator set `version` of `domain` ("" is ai.onnx) selects, or nullptr. Domains outside ONNX have
// one version of each operator, which holds for files that import none as well. The result lives as long as the
// program. Thread-safe.
const onnx::OpSchema* FindSchema(absl::string_view op_type, int version, absl::string_view domain);

// The newest version of ONNX's own operator set `domain` ("" is ai.onnx) that changes an operator; 0 for other domains.
int NewestVersion(absl::string_view domain);

// Puts the definitions of contrib/ into ONNX's own registry, so that ONNX's checker and shape inference know them in
// this process. The front end does without. Call once.
void RegisterContribSchemas();

// Shape functions for operators of ONNX that have none, or one that says less: some of ai.onnx.ml, the first versions
// of ai.onnx. They speak ONNX's own interface.
using ShapeFunction = void (*)(onnx::InferenceContext&);
// nullptr when there is none, or when ONNX has one (`onnx_has_one`) that says as much.
ShapeFunction FindShapeFunction(absl::string_view op_type, absl::string_view domain, bool onnx_has_one);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_SCHEMAS_H_
