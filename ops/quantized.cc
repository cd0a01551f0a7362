// Quantising, dequantising, and the elementwise, pooling and moving operators on quantised tensors: as their float
// twins, in integer operations.
#include "ops/rule.h"

namespace opcost {
namespace {

// 2 ops per element: scale and shift. Rounding and saturation are not counted. In the float type.
void Quantize(Tally& t, const Rule& rule) { t.Each(t.InType(0), rule.per, t.InElements(0)); }
void Dequantize(Tally& t, const Rule& rule) { t.Each(t.OutType(0), rule.per, t.OutElements(0)); }

// The data's slot and type are those of slot 0.
void Elementwise(Tally& t, const Rule& rule) { t.Each(t.InType(0), rule.per, t.OutElements(0)); }
// condition, X, …: the type is X's.
void Where(Tally& t, const Rule& rule) { t.Each(t.InType(1), rule.per, t.OutElements(0)); }
void Reduce(Tally& t, const Rule& rule) { t.Each(t.InType(0), rule.per, t.InElements(0)); }

void AveragePool(Tally& t, const Rule&) {
  Amount taps = 1;
  for (int64_t k : IntsAttribute(t.node(), "kernel_shape")) taps = taps * Amount(k);
  t.Ops(t.InType(0), t.OutElements(0) * taps);
}

void Concat(Tally&, const Rule&) {}

constexpr const char* kQ = "2 ops per element; rounding and saturation uncounted";
constexpr const char* kTwin = "as the float twin, in integer ops; requantisation uncounted";

constexpr Rule kRules[] = {
    {kOnnx, "QuantizeLinear", 10, kNewest, Quantize, "quantize", kC, kQ, {2, 0}},
    {kMicrosoft, "QuantizeLinear", 1, kNewest, Quantize, "quantize", kC, kQ, {2, 0}},
    {kMicrosoft, "QuantizeWithOrder", 1, kNewest, Quantize, "quantize", kC, kQ, {2, 0}},
    {kOnnx, "DequantizeLinear", 10, kNewest, Dequantize, "dequantize", kC, kQ, {2, 0}},
    {kMicrosoft, "DequantizeLinear", 1, kNewest, Dequantize, "dequantize", kC, kQ, {2, 0}},
    {kMicrosoft, "QuantizeBFP", 1, kNewest, Quantize, "quantize", kC, kQ, {2, 0}},
    {kMicrosoft, "DequantizeBFP", 1, kNewest, Dequantize, "dequantize", kC, kQ, {2, 0}},
    {kMicrosoft, "DequantizeWithOrder", 1, kNewest, Dequantize, "dequantize", kC, kQ, {2, 0}},
    {kOnnx,
     "DynamicQuantizeLinear",
     11,
     kNewest,
     Quantize,
     "quantize",
     kC,
     "4 ops per element: minimum, maximum, scale, shift",
     {4, 0}},
    {kMicrosoft, "QLinearAdd", 1, kNewest, Elementwise, "elementwise", kE, kTwin, {1, 0}},
    {kMicrosoft, "QLinearMul", 1, kNewest, Elementwise, "elementwise", kE, kTwin, {1, 0}},
    {kMicrosoft, "MulInteger", 1, kNewest, Elementwise, "elementwise", kE, kTwin, {1, 0}},
    {kMicrosoft, "QLinearLeakyRelu", 1, kNewest, Elementwise, "elementwise", kE, kTwin, {1, 0}},
    {kMicrosoft, "QLinearSigmoid", 1, kNewest, Elementwise, "elementwise", kE, kTwin, {0, 1}},
    {kMicrosoft, "QOrderedGelu", 1, kNewest, Elementwise, "elementwise", kE, kTwin, {4, 1}},
    {kMicrosoft, "QLinearSoftmax", 1, kNewest, Elementwise, "softmax", kE, kTwin, {4, 1}},
    {kMicrosoft, "QLinearWhere", 1, kNewest, Where, "elementwise", kE, kTwin, {1, 0}},
    {kMicrosoft, "QLinearReduceMean", 1, kNewest, Reduce, "reduce", kE, kTwin, {1, 0}},
    {kMicrosoft, "ReduceSumInteger", 1, kNewest, Reduce, "reduce", kE, kTwin, {1, 0}},
    {kMicrosoft, "QLinearGlobalAveragePool", 1, kNewest, Reduce, "pool", kE, kTwin, {1, 0}},
    {kMicrosoft, "QLinearAveragePool", 1, kNewest, AveragePool, "pool", kE, kTwin},
    {kMicrosoft, "QLinearConcat", 1, kNewest, Concat, "move", kE, "reads and writes, no arithmetic"},
};

}  // namespace

absl::Span<const Rule> QuantizedRules() { return kRules; }

}  // namespace opcost
