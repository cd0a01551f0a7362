// What a rule sees of its node, and where it writes the count.
//
// Bytes have a default that holds for most operators (each distinct input read once, each used output written once):
// a rule says only where its operator differs.
#ifndef OPCOST_OPS_TALLY_H_
#define OPCOST_OPS_TALLY_H_

#include <cstdint>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontend/graph.h"
#include "ops/amount.h"
#include "ops/count.h"

namespace opcost {

// Operations and transcendentals for each element of something.
struct PerElement {
  int ops = 0;
  int transcendentals = 0;
};

// Identity, Reshape, Squeeze … in ONNX's own domain: the output is the first input under another shape.
bool IsPlainView(const Node& node);

class Tally {
 public:
  Tally(const Graph& graph, const Node& node, NodeCount& count);

  // --- What the node looks like. Slots count from 0; omitted and missing slots are the same.
  const Node& node() const { return node_; }
  int num_inputs() const { return static_cast<int>(node_.inputs.size()); }
  int num_outputs() const { return static_cast<int>(node_.outputs.size()); }
  bool Has(int slot) const { return In(slot) != nullptr; }
  const Tensor* In(int slot) const;
  const Tensor* Out(int slot) const;
  // Consumed by somebody, or an output of its graph or body.
  bool IsUsed(const Tensor& output) const;
  DType InType(int slot) const;
  DType OutType(int slot) const;
  // -1 when unknown or omitted.
  int InRank(int slot) const;
  int OutRank(int slot) const;
  // Negative axes count from the end. An axis that the shape lacks is an unknown extent.
  Amount InDim(int slot, int axis) const;
  Amount OutDim(int slot, int axis) const;
  // 0 for an omitted tensor.
  Amount InElements(int slot) const;
  Amount OutElements(int slot) const;
  // Product of the extents from axis `first` to the last.
  Amount InElementsFrom(int slot, int first) const;
  // Bytes of the whole tensor.
  Amount InBytes(int slot) const;
  Amount OutBytes(int slot) const;
  // The elements, where they are known; empty otherwise.
  absl::Span<const int64_t> InInts(int slot) const;
  std::optional<int64_t> InInt(int slot) const;
  std::optional<double> InFloat(int slot) const;
  int64_t Int(absl::string_view name, int64_t fallback) const { return IntAttribute(node_, name, fallback); }
  double Float(absl::string_view name, double fallback) const { return FloatAttribute(node_, name, fallback); }
  absl::string_view String(absl::string_view name, absl::string_view fallback) const {
    return StringAttribute(node_, name, fallback);
  }

  // --- Arithmetic. `dtype` is the type that is computed in.
  void Macs(DType dtype, Amount amount);
  // Vector operations on floats and complex numbers, integer operations on integers and bools.
  void Ops(DType dtype, Amount amount);
  void Transcendentals(DType dtype, Amount amount);
  void Each(DType dtype, PerElement per, Amount elements);

  // --- Bytes, where they differ from the default.
  void Reads(int slot, Amount bytes);
  void ReadsElements(int slot, Amount elements);
  // Rows of a table: what is gathered, at most the table.
  void ReadsAtMost(int slot, Amount elements);
  void Writes(int slot, Amount bytes);
  // The output's own size, or `bound` elements (and status kBound) where that depends on data.
  void WritesAtMost(int slot, Amount bound);
  // Weights that stand in attributes.
  void ReadsAttribute(DType dtype, Amount elements);
  // No byte moves and nothing is launched.
  void View();
  // No kernel, although some bytes move (Shape).
  void NoDispatch();

  // --- Marks.
  void Bound();
  void Incomplete() { count_.incomplete = true; }
  // MACs that a causal mask or a window leaves.
  void MaskedMacs(Amount amount);

  // Adds the bytes and the dispatch. The resource that overflowed, or kCount.
  Resource Finish();

 private:
  struct Traffic {
    Amount bytes;
    bool set = false;
  };
  Amount Elements(const Tensor& tensor) const;
  void Add(Resource resource, DType dtype, Amount amount);
  bool IsRepeat(int slot) const;
  bool ReadsAsWeight(const Tensor& tensor) const;

  const Graph& graph_;
  const Node& node_;
  NodeCount& count_;
  absl::InlinedVector<Traffic, 4> reads_;
  absl::InlinedVector<Traffic, 2> writes_;
  bool view_ = false;
  bool dispatched_ = true;
  Resource overflow_ = Resource::kCount;
};

}  // namespace opcost

#endif  // OPCOST_OPS_TALLY_H_
