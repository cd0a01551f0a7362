// Level basic: what folds into a convolution's weights, and padding that becomes an attribute.
#include <algorithm>
#include <array>

#include "frontend/runtime/passes.h"

namespace opcost::internal {
namespace {

// Zeros in front of a maximum are not the padding of one; 1.32 sees that.
constexpr int kLastPaddedMaximum = 31;

// A constant with one element a channel: [C, 1, 1], [1, C, 1, 1], or one element in all.
bool IsPerChannel(Rewrite& rewrite, TensorId t, size_t rank, int64_t channels) {
  if (!rewrite.IsStored(t)) return false;
  std::optional<std::vector<int64_t>> extents = rewrite.Extents(t);
  if (!extents || extents->size() > rank) return false;
  while (extents->size() < rank) extents->insert(extents->begin(), 1);
  for (size_t d = 0; d < rank; ++d) {
    if ((*extents)[d] != 1 && (d != 1 || (*extents)[d] != channels)) return false;
  }
  return (*extents)[1] == channels;
}

bool HasConstantWeights(Rewrite& rewrite, NodeId conv) {
  return rewrite.IsStored(rewrite.Input(conv, 1)) &&
         (rewrite.Input(conv, 2) == kNone || rewrite.IsStored(rewrite.Input(conv, 2)));
}

bool Folds(Rewrite& rewrite, NodeId conv, NodeId next) {
  const TensorId out = rewrite.Output(conv);
  const auto extents = rewrite.Extents(rewrite.Input(conv, 1));
  if (!extents || extents->empty()) return false;
  if (rewrite.Is(next, "BatchNormalization")) {
    if (rewrite.Input(next, 0) != out || rewrite.Output(next, 1) != kNone) return false;
    for (size_t slot = 1; slot < 5; ++slot) {
      if (!rewrite.IsStored(rewrite.Input(next, slot))) return false;
    }
    return true;
  }
  if (!rewrite.Is(next, "Mul") && !rewrite.Is(next, "Add")) return false;
  // The constant stands on the right, as exporters write it.
  return rewrite.Input(next, 0) == out && IsPerChannel(rewrite, rewrite.Input(next, 1), extents->size(), (*extents)[0]);
}

void GiveBias(Rewrite& rewrite, NodeId conv) {
  if (rewrite.Input(conv, 2) != kNone) return;
  const auto weight = rewrite.Extents(rewrite.Input(conv, 1));
  rewrite.SetInput(conv, 2,
                   rewrite.AddConstant("folded_bias", rewrite.tensor(rewrite.Input(conv, 1)).dtype, {(*weight)[0]}));
}

bool FoldFollowing(Rewrite& rewrite, NodeId conv) {
  const NodeId next = rewrite.OnlyReader(rewrite.Output(conv));
  if (next == kNone || !HasConstantWeights(rewrite, conv) || !Folds(rewrite, conv, next)) return false;
  const TensorId out = rewrite.Output(next);
  if (!rewrite.Is(next, "Mul")) GiveBias(rewrite, conv);
  rewrite.Absorb(conv, next);
  rewrite.Remove(next);
  rewrite.SetOutput(conv, 0, out);
  return true;
}

// Zero padding in space in front of a convolution or a maximum becomes its own.
bool FoldPadding(Rewrite& rewrite, NodeId n) {
  const NodeId pad = rewrite.ProducerOf(rewrite.Input(n, 0), "Pad");
  if (pad == kNone || !rewrite.IsPrivate(rewrite.Output(pad))) return false;
  const absl::string_view mode = StringAttribute(rewrite.node(pad), "mode", "constant");
  const absl::string_view auto_pad = StringAttribute(rewrite.node(n), "auto_pad", "NOTSET");
  if (mode != "constant" || auto_pad != "NOTSET") return false;
  const TensorId value = rewrite.Input(pad, 2);
  if (value != kNone && rewrite.Scalar(value) != 0.0) return false;
  const auto amounts = rewrite.IntValues(rewrite.Input(pad, 1));
  if (!amounts || rewrite.Input(pad, 3) != kNone || amounts->size() < 6) return false;
  const size_t rank = amounts->size() / 2;
  if ((*amounts)[0] != 0 || (*amounts)[1] != 0 || (*amounts)[rank] != 0 || (*amounts)[rank + 1] != 0) return false;
  if (std::any_of(amounts->begin(), amounts->end(), [](int64_t p) { return p < 0; })) return false;
  std::vector<int64_t> pads = IntsAttribute(rewrite.node(n), "pads");
  pads.resize(2 * (rank - 2), 0);
  for (size_t d = 0; d + 2 < rank; ++d) {
    pads[d] += (*amounts)[d + 2];
    pads[d + rank - 2] += (*amounts)[rank + d + 2];
  }
  SetAttribute(rewrite.node(n), "pads", std::move(pads));
  rewrite.Absorb(n, pad);
  const TensorId in = rewrite.Input(pad, 0);
  rewrite.Remove(pad);
  rewrite.SetInput(n, 0, in);
  return true;
}

// An average over zeros written by Pad counts them; so does the attribute that replaces them.
bool FoldIntoAverage(Rewrite& rewrite, NodeId n) {
  const std::vector<int64_t> pads = IntsAttribute(rewrite.node(n), "pads");
  const bool bare = std::all_of(pads.begin(), pads.end(), [](int64_t p) { return p == 0; });
  if (!bare && IntAttribute(rewrite.node(n), "count_include_pad", 0) == 0) return false;
  if (!FoldPadding(rewrite, n)) return false;
  SetAttribute(rewrite.node(n), "count_include_pad", int64_t{1});
  return true;
}

}  // namespace

bool FoldIntoConvolutions(Rewrite& rewrite, const RuntimeOptions& options) {
  bool changed = false;
  for (size_t i = 0; i < rewrite.size(); ++i) {
    const NodeId n = static_cast<NodeId>(i);
    if (rewrite.Is(n, "AveragePool")) changed |= FoldIntoAverage(rewrite, n);
    const bool pads_maxima = options.minor_version <= kLastPaddedMaximum && rewrite.Is(n, "MaxPool");
    if (pads_maxima && rewrite.Output(n, 1) == kNone) changed |= FoldPadding(rewrite, n);
    if (!rewrite.Is(n, "Conv")) continue;
    changed |= FoldPadding(rewrite, n);
    while (FoldFollowing(rewrite, n)) changed = true;
  }
  return changed;
}

}  // namespace opcost::internal
