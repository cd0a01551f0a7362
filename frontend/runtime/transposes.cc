// Transposes move through the nodes behind them, towards others with which they cancel or merge, where that is
// estimated to leave fewer of them: level basic, and once more when the kernels are chosen.
//
// The estimate counts the axes of more than one element that are transposed. In front of a node it has to fall; behind
// it a Transpose is free when some path of nodes that let it pass leads to another one.
#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "frontend/runtime/move_transposes.h"
#include "frontend/runtime/passes.h"

namespace opcost::internal {
namespace {

constexpr int kUnknownRank = 5;

int RankOf(Rewrite& rewrite, TensorId t) {
  const std::optional<Shape>& shape = rewrite.tensor(t).shape;
  if (!shape) return kUnknownRank;
  return static_cast<int>(std::count_if(shape->begin(), shape->end(), [](const Dim& d) { return d.extent != 1; }));
}

std::vector<size_t> SlotsOf(Rewrite& rewrite, NodeId n, Handler::Inputs which) {
  const size_t count = rewrite.node(n).inputs.size();
  if (which == Handler::Inputs::kFirst) return {0};
  if (which == Handler::Inputs::kPairs) return {0, 3};
  std::vector<size_t> slots;
  const bool triples = which == Handler::Inputs::kTriples;
  for (size_t slot = triples ? 2 : 0; slot < count; slot += triples ? 3 : 1) {
    const TensorId t = rewrite.Input(n, slot);
    const bool scalar = t != kNone && rewrite.tensor(t).shape && rewrite.tensor(t).shape->empty();
    if (which != Handler::Inputs::kNotScalar || !scalar) slots.push_back(slot);
  }
  return slots;
}

class Pusher {
 public:
  Pusher(Rewrite& rewrite, const RuntimeOptions& options, bool assigned)
      : r_(rewrite), minor_version_(options.minor_version), assigned_(assigned) {
    const auto at = r_.graph().opsets.find("ai.onnx");
    opset_ = at == r_.graph().opsets.end() ? 1 : at->second;
  }

  bool Run() {
    const size_t count = r_.size();
    leads_.assign(r_.graph().tensors.size(), 0);
    for (size_t i = count; i-- > 0;) FindTransposesBehind(static_cast<NodeId>(i));
    bool changed = false;
    for (size_t i = 0; i < count; ++i) changed |= Visit(static_cast<NodeId>(i));
    return RepairQuantised(r_) || changed;
  }

 private:
  bool Leads(TensorId t) const {
    return t != kNone && static_cast<size_t>(t) < leads_.size() && leads_[static_cast<size_t>(t)];
  }

  void FindTransposesBehind(NodeId n) {
    if (r_.removed(n) || r_.node(n).region != 0) return;
    if (r_.Is(n, "Transpose")) {
      leads_[static_cast<size_t>(r_.Input(n, 0))] = 1;
      return;
    }
    const std::vector<TensorId>& outputs = r_.node(n).outputs;
    if (std::none_of(outputs.begin(), outputs.end(), [&](TensorId t) { return Leads(t); })) return;
    const Handler* handler = FindHandler(r_.node(n));
    if (handler == nullptr || !handler->transposes_outputs) return;
    for (size_t slot : SlotsOf(r_, n, handler->inputs)) {
      if (r_.Input(n, slot) != kNone) leads_[static_cast<size_t>(r_.Input(n, slot))] = 1;
    }
  }

  bool Visit(NodeId n) {
    if (r_.removed(n) || r_.node(n).region != 0) return false;
    for (size_t slot = 0; slot < r_.node(n).inputs.size(); ++slot) {
      const NodeId transpose = r_.Producer(r_.Input(n, slot));
      const std::optional<Perm> perm = PermOf(r_, transpose);
      if (perm && Push(n, transpose, *perm, slot)) return true;
    }
    return false;
  }

  bool Push(NodeId n, NodeId transpose, const Perm& perm, size_t slot) {
    const Handler* handler = FindHandler(r_.node(n));
    if (handler == nullptr) return false;
    Move move{r_, transpose, n, perm, SlotsOf(r_, n, handler->inputs), opset_, assigned_, minor_version_};
    if (std::find(move.slots.begin(), move.slots.end(), slot) == move.slots.end()) return false;
    if (!IsFree(n) && Cost(move, *handler) >= 0) return false;
    return handler->move(move);
  }

  // Merging always pays; quantised maxima are faster with channels last.
  bool IsFree(NodeId n) { return r_.Is(n, "Transpose") || (assigned_ && r_.Is(n, "MaxPool")); }

  int Cost(const Move& move, const Handler& handler) {
    int cost = 0;
    for (size_t slot : move.slots) cost += InputCost(r_.Input(move.node, slot), move.perm);
    if (cost >= 0 || !handler.transposes_outputs) return cost;
    int behind = 0;
    for (TensorId t : r_.node(move.node).outputs) {
      if (t == kNone) continue;
      if (Leads(t)) return cost;
      behind = std::max(behind, RankOf(r_, t));
    }
    return cost + behind;
  }

  // Of reading `t` before a Transpose by `perm`.
  int InputCost(TensorId t, const Perm& perm) {
    if (t == kNone || r_.IsConstant(t)) return 0;
    const std::optional<Perm> own = PermOf(r_, r_.Producer(t));
    if (!own) return RankOf(r_, t);
    return *own == perm && CanGo(t) ? -RankOf(r_, t) : 0;
  }

  // Whoever reads the transposed tensor lets the Transpose pass.
  bool CanGo(TensorId t) {
    if (r_.tensor(t).is_graph_output) return false;
    const std::vector<NodeId> readers = r_.Readers(t);
    return std::all_of(readers.begin(), readers.end(),
                       [&](NodeId n) { return r_.node(n).region == 0 && FindHandler(r_.node(n)) != nullptr; });
  }

  Rewrite& r_;
  const int minor_version_;
  const bool assigned_;
  int opset_ = 1;
  std::vector<uint8_t> leads_;  // by tensor: a Transpose stands behind it, or behind nodes that let one pass
};

}  // namespace

bool PushTransposes(Rewrite& rewrite, const RuntimeOptions& options) { return Pusher(rewrite, options, false).Run(); }

bool PushTransposesLate(Rewrite& rewrite, const RuntimeOptions& options) {
  return Pusher(rewrite, options, true).Run();
}

}  // namespace opcost::internal
