// RNN, GRU, LSTM. Gates and directions are already in the shapes of W and R.
#include <array>
#include <numeric>

#include "ops/rule.h"

namespace opcost {
namespace {

struct Cell {
  int gates;
  // Operations per step, row and hidden unit beside the activations.
  int ops;
  // How often each of the functions in `activations` runs per hidden unit, and what it is when the attribute is absent.
  std::array<int, 3> uses;
  std::array<const char*, 3> functions;
  int peepholes = kNone;
};

constexpr Cell kRnn = {1, 0, {1, 0, 0}, {"Tanh", "", ""}};
constexpr Cell kGru = {3, 5, {2, 1, 0}, {"Sigmoid", "Tanh", ""}};
constexpr Cell kLstm = {4, 4, {3, 1, 1}, {"Sigmoid", "Tanh", "Tanh"}, 7};

// Steps times rows: T · B, or the sum of the constant sequence lengths. `layout` 1 swaps T and B, not their product.
Amount StepsAndRows(const Tally& t) {
  const absl::Span<const int64_t> lengths = t.InInts(4);
  if (lengths.empty()) return t.InDim(0, 0) * t.InDim(0, 1);
  Amount sum = 0;
  for (int64_t length : lengths) sum = sum + Amount(length);
  return sum;
}

PerElement ActivationsOf(const Tally& t, const Cell& cell) {
  const Attribute* attribute = FindAttribute(t.node(), "activations");
  PerElement sum;
  for (size_t i = 0; i < cell.uses.size(); ++i) {
    absl::string_view function = cell.functions[i];
    if (attribute != nullptr && i < attribute->strings.size()) function = attribute->strings[i];
    const PerElement one = ActivationCost(function);
    sum.ops += cell.uses[i] * one.ops;
    sum.transcendentals += cell.uses[i] * one.transcendentals;
  }
  return sum;
}

// X, W, R, B, sequence_lens, initial_h, initial_c, P. MACs T · B · (numel(W) + numel(R)). Per step, row and hidden unit
// LSTM 5 T + 4 ops, GRU 3 T + 5, RNN 1 T with the default activations; biases 1 op per gate, peepholes 6 ops.
// linear_before_reset changes no MAC and is not counted; neither is clipping.
void Recurrent(Tally& t, const Cell& cell, DType products) {
  const DType dtype = t.InType(0);
  const Amount rows = StepsAndRows(t);
  t.Macs(products, rows * (t.InElements(1) + t.InElements(2)));
  // R is [directions, gates · H, H], or transposed in the quantised form; either way gates · H · H elements a
  // direction.
  const int64_t hidden_size = t.Int("hidden_size", 0);
  const Amount hidden = hidden_size > 0 ? Amount(hidden_size) : t.InDim(2, 2);
  const Amount units = rows * t.InDim(1, 0) * hidden;
  t.Ops(dtype, units * cell.ops);
  t.Each(dtype, ActivationsOf(t, cell), units);
  if (t.Has(3)) t.Ops(dtype, units * cell.gates);
  if (cell.peepholes != kNone && t.Has(cell.peepholes)) t.Ops(dtype, units * 6);
}

void Rnn(Tally& t, const Rule&) { Recurrent(t, kRnn, t.InType(0)); }
void Gru(Tally& t, const Rule&) { Recurrent(t, kGru, t.InType(0)); }
void Lstm(Tally& t, const Rule&) { Recurrent(t, kLstm, t.InType(0)); }
// X and the state are quantised on the way (4 ops per element of X); the products run in W's type.
void DynamicQuantizeLstm(Tally& t, const Rule&) {
  t.Ops(t.InType(0), t.InElements(0) * 4);
  Recurrent(t, kLstm, t.InType(1));
}

// … P, QW [D, H, A], MW [D, depth, A], V [D, A], M [B, steps, depth], lengths, AW [D, depth + H, attention]: an LSTM
// that attends to a memory at every step. Once: the keys M · MW. Per step and row: the query's product with QW, V with
// the tanh of each key, the weighted sum of the memory, and the attention layer.
void AttnLstm(Tally& t, const Rule&) {
  const DType dtype = t.InType(0);
  Recurrent(t, kLstm, dtype);
  const Amount rows = StepsAndRows(t), directions = t.InDim(1, 0);
  const Amount memory = t.InDim(11, 1), depth = t.InDim(11, 2), attention = t.InDim(10, 1);
  t.Macs(dtype, t.InDim(11, 0) * memory * t.InElements(9));
  const Amount scored = rows * directions * memory;
  t.Macs(dtype, rows * t.InElements(8) + scored * (attention + depth) + rows * t.InElements(13));
  t.Ops(dtype, scored * attention + scored * 4);
  t.Transcendentals(dtype, scored * attention + scored);
}

constexpr Rule kRules[] = {
    {kOnnx, "RNN", 1, kNewest, Rnn, "recurrent", kE,
     "MACs T · B · (numel(W) + numel(R)); per step, row and hidden unit 1 T; bias 1 op per gate"},
    {kOnnx, "GRU", 1, kNewest, Gru, "recurrent", kE,
     "MACs T · B · (numel(W) + numel(R)); per step, row and hidden unit 3 T + 5 ops; bias 1 op per gate"},
    {kOnnx, "LSTM", 1, kNewest, Lstm, "recurrent", kE,
     "MACs T · B · (numel(W) + numel(R)); per step, row and hidden unit 5 T + 4 ops; bias 1 op per gate, peepholes 6 "
     "ops"},
    {kMicrosoft, "AttnLSTM", 1, kNewest, AttnLstm, "recurrent", kE,
     "as LSTM; MACs of the memory's keys once, per step and row of the query, the scores, the context and the "
     "attention "
     "layer; per score A + 4 ops, A + 1 T"},
    {kMicrosoft, "DynamicQuantizeLSTM", 1, kNewest, DynamicQuantizeLstm, "recurrent", kE,
     "as LSTM with integer MACs; quantising X 4 ops per element"},
};

}  // namespace

absl::Span<const Rule> RecurrentRules() { return kRules; }

}  // namespace opcost
