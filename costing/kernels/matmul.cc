// Matrix products, Einsum among them, and recurrent layers.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "costing/kernels/kernel_rules.h"

namespace opcost {
namespace {

constexpr double kFloatBytes = 4;
constexpr double kTileVectors = 2;  // vectors across a product's register tile
constexpr double kPassDepth = 256;  // reduction length before results are written

struct Factors {
  double batch = 1, m = 1, n = 1, k = 1;
  double row_stride = 1;    // elements between two rows of the first operand
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
  f.k = static_cast<double>(a.size() > 1 && trans_a ? a[a.size() - 2] : a.back());
  f.n = static_cast<double>(out.back());
  f.m = out.size() < 2 ? 1 : static_cast<double>(out[out.size() - 2]);
  f.batch = std::max(1.0, Product(out)) / std::max(1.0, f.m * f.n);
  f.row_stride = f.k;
  // transBatchA: [rows, batch, k] read as [batch, rows, k].
  if (IntAttribute(node, "transBatchA", 0) != 0 && a.size() >= 3) {
    f.row_stride = f.k * static_cast<double>(a[a.size() - 2]);
  }
  if (b.size() == 2 && f.batch > 1) {  // one second operand for all: the rows are one
    f.m *= f.batch;
    f.batch = 1;
  }
  return f;
}

}  // namespace

void AddProduct(double batch, double m, double n, double k, const KernelContext& context) {
  const double lanes = static_cast<double>(context.machine.lanes);
  const double times = batch * k;
  context.Set(Metric::kTiledMacs, times * m * RoundUp(n, lanes));
  const double tiles =
      batch * CeilDiv(m, static_cast<double>(context.machine.TileRows())) * CeilDiv(n, kTileVectors * lanes);
  context.Set(Metric::kTileSteps, tiles * k);
  context.Set(Metric::kRows, tiles);
  context.Set(Metric::kPassBytes, batch * m * n * kFloatBytes * CeilDiv(k, kPassDepth));
}

void MatmulKernel(const KernelContext& context) {
  const Factors f = ReadFactors(context);
  AddProduct(f.batch, f.m, f.n, f.k, context);
  context.Set(Metric::kCalls, f.batch);
  if (Aliased(f.row_stride * kFloatBytes, context.machine)) {
    context.Set(Metric::kAliasedMacs, context.Get(Metric::kTiledMacs));
  }
  AddFusedActivation(f.batch * f.m * f.n, context);
  if (context.IsStored(1)) {
    context.count.kernel_class = f.m == 1 ? KernelClass::kMatvecStored : KernelClass::kMatmulStored;
    return;
  }
  context.Set(Metric::kPackedElements, f.batch * f.k * f.n);
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
  double batch = 1, m = 1, n = 1, k = 1;
  for (const auto& [c, size] : extent) {
    const bool a = in(terms[0], c), b = in(terms[1], c), out = in(sides[1], c);
    (a && b ? (out ? batch : k) : a ? m : n) *= static_cast<double>(size);
  }
  AddProduct(batch, m, n, k, context);
  context.Set(Metric::kCalls, batch);
  context.Set(Metric::kPackedElements, batch * k * n);
  context.count.kernel_class = KernelClass::kMatmulBatched;
}

void RecurrentKernel(const KernelContext& context) {
  const Extents64 x = context.In(0), r = context.In(2);
  const std::string& op = context.node.op_type;
  context.count.kernel_class = op == "LSTM"                  ? KernelClass::kLstm
                               : op == "DynamicQuantizeLSTM" ? KernelClass::kLstmQuantized
                               : op == "GRU"                 ? KernelClass::kGru
                                                             : KernelClass::kRnn;
  const Extents64 w = context.In(1);
  if (x.size() != 3 || w.size() != 3 || r.size() != 3) return;
  const double steps = static_cast<double>(x[0]);
  context.Set(Metric::kTiledMacs, steps * static_cast<double>(x[1]) * (Product(w) + Product(r)));
  // The product with the state is one of vectors, a step at a time: each reads the recurrent weights anew.
  context.Set(Metric::kPassBytes, steps * context.BytesIn(2));
  context.Set(Metric::kPassSetBytes, context.BytesIn(2) / std::max(1.0, static_cast<double>(r[0])));  // of a direction
  context.Set(Metric::kRows, steps * static_cast<double>(w[0]));  // steps that follow one another
}

}  // namespace opcost
