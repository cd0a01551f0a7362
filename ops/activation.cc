// Activations, whole. Counts are chosen so that a decomposed export costs the same as the whole operator.
#include <array>

#include "absl/strings/match.h"
#include "ops/rule.h"

namespace opcost {
namespace {

// Costs that both a whole operator and an `activation` attribute refer to.
constexpr PerElement kRelu = {1, 0};
constexpr PerElement kThreshold = {2, 0};    // compare, select
constexpr PerElement kHardSigmoid = {4, 0};  // scale, shift, two bounds
constexpr PerElement kHardSwish = {5, 0};    // hard sigmoid, product
constexpr PerElement kSigmoid = {0, 1};
constexpr PerElement kTanh = {0, 1};
constexpr PerElement kScaledTanh = {2, 1};
constexpr PerElement kAffine = {2, 0};
constexpr PerElement kElu = {4, 1};       // compare, exp, subtract 1, scale, select
constexpr PerElement kSelu = {6, 1};      // compare, exp, three scales, subtract, select
constexpr PerElement kCelu = {6, 1};      // max, divide, exp, subtract 1, scale, min, add
constexpr PerElement kGelu = {4, 1};      // divide by √2, erf, add 1, two products
constexpr PerElement kTanhGelu = {8, 1};  // cube 2, scale, add, scale, tanh, add 1, two products
constexpr PerElement kSilu = {1, 1};
constexpr PerElement kQuickGelu = {2, 1};  // as SiLU with a scale inside
constexpr PerElement kSoftplus = {1, 2};   // exp, add 1, log
constexpr PerElement kSoftsign = {3, 0};   // absolute value, add 1, divide
constexpr PerElement kMish = {2, 3};       // softplus, tanh, product

struct Named {
  const char* name;
  PerElement cost;
};

constexpr auto kNamed = std::to_array<Named>({
    {"relu", kRelu},
    {"leakyrelu", kRelu},
    {"thresholdedrelu", kThreshold},
    {"clip", kThreshold},
    {"hardsigmoid", kHardSigmoid},
    {"hardswish", kHardSwish},
    {"sigmoid", kSigmoid},
    {"tanh", kTanh},
    {"scaledtanh", kScaledTanh},
    {"affine", kAffine},
    {"elu", kElu},
    {"selu", kSelu},
    {"celu", kCelu},
    {"gelu", kGelu},
    {"fastgelu", kTanhGelu},
    {"gelu_new", kTanhGelu},
    {"silu", kSilu},
    {"swish", kSilu},
    {"quickgelu", kQuickGelu},
    {"softplus", kSoftplus},
    {"softsign", kSoftsign},
    {"mish", kMish},
});

void Elementwise(Tally& t, const Rule& rule) { t.Each(t.InType(0), rule.per, t.OutElements(0)); }

// A second input is a bias: 1 op more.
void WithBias(Tally& t, const Rule& rule) {
  Elementwise(t, rule);
  if (t.Has(1)) t.Ops(t.InType(0), t.OutElements(0));
}

// approximate = "tanh" is the form without erf.
void Gelu(Tally& t, const Rule&) {
  t.Each(t.InType(0), t.String("approximate", "none") == "tanh" ? kTanhGelu : kGelu, t.OutElements(0));
}

// alpha ≠ 1 scales once more inside the sigmoid.
void Swish(Tally& t, const Rule& rule) {
  Elementwise(t, rule);
  if (t.Float("alpha", 1) != 1) t.Ops(t.InType(0), t.OutElements(0));
}

// X, bias of twice Y's width: add to both halves, then left · Gelu(right).
void BiasSplitGelu(Tally& t, const Rule& rule) {
  t.Ops(t.InType(0), t.InElements(0));
  Elementwise(t, rule);
}

constexpr Rule kRules[] = {
    {kOnnx, "Relu", 1, kNewest, Elementwise, "activation", kC, "1 op per element", kRelu},
    {kOnnx, "LeakyRelu", 1, kNewest, Elementwise, "activation", kC, "1 op per element", kRelu},
    {kOnnx, "PRelu", 1, kNewest, Elementwise, "activation", kC, "1 op per element", kRelu},
    {kOnnx, "ThresholdedRelu", 10, kNewest, Elementwise, "activation", kC, "2 ops per element", kThreshold},
    {kOnnx, "Shrink", 9, kNewest, Elementwise, "activation", kC, "4 ops per element: 2 compares, bias, select", {4, 0}},
    {kOnnx, "HardSigmoid", 1, kNewest, Elementwise, "activation", kC, "4 ops per element", kHardSigmoid},
    {kOnnx, "HardSwish", 14, kNewest, Elementwise, "activation", kC, "5 ops per element", kHardSwish},
    {kOnnx, "Sigmoid", 1, kNewest, Elementwise, "activation", kC, "1 T per element", kSigmoid},
    {kOnnx, "Tanh", 1, kNewest, Elementwise, "activation", kC, "1 T per element", kTanh},
    {kOnnx, "Elu", 1, kNewest, Elementwise, "activation", kC, "1 T + 4 ops per element", kElu},
    {kOnnx, "Selu", 1, kNewest, Elementwise, "activation", kC, "1 T + 6 ops per element", kSelu},
    {kOnnx, "Celu", 12, kNewest, Elementwise, "activation", kC, "1 T + 6 ops per element", kCelu},
    {kOnnx, "Gelu", 20, kNewest, Gelu, "activation", kC, "1 T + 4 ops per element; tanh form 1 T + 8"},
    {kOnnx, "Swish", 24, kNewest, Swish, "activation", kC, "1 T + 1 op per element; alpha ≠ 1: 1 op more", kSilu},
    {kOnnx, "SwiGLU", 28, kNewest, Swish, "activation", kC, "1 T + 2 ops per element; alpha ≠ 1: 1 op more", {2, 1}},
    {kOnnx, "Softplus", 1, kNewest, Elementwise, "activation", kC, "2 T + 1 op per element", kSoftplus},
    {kOnnx, "Softsign", 1, kNewest, Elementwise, "activation", kC, "3 ops per element", kSoftsign},
    {kOnnx, "Mish", 18, kNewest, Elementwise, "activation", kC, "3 T + 2 ops per element", kMish},
    {kOnnx, "ScaledTanh", 1, kNewest, Elementwise, "activation", kC, "1 T + 2 ops per element", kScaledTanh},
    {kOnnx, "ParametricSoftplus", 1, kNewest, Elementwise, "activation", kC, "2 T + 3 ops per element", {3, 2}},
    {kOnnx, "Affine", 1, kNewest, Elementwise, "activation", kC, "2 ops per element", kAffine},
    {kMicrosoft, "Gelu", 1, kNewest, Elementwise, "activation", kC, "1 T + 4 ops per element", kGelu},
    {kMicrosoft, "BiasGelu", 1, kNewest, WithBias, "activation", kC, "1 T + 5 ops per element", kGelu},
    {kMicrosoft, "FastGelu", 1, kNewest, WithBias, "activation", kC, "1 T + 8 ops per element; bias 1 op", kTanhGelu},
    {kMicrosoft, "QuickGelu", 1, kNewest, Elementwise, "activation", kC, "1 T + 2 ops per element", kQuickGelu},
    {kMicrosoft, "ScaledSiLU", 1, kNewest, Elementwise, "activation", kC, "1 T + 2 ops per element", kQuickGelu},
    {kMicrosoft,
     "BiasSplitGelu",
     1,
     kNewest,
     BiasSplitGelu,
     "activation",
     kC,
     "1 T + 5 ops per output element; bias 1 op per input element",
     {5, 1}},
};

}  // namespace

PerElement ActivationCost(absl::string_view name) {
  for (const Named& named : kNamed) {
    if (absl::EqualsIgnoreCase(name, named.name)) return named.cost;
  }
  return {};
}

absl::Span<const Rule> ActivationRules() { return kRules; }

}  // namespace opcost
