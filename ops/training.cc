// Losses and optimisers.
#include "ops/rule.h"

namespace opcost {
namespace {

// Log-probabilities [N, C, …], target, weight: pick, negate, weight and sum for each target.
void NegativeLogLikelihoodLoss(Tally& t, const Rule&) {
  t.ReadsAtMost(0, t.InElements(1));
  t.Ops(t.InType(0), t.InElements(1) * (t.Has(2) ? 3 : 2));
}

// scores, labels, weights: a log softmax, then the loss.
void SoftmaxCrossEntropyLoss(Tally& t, const Rule&) {
  const DType dtype = t.InType(0);
  t.Ops(dtype, t.InElements(0) * 4 + t.InElements(1) * (t.Has(2) ? 3 : 2));
  t.Transcendentals(dtype, t.InElements(0) + t.InElements(1));
}

// R, T, then for each parameter: value, gradient and `states` states. The operations count per parameter element.
void Optimiser(Tally& t, const Rule& rule, int states) {
  const int parameters = (t.num_inputs() - 2) / (2 + states);
  Amount elements = 0;
  for (int i = 0; i < parameters; ++i) elements = elements + t.InElements(2 + i);
  t.Each(t.InType(2), rule.per, elements);
}

void OneState(Tally& t, const Rule& rule) { Optimiser(t, rule, 1); }
void TwoStates(Tally& t, const Rule& rule) { Optimiser(t, rule, 2); }

constexpr Rule kRules[] = {
    {kOnnx, "NegativeLogLikelihoodLoss", 12, kNewest, NegativeLogLikelihoodLoss, "loss", kC,
     "2 ops per target, 3 with weights"},
    {kOnnx, "SoftmaxCrossEntropyLoss", 12, kNewest, SoftmaxCrossEntropyLoss, "loss", kC,
     "4 ops + 1 T per score; per target 1 T + 2 ops, 3 with weights"},
    {kTraining, "Adagrad", 1, kNewest, OneState, "optimiser", kC, "8 ops + 1 T per parameter element", {8, 1}},
    {kTraining, "Momentum", 1, kNewest, OneState, "optimiser", kC, "7 ops per parameter element", {7, 0}},
    {kTraining, "Adam", 1, kNewest, TwoStates, "optimiser", kC, "13 ops + 1 T per parameter element", {13, 1}},
};

}  // namespace

absl::Span<const Rule> TrainingRules() { return kRules; }

}  // namespace opcost
