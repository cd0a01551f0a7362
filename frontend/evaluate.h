// Small tensors computed while shapes are inferred, so that Shape → Gather → Concat → Reshape comes out as numbers.
// One evaluator an operator; each works on values of which some elements may be unknown.
#ifndef OPCOST_FRONTEND_EVALUATE_H_
#define OPCOST_FRONTEND_EVALUATE_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontend/graph.h"
#include "frontend/value.h"

namespace onnx {
class NodeProto;
}  // namespace onnx

namespace opcost::internal {

struct Operands {
  const onnx::NodeProto& node;
  int since_version = 0;
  // One entry an input: nullptr where the input is omitted or nothing is known of its elements.
  absl::Span<const Value* const> inputs;
  // One entry an input: nullptr where it is omitted.
  absl::Span<const Tensor* const> tensors;
  size_t outputs = 1;

  const Value* input(size_t i) const { return i < inputs.size() ? inputs[i] : nullptr; }
  // Wholly known, else nullptr.
  const Value* known(size_t i) const;
  const Tensor* tensor(size_t i) const { return i < tensors.size() ? tensors[i] : nullptr; }
  // The extents of input i when all are known.
  std::optional<std::vector<int64_t>> extents(size_t i) const;
  bool has(size_t i) const { return tensor(i) != nullptr; }
  // The input's value, or as many unknown elements as its shape has when that is known and small.
  std::optional<Value> ValueOrUnknowns(size_t i) const;
};

// One entry an output, nullopt where nothing is known; an empty vector means that nothing is known at all.
using Results = std::vector<std::optional<Value>>;
using Evaluator = Results (*)(const Operands&);

// The evaluator of an ai.onnx operator, or nullptr.
Evaluator FindEvaluator(absl::string_view op_type);

// The tables, one a family.
struct EvaluatorRow {
  const char* op_type;
  Evaluator evaluate;
};
absl::Span<const EvaluatorRow> MovementEvaluators();
absl::Span<const EvaluatorRow> IndexingEvaluators();
absl::Span<const EvaluatorRow> ElementwiseEvaluators();
absl::Span<const EvaluatorRow> LogicEvaluators();
absl::Span<const EvaluatorRow> ReductionEvaluators();
absl::Span<const EvaluatorRow> GeneratorEvaluators();

// Helpers shared by the families.
inline Results One(Value v) {
  Results r;
  r.emplace_back(std::move(v));
  return r;
}
// axis in [0, rank), or nullopt.
std::optional<int64_t> WrapAxis(int64_t axis, int64_t rank);
// Axes from the attribute or, in later operator sets, from input `input`; nullopt when they are there but not known.
// Empty when there are none.
std::optional<std::vector<int64_t>> Axes(const Operands& o, size_t input);
// How many elements of an axis Numpy's start:end:step takes, step not 0.
int64_t SliceLength(int64_t start, int64_t end, int64_t step, int64_t length);
// Row-major strides.
std::vector<int64_t> Strides(absl::Span<const int64_t> dims);
// Numpy broadcasting; nullopt when the extents do not agree.
std::optional<std::vector<int64_t>> Broadcast(absl::Span<const int64_t> a, absl::Span<const int64_t> b);
// For each element of `to` (row-major), the element of `from` that broadcasting reads.
std::vector<int64_t> BroadcastIndex(absl::Span<const int64_t> from, absl::Span<const int64_t> to);
// Whether the node broadcasts as the first opsets did, along an `axis` with an attribute; nobody computes shapes that
// way.
bool OldBroadcast(const Operands& o);
// Calls visit(flat index, coordinates) for each element of `dims`, row-major.
void ForEach(absl::Span<const int64_t> dims, absl::FunctionRef<void(int64_t, const std::vector<int64_t>&)> visit);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_EVALUATE_H_
