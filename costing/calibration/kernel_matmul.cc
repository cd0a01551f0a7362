// Matrix products, Einsum among them, and recurrent layers.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "costing/calibration/kernel_rules.h"

namespace opcost {
namespace {

constexpr int64_t kFloatBytes = 4;
constexpr int64_t kTileRows = 12;    // rows of a product's register tile
constexpr int64_t kTileVectors = 2;  // vectors across it
constexpr int64_t kPassDepth = 256;  // reduction length before results are written

struct Factors {
  int64_t batch = 1, m = 1, n = 1, k = 1;
  int64_t row_stride = 1;   // elements between two rows of the first operand
  bool transposed = false;  // the second operand is read across its rows
};

// The last two extents, transposed or not; a vector has one row.
Factors ReadFactors(const KernelContext& context) {
  const Node& node = context.node;
  const Extents64 a = context.In(0), b = context.In(1), out = context.Out();
  Factors f;
  const bool trans_a = IntAttribute(node, "transA", 0) != 0;
  f.transposed = IntAttribute(node, "transB", 0) != 0;
  if (a.empty() || out.empty()) return f;
  f.k = a.size() == 1 ? a[0] : trans_a ? a[a.size() - 2] : a.back();
  f.n = out.back();
  f.m = out.size() < 2 ? 1 : out[out.size() - 2];
  f.batch = std::max<int64_t>(1, Product(out)) / std::max<int64_t>(1, f.m * f.n);
  f.row_stride = f.k;
  // transBatchA: [rows, batch, k] read as [batch, rows, k].
  if (IntAttribute(node, "transBatchA", 0) != 0 && a.size() >= 3) f.row_stride = f.k * a[a.size() - 2];
  if (b.size() == 2 && f.batch > 1) {  // one second operand for all: the rows are one
    f.m *= f.batch;
    f.batch = 1;
  }
  return f;
}

}  // namespace

void AddProduct(int64_t batch, int64_t m, int64_t n, int64_t k, const KernelContext& context) {
  const int64_t lanes = context.machine.lanes;
  const double times = static_cast<double>(batch) * static_cast<double>(k);
  context.Set(KernelMetric::kTiledMacs) = times * static_cast<double>(m) * static_cast<double>(RoundUp(n, lanes));
  context.Set(KernelMetric::kTileSteps) =
      times * static_cast<double>(CeilDiv(m, kTileRows) * CeilDiv(n, kTileVectors * lanes));
  context.Set(KernelMetric::kPassBytes) =
      static_cast<double>(batch) * static_cast<double>(m * n * kFloatBytes * CeilDiv(k, kPassDepth));
}

void MatmulKernel(const KernelContext& context) {
  const Factors f = ReadFactors(context);
  AddProduct(f.batch, f.m, f.n, f.k, context);
  context.Set(KernelMetric::kInnerCalls) = static_cast<double>(f.batch);
  if (Aliased(f.row_stride * kFloatBytes, context.machine)) {
    context.Set(KernelMetric::kAliasedMacs) = context.Get(KernelMetric::kTiledMacs);
  }
  AddFusedActivation(f.batch * f.m * f.n, context);
  if (context.IsStored(1)) {
    context.count.kernel_class = f.m == 1 ? KernelClass::kMatvecStored : KernelClass::kMatmulStored;
    return;
  }
  context.Set(KernelMetric::kPackedElements) = static_cast<double>(f.batch) * static_cast<double>(f.k * f.n);
  context.count.kernel_class = f.m == 1       ? KernelClass::kMatvecBatched
                               : f.transposed ? KernelClass::kMatmulBatchedTransposed
                                              : KernelClass::kMatmulBatched;
}

void EinsumKernel(const KernelContext& context) {
  const std::string equation(StringAttribute(context.node, "equation", ""));
  const std::vector<std::string> sides = absl::StrSplit(absl::StrReplaceAll(equation, {{" ", ""}}), "->");
  const std::vector<std::string> terms = absl::StrSplit(sides[0], ',');
  if (sides.size() != 2 || terms.size() != 2) return;
  std::map<char, int64_t> extent;
  for (size_t i = 0; i < terms.size(); ++i) {
    const Extents64 dims = context.In(i);
    if (dims.size() != terms[i].size()) return;  // an ellipsis
    for (size_t d = 0; d < dims.size(); ++d) extent[terms[i][d]] = dims[d];
  }
  const auto in = [](const std::string& term, char c) { return term.find(c) != std::string::npos; };
  int64_t batch = 1, m = 1, n = 1, k = 1;
  for (const auto& [c, size] : extent) {
    const bool a = in(terms[0], c), b = in(terms[1], c), out = in(sides[1], c);
    (a && b ? (out ? batch : k) : a ? m : n) *= size;
  }
  AddProduct(batch, m, n, k, context);
  context.Set(KernelMetric::kInnerCalls) = static_cast<double>(batch);
  context.Set(KernelMetric::kPackedElements) = static_cast<double>(batch * k * n);
  context.count.kernel_class = KernelClass::kMatmulBatched;
}

void RecurrentKernel(const KernelContext& context) {
  const Extents64 x = context.In(0), r = context.In(2);
  if (context.node.op_type == "LSTM") {
    context.count.kernel_class = KernelClass::kLstm;
  } else {
    context.count.kernel_class = context.node.op_type == "GRU" ? KernelClass::kGru : KernelClass::kRnn;
  }
  const Extents64 w = context.In(1);
  if (x.size() != 3 || w.size() != 3 || r.size() != 3) return;
  const int64_t positions = x[0] * x[1];
  context.Set(KernelMetric::kTiledMacs) = static_cast<double>(positions) * static_cast<double>(Product(w) + Product(r));
  context.Set(KernelMetric::kRows) = static_cast<double>(x[0] * w[0]);  // steps that follow one another
}

}  // namespace opcost
