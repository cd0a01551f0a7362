// Operators that make their output from a shape, a seed or a range.
#include "ops/rule.h"

namespace opcost {
namespace {

void Generate(Tally& t, const Rule& rule) { t.Each(t.OutType(0), rule.per, t.OutElements(0)); }

// Only the shape of the input matters.
void GenerateLike(Tally& t, const Rule& rule) {
  t.Reads(0, 0);
  Generate(t, rule);
}

// Reads its probabilities.
void Bernoulli(Tally& t, const Rule& rule) { t.Each(t.InType(0), rule.per, t.InElements(0)); }

// input [B, classes]: exp and running sum of each class, then for each sample a random number and a walk over the
// classes.
void Multinomial(Tally& t, const Rule&) {
  t.Transcendentals(t.InType(0), t.InElements(0));
  t.Ops(t.InType(0), t.InElements(0) + t.OutElements(0) * (t.InDim(0, 1) + 2));
}

constexpr Rule kRules[] = {
    {kOnnx, "ConstantOfShape", 9, kNewest, Generate, "generate", kC, "writes the output"},
    {kOnnx, "EyeLike", 9, kNewest, GenerateLike, "generate", kC, "writes the output"},
    {kOnnx, "Range", 11, kNewest, Generate, "generate", kC, "2 ops per element", {2, 0}},
    {kMicrosoft, "Range", 1, kNewest, Generate, "generate", kC, "2 ops per element", {2, 0}},
    {kOnnx, "RandomUniform", 1, kNewest, Generate, "generate", kC, "2 ops per element", {2, 0}},
    {kOnnx, "RandomUniformLike", 1, kNewest, GenerateLike, "generate", kC, "2 ops per element", {2, 0}},
    {kOnnx, "RandomNormal", 1, kNewest, Generate, "generate", kC, "2 T + 2 ops per element", {2, 2}},
    {kOnnx, "RandomNormalLike", 1, kNewest, GenerateLike, "generate", kC, "2 T + 2 ops per element", {2, 2}},
    {kOnnx, "Bernoulli", 15, kNewest, Bernoulli, "generate", kC, "3 ops per element", {3, 0}},
    {kOnnx, "Multinomial", 7, kNewest, Multinomial, "generate", kC, "1 T + 1 op per class; classes + 2 ops per sample"},
};

}  // namespace

absl::Span<const Rule> GeneratorRules() { return kRules; }

}  // namespace opcost
