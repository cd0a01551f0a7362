// Operators outside ONNX, defined in its own schema API: what ONNX Runtime, its optimiser and its quantiser write.
//
// One row an operator, one table a family. From a row comes an onnx::OpSchema with inputs, outputs, attributes and the
// shape function; it is built when a model first needs it.
#ifndef OPCOST_FRONTEND_CONTRIB_CONTRIB_H_
#define OPCOST_FRONTEND_CONTRIB_CONTRIB_H_

#include "absl/types/span.h"
#include "frontend/shape_functions.h"

namespace onnx {
class OpSchema;
}  // namespace onnx

namespace opcost::internal {

struct ContribOperator {
  const char* op_type;
  // "X:T W:T B?:T rest*:A": name and type of each; ? may be left out, * stands for any number. The types are those of
  // define.cc: T and U floats, Q and R 8-bit integers, I int32 or int64, A and V any tensor … or a concrete one
  // (int64).
  const char* inputs;
  const char* outputs;
  // "group:i activation:s num_heads:i!": name and kind (i, f, s, g; capitals are lists; t is a tensor); ! has to be
  // there.
  const char* attributes;
  ShapeFunction infer;
  const char* domain = "com.microsoft";
};

inline constexpr const char* kNchwcDomain = "com.microsoft.nchwc";
inline constexpr const char* kNhwcDomain = "com.ms.internal.nhwc";
// ONNX's own domain, where ONNX Runtime writes some of its operators.
inline constexpr const char* kOnnxDomain = "";

absl::Span<const ContribOperator> AttentionOperators();
absl::Span<const ContribOperator> LinearAttentionOperators();
absl::Span<const ContribOperator> NormalizationOperators();
absl::Span<const ContribOperator> ActivationOperators();
absl::Span<const ContribOperator> MatrixOperators();
absl::Span<const ContribOperator> ConvolutionOperators();
absl::Span<const ContribOperator> QuantizedOperators();
absl::Span<const ContribOperator> IndexingOperators();
absl::Span<const ContribOperator> SignalOperators();
absl::Span<const ContribOperator> GenerationOperators();

// All of them.
absl::Span<const absl::Span<const ContribOperator>> ContribFamilies();

// The definition that a row stands for, version 1 of its domain. Aborts on a row that is malformed (tests build all).
onnx::OpSchema Define(const ContribOperator& row);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_CONTRIB_CONTRIB_H_
