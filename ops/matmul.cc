// Matrix products. The batch is the broadcast of both operands, so it is taken from Y.
#include "ops/rule.h"

namespace opcost {
namespace {

void Product(Tally& t, DType dtype, Amount k) { t.Macs(dtype, t.OutElements(0) * k); }

// alpha or beta other than 1: one multiplication for each element of Y.
void Scaled(Tally& t, const char* attribute) {
  if (t.Float(attribute, 1) != 1) t.Ops(t.InType(0), t.OutElements(0));
}

// numel(Y) · K, K the last extent of A. 1-D operands are a row or a column; Y's shape has that already.
void MatMul(Tally& t, const Rule&) { Product(t, t.InType(0), t.InDim(0, -1)); }

// The reduced extent of A under transA and transBatchA: with both, A is [K, batch…, M].
Amount FusedK(const Tally& t) {
  if (t.Int("transA", 0) == 0) return t.InDim(0, -1);
  return t.InDim(0, t.Int("transBatchA", 0) != 0 ? 0 : -2);
}

void FusedMatMul(Tally& t, const Rule&) {
  Product(t, t.InType(0), FusedK(t));
  Scaled(t, "alpha");
  t.Each(t.InType(0), ActivationCost(t.String("activation", "")), t.OutElements(0));
}

// M · N · K after transA and transB; C: numel(Y) ops; alpha, beta ≠ 1: numel(Y) ops each.
void Gemm(Tally& t, const Rule&) {
  const DType dtype = t.InType(0);
  Product(t, dtype, t.InDim(0, t.Int("transA", 0) != 0 ? 0 : 1));
  Scaled(t, "alpha");
  if (t.Has(2)) {
    t.Ops(dtype, t.OutElements(0));
    Scaled(t, "beta");
  }
  t.Each(dtype, ActivationCost(t.String("activation", "")), t.OutElements(0));
}

// X, W, bias; then the tanh form of Gelu: 8 ops and 1 transcendental.
void GemmFastGelu(Tally& t, const Rule& rule) {
  Product(t, t.InType(0), t.InDim(0, -1));
  if (t.Has(2)) t.Ops(t.InType(0), t.OutElements(0));
  t.Each(t.InType(0), rule.per, t.OutElements(0));
}

void QLinearMatMul(Tally& t, const Rule&) { Product(t, t.InType(0), t.InDim(0, -1)); }

// A, a_scale, a_zero_point, B, b_scale, b_zero_point, C, y_scale, y_zero_point.
void QGemm(Tally& t, const Rule&) {
  Product(t, t.InType(0), t.InDim(0, t.Int("transA", 0) != 0 ? 0 : 1));
  if (t.Has(6)) t.Ops(t.InType(0), t.OutElements(0));
}

// A, B, a_scale, b_scale, a_zero_point, b_zero_point, bias: MatMulInteger, Cast and Mul in one.
void MatMulIntegerToFloat(Tally& t, const Rule&) {
  Product(t, t.InType(0), t.InDim(0, -1));
  t.Ops(t.OutType(0), t.OutElements(0) * (t.Has(6) ? 2 : 1));
}

// A, B, b_scale, b_zero_point, bias: A is quantised at 4 ops an element, the product runs in B's type.
void DynamicQuantizeMatMul(Tally& t, const Rule&) {
  t.Ops(t.InType(0), t.InElements(0) * 4);
  Product(t, t.InType(1), t.InDim(0, -1));
  t.Ops(t.OutType(0), t.OutElements(0) * (t.Has(4) ? 2 : 1));
}

// A, scale_A, B, scale_B, scale_Y, bias, C, scale_C.
void QOrderedMatMul(Tally& t, const Rule&) {
  Product(t, t.InType(0), t.InDim(0, -1));
  t.Ops(t.InType(0), t.OutElements(0) * ((t.Has(5) ? 1 : 0) + (t.Has(6) ? 1 : 0)));
}

constexpr const char* kProduct = "MACs numel(Y) · K, K the last extent of A; batch is the broadcast of A and B";
constexpr const char* kFused = "MACs numel(Y) · K after transA; alpha ≠ 1: numel(Y) ops; activation as the operator";
constexpr const char* kGemm =
    "MACs M · N · K; C: numel(Y) ops; alpha, beta ≠ 1: numel(Y) ops each; activation as the operator";
constexpr const char* kInteger = "integer MACs numel(Y) · K; zero points and requantisation uncounted";

constexpr Rule kRules[] = {
    {kOnnx, "MatMul", 1, kNewest, MatMul, "matmul", kE, kProduct},
    {kMicrosoft, "FusedMatMul", 1, kNewest, FusedMatMul, "matmul", kE, kFused},
    {kMicrosoft, "FusedMatMulActivation", 1, kNewest, FusedMatMul, "matmul", kE, kFused},
    {kMicrosoft, "TransposeMatMul", 1, kNewest, FusedMatMul, "matmul", kE, kFused},
    {kMicrosoft, "SparseToDenseMatMul", 1, kNewest, FusedMatMul, "matmul", kB,
     "MACs numel(Y) · K, as if A were dense: an upper bound"},
    {kOnnx, "Gemm", 1, kNewest, Gemm, "gemm", kE, kGemm},
    {kMicrosoft, "FusedGemm", 1, kNewest, Gemm, "gemm", kE, kGemm},
    {kMicrosoft, "GemmFloat8", 1, kNewest, Gemm, "gemm", kE, kGemm},
    {kMicrosoft,
     "GemmFastGelu",
     1,
     kNewest,
     GemmFastGelu,
     "gemm",
     kE,
     "MACs numel(Y) · K; bias numel(Y) ops; 8 ops + 1 T per output element",
     {8, 1}},
    {kOnnx, "MatMulInteger", 10, kNewest, QLinearMatMul, "matmul_integer", kE, kInteger},
    {kMicrosoft, "MatMulInteger16", 1, kNewest, QLinearMatMul, "matmul_integer", kE, kInteger},
    {kOnnx, "QLinearMatMul", 10, kNewest, QLinearMatMul, "matmul_integer", kE, kInteger},
    {kMicrosoft, "QGemm", 1, kNewest, QGemm, "gemm_integer", kE, "integer MACs M · N · K; C: numel(Y) integer ops"},
    {kMicrosoft, "MatMulIntegerToFloat", 1, kNewest, MatMulIntegerToFloat, "matmul_integer", kE,
     "integer MACs numel(Y) · K; scale numel(Y) ops, bias numel(Y) ops"},
    {kMicrosoft, "DynamicQuantizeMatMul", 1, kNewest, DynamicQuantizeMatMul, "matmul_integer", kE,
     "integer MACs numel(Y) · K; quantising A 4 ops per element; scale numel(Y) ops, bias numel(Y) ops"},
    {kMicrosoft, "QOrderedMatMul", 1, kNewest, QOrderedMatMul, "matmul_integer", kE,
     "integer MACs numel(Y) · K; bias and C numel(Y) integer ops each"},
};

}  // namespace

absl::Span<const Rule> MatmulRules() { return kRules; }

}  // namespace opcost
