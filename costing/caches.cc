#include "costing/caches.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"

namespace opcost {
namespace {

constexpr absl::string_view kMicrosoft = "com.microsoft";

// Whether an operator may write into its past.
enum class Sharing : uint8_t {
  kNever,
  kIfAsLong,  // where past and present have the same length
  kIfAsked,   // the attribute past_present_share_buffer
  kAlways,
};

struct Slot {
  absl::string_view domain, op;
  size_t past, present;
  Sharing sharing;
};
// ONNX: Attention, TensorScatter. ONNX Runtime: ContribOperators.md.
constexpr std::array<Slot, 17> kSlots = {{
    {"", "Attention", 4, 1, Sharing::kNever},
    {"", "Attention", 5, 2, Sharing::kNever},
    {"", "TensorScatter", 0, 0, Sharing::kAlways},
    {kMicrosoft, "Attention", 4, 1, Sharing::kIfAsked},
    {kMicrosoft, "QAttention", 8, 1, Sharing::kNever},
    {kMicrosoft, "MultiHeadAttention", 6, 1, Sharing::kIfAsLong},
    {kMicrosoft, "MultiHeadAttention", 7, 2, Sharing::kIfAsLong},
    {kMicrosoft, "GroupQueryAttention", 3, 1, Sharing::kIfAsLong},
    {kMicrosoft, "GroupQueryAttention", 4, 2, Sharing::kIfAsLong},
    {kMicrosoft, "SparseAttention", 3, 1, Sharing::kAlways},
    {kMicrosoft, "SparseAttention", 4, 2, Sharing::kAlways},
    {kMicrosoft, "PagedAttention", 3, 1, Sharing::kAlways},
    {kMicrosoft, "PagedAttention", 4, 2, Sharing::kAlways},
    {kMicrosoft, "DecoderMaskedSelfAttention", 4, 1, Sharing::kIfAsked},
    {kMicrosoft, "DecoderMaskedMultiHeadAttention", 5, 1, Sharing::kIfAsked},
    {kMicrosoft, "DecoderMaskedMultiHeadAttention", 6, 2, Sharing::kIfAsked},
    {kMicrosoft, "DecoderAttention", 6, 1, Sharing::kNever},
}};

// On the way from a past to where tokens are added, and from there to a present.
constexpr std::array<absl::string_view, 15> kPassing = {
    "Identity", "Cast",   "Reshape", "Squeeze", "Unsqueeze",        "Transpose",      "Flatten", "Slice",
    "Split",    "Gather", "Expand",  "Concat",  "DequantizeLinear", "QuantizeLinear", "Mul"};
// What attends to a cache.
constexpr std::array<absl::string_view, 3> kProducts = {"MatMul", "Einsum", "Attention"};
// Past → tokens → present is short in every export; a search that is not bounded would walk the whole network.
constexpr int kMaxSteps = 8;

const Tensor& TensorAt(const Graph& graph, TensorId id) { return graph.tensors[static_cast<size_t>(id)]; }
const Node& NodeAt(const Graph& graph, NodeId id) { return graph.nodes[static_cast<size_t>(id)]; }

TensorId At(const std::vector<TensorId>& list, size_t i) { return i < list.size() ? list[i] : kNone; }

template <size_t N>
bool IsOneOf(const std::array<absl::string_view, N>& ops, const Node& node) {
  return std::find(ops.begin(), ops.end(), node.op_type) != ops.end();
}

// Where new tokens join an old tensor: behind it, or written into it.
bool AddsTokens(const Graph& graph, const Node& node, TensorId old) {
  if (node.op_type == "ScatterElements" || node.op_type == "ScatterND") return At(node.inputs, 0) == old;
  if (node.op_type != "Concat" || node.inputs.size() != 2 || node.inputs[0] != old) return false;
  const Tensor& tokens = TensorAt(graph, node.inputs[1]);
  return !tokens.is_constant && tokens.producer != kNone;
}

// The first thing on the way forward from `start` that `found` takes, in at most kMaxSteps passing operators.
template <typename Found>
std::optional<TensorId> Forward(const Graph& graph, TensorId start, Found found) {
  std::vector<TensorId> level = {start};
  absl::flat_hash_set<TensorId> seen = {start};
  for (int step = 0; step < kMaxSteps && !level.empty(); ++step) {
    std::vector<TensorId> next;
    for (const TensorId t : level) {
      if (found(t)) return t;
      for (const NodeId reader : TensorAt(graph, t).consumers) {
        if (!IsOneOf(kPassing, NodeAt(graph, reader))) continue;
        for (const TensorId out : NodeAt(graph, reader).outputs) {
          if (out != kNone && seen.insert(out).second) next.push_back(out);
        }
      }
    }
    level = std::move(next);
  }
  return std::nullopt;
}

bool SameShape(const Tensor& a, const Tensor& b) { return a.shape && b.shape && *a.shape == *b.shape; }

bool Shares(const Graph& graph, const Node& node, const Slot& slot, TensorId past, TensorId present) {
  switch (slot.sharing) {
    case Sharing::kAlways:
      return true;
    case Sharing::kIfAsLong:
      return SameShape(TensorAt(graph, past), TensorAt(graph, present));
    case Sharing::kIfAsked:
      return IntAttribute(node, "past_present_share_buffer", 0) != 0;
    case Sharing::kNever:
      break;
  }
  return false;
}

class Finder {
 public:
  explicit Finder(const Graph& graph) : graph_(graph) {}

