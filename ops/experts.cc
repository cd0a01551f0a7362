// Mixtures of experts: each token runs through k of E experts.
#include <algorithm>
#include <array>
#include <cmath>

#include "ops/rule.h"

namespace opcost {
namespace {

struct Expert {
  int weight;
  int scales = kNone;
  int bias = kNone;
  int zero_points = kNone;
  const char* bits = nullptr;  // attribute, where the weights are packed
};

constexpr std::array<Expert, 3> kMoE = {{{2, kNone, 3}, {4, kNone, 5}, {6, kNone, 7}}};
constexpr std::array<Expert, 3> kQMoE = {{{2, 3, 4, 11, "fc1_expert_weight_bits"},
                                          {5, 6, 7, 12, "fc2_expert_weight_bits"},
                                          {8, 9, 10, 13, "fc3_expert_weight_bits"}}};

// Experts that at least one of `tokens` tokens chooses, of `experts` equally likely: E · (1 − (1 − k/E)^tokens).
double ShareTouched(double experts, double k, double tokens) {
  if (experts <= 0) return 0;
  return 1 - std::pow(1 - std::clamp(k / experts, 0.0, 1.0), tokens);
}

Amount Part(Amount whole, double share) {
  if (whole.overflow || share >= 1) return whole;
  whole.value = std::min(whole.value, static_cast<int64_t>(std::llround(static_cast<double>(whole.value) * share)));
  return whole;
}

// Elements of one matrix of one expert, unpacked.
Amount Unpacked(const Tally& t, const Expert& expert) {
  const Amount stored = t.InElementsFrom(expert.weight, 1);
  if (expert.bits == nullptr) return stored;
  const int64_t bits = t.Int(expert.bits, 0) > 0 ? t.Int(expert.bits, 0) : t.Int("expert_weight_bits", 4);
  return stored * 8 / std::max<int64_t>(1, bits);
}

// input, router_probs, then the experts. tokens · k · ∑fc MACs; routing 4 ops + 1 T per router value; the activation
// on inter elements; the weighted sum of k outputs 2 ops each; dequantising 2 ops per weight read. A gated activation
// (swiglu, or a third matrix) multiplies once more.
void Experts(Tally& t, const std::array<Expert, 3>& slots) {
  const DType dtype = t.InType(0);
  const Amount hidden = t.InDim(0, -1);
  const Amount tokens = t.InElements(0) / hidden;
  const Amount experts = t.InDim(slots[0].weight, 0);
  const Amount runs = tokens * t.Int("k", 1);
  const double share = ShareTouched(static_cast<double>(experts.value), static_cast<double>(t.Int("k", 1)),
                                    static_cast<double>(tokens.value));
  for (const Expert& expert : slots) {
    if (!t.Has(expert.weight)) continue;
    const Amount elements = Unpacked(t, expert);
    t.Macs(dtype, runs * elements);
    if (t.Has(expert.bias)) t.Ops(dtype, runs * t.InDim(expert.bias, 1));
    if (expert.bits != nullptr) t.Ops(dtype, Amount(2) * Part(experts * elements, share));
    for (int slot : {expert.weight, expert.scales, expert.bias, expert.zero_points}) {
      if (t.Has(slot)) t.Reads(slot, Part(t.InBytes(slot), share));
    }
  }
  const Amount inter = Unpacked(t, slots[1]) / hidden;
  const absl::string_view activation = t.String("activation_type", "relu");
  const bool swiglu = activation == "swiglu";
  t.Each(dtype, ActivationCost(swiglu ? absl::string_view("silu") : activation), runs * inter);
  if (swiglu || t.Has(slots[2].weight)) t.Ops(dtype, runs * inter);
  t.Each(dtype, {4, 1}, t.InElements(1));
  t.Ops(dtype, runs * hidden * 2);
}

void MoE(Tally& t, const Rule&) { Experts(t, kMoE); }
void QMoE(Tally& t, const Rule&) { Experts(t, kQMoE); }

constexpr const char* kFormula =
    "MACs tokens · k · ∑fc, ∑fc = elements of fc1, fc2, fc3 of one expert, unpacked; weight bytes of the E · (1 − (1 − "
    "k/E)^tokens) experts that uniform routing touches";

constexpr Rule kRules[] = {
    {kMicrosoft, "MoE", 1, kNewest, MoE, "moe", kC, kFormula},
    {kMicrosoft, "ShardedMoE", 1, kNewest, MoE, "moe", kC, kFormula},
    {kMicrosoft, "QMoE", 1, kNewest, QMoE, "moe", kC, kFormula},
};

}  // namespace

absl::Span<const Rule> ExpertRules() { return kRules; }

}  // namespace opcost
