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

// The labels of an Einsum of two operands; those of extent 1 move nothing. ONNX Runtime (einsum_utils) brings the
// operands into the order in which labels first occur, then into [batch, rows, reduced] and [batch, reduced, columns],
// and the product [batch, rows, columns] into the order of the result.
struct Labels {
  std::string a, b, out;
  std::map<char, int64_t> extent;

  static bool In(const std::string& term, char c) { return term.find(c) != std::string::npos; }
  std::string Of(bool in_a, bool in_b, bool in_out) const {
    std::string found;
    for (const char c : a + b) {
      if (In(found, c) || In(a, c) != in_a || In(b, c) != in_b || In(out, c) != in_out) continue;
      found += c;
    }
    return found;
  }
  std::string Batch() const { return Of(true, true, true); }
  std::string Rows() const { return Of(true, false, true) + Of(true, false, false); }
  std::string Columns() const { return Of(false, true, true) + Of(false, true, false); }
  std::string Reduced() const { return Of(true, true, false); }

  double Size(const std::string& term) const {
    double size = 1;
    for (const char c : term) size *= static_cast<double>(extent.at(c));
    return size;
  }
  std::string Wide(const std::string& term) const {
    std::string wide;
    for (const char c : term) {
      const auto found = extent.find(c);  // a result may have an ellipsis of nothing
      if (found != extent.end() && found->second > 1) wide += c;
    }
    return wide;
  }
  // Elements that move when a tensor with these labels is put into another order.
  double Moved(const std::string& from, const std::string& to) const { return Wide(from) == Wide(to) ? 0 : Size(from); }
  std::string InOrder(const std::string& term) const {
    std::string ordered;
    for (const char c : a + b) {
      if (In(term, c) && !In(ordered, c)) ordered += c;
    }
    return ordered;
  }
  double Transposed() const {
    const std::string left = Batch() + Rows() + Reduced(), right = Batch() + Reduced() + Columns();
    return Moved(b, InOrder(b)) + Moved(InOrder(a), left) + Moved(InOrder(b), right) +
           Moved(Of(true, true, true) + Of(true, false, true) + Of(false, true, true), out);
  }
};

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
  Labels labels{.a = terms[0], .b = terms[1], .out = sides[1]};
  for (size_t i = 0; i < terms.size(); ++i) {
    const Extents64 dims = context.In(i);
    if (dims.size() != terms[i].size()) return;  // an ellipsis
    for (size_t d = 0; d < dims.size(); ++d) labels.extent[terms[i][d]] = dims[d];
  }
  const double batch = labels.Size(labels.Batch()), m = labels.Size(labels.Rows()), n = labels.Size(labels.Columns()),
               k = labels.Size(labels.Reduced());
  AddProduct(batch, m, n, k, context);
  context.Set(Metric::kCalls, batch);
  // Beside what is packed for the product.
  context.Set(Metric::kPackedElements, batch * k * n + labels.Transposed());
  context.count.kernel_class = KernelClass::kEinsum;
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