  std::vector<KeyValueCache> Find() {
    FromOperators();
    for (const TensorId input : graph_.inputs) FromInput(input);
    const auto place = [&](const KeyValueCache& c) {
      return std::find(graph_.inputs.begin(), graph_.inputs.end(), c.past) - graph_.inputs.begin();
    };
    std::stable_sort(caches_.begin(), caches_.end(),
                     [&](const KeyValueCache& a, const KeyValueCache& b) { return place(a) < place(b); });
    return std::move(caches_);
  }

 private:
  void FromOperators() {
    for (const Node& node : graph_.nodes) {
      for (const Slot& slot : kSlots) {
        if (node.op_type != slot.op || node.domain != slot.domain) continue;
        const TensorId past = At(node.inputs, slot.past), present = At(node.outputs, slot.present);
        if (past == kNone || present == kNone || !graph_output(present)) continue;
        Add(past, present, Shares(graph_, node, slot, past, present));
      }
    }
  }

  // A state that new values join, that is attended to and returned.
  void FromInput(TensorId input) {
    const Tensor& past = TensorAt(graph_, input);
    if (!past.shape || past.shape->size() < 3 || taken_.contains(input) || past.dtype == DType::kInt64) return;
    const NodeId joint = JointAfter(input);
    if (joint == kNone) return;
    const TensorId joined = NodeAt(graph_, joint).outputs[0];
    if (!Attended(joined)) return;
    const std::optional<TensorId> present = Forward(graph_, joined, [&](TensorId t) { return graph_output(t); });
    if (present) Add(input, *present, false);
  }

  NodeId JointAfter(TensorId input) const {
    NodeId joint = kNone;
    Forward(graph_, input, [&](TensorId t) {
      for (const NodeId reader : TensorAt(graph_, t).consumers) {
        if (AddsTokens(graph_, NodeAt(graph_, reader), t)) joint = reader;
        if (joint != kNone) break;
      }
      return joint != kNone;
    });
    return joint;
  }

  // States of convolutions are joined and returned as well; only what a product reads is a key or a value.
  bool Attended(TensorId joined) const {
    return Forward(graph_, joined,
                   [&](TensorId t) {
                     const std::vector<NodeId>& readers = TensorAt(graph_, t).consumers;
                     return std::any_of(readers.begin(), readers.end(),
                                        [&](NodeId n) { return IsOneOf(kProducts, NodeAt(graph_, n)); });
                   })
        .has_value();
  }

  bool graph_output(TensorId id) const { return TensorAt(graph_, id).is_graph_output; }

  void Add(TensorId past, TensorId present, bool shared) {
    if (taken_.insert(past).second) caches_.push_back({past, present, shared});
  }

  const Graph& graph_;
  absl::flat_hash_set<TensorId> taken_;
  std::vector<KeyValueCache> caches_;
};

}  // namespace

std::vector<KeyValueCache> FindCaches(const Graph& graph) { return Finder(graph).Find(); }

}  // namespace opcost
