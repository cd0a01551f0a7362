#include "frontend/patterns/integer_rows.h"

#include <algorithm>
#include <array>
#include <vector>

#include "absl/strings/string_view.h"

namespace opcost {
namespace {

// What multiplies, and keeps a float result where nothing quantises it.
constexpr std::array<absl::string_view, 4> kProducts = {"Conv", "ConvTranspose", "MatMul", "Gemm"};
// What runs on integers between two scales only.
constexpr std::array<absl::string_view, 14> kOthers = {
    "Add",  "Sum",     "Mul",         "MaxPool", "AveragePool", "GlobalAveragePool", "Concat", "Relu", "LeakyRelu",
    "Clip", "Sigmoid", "HardSigmoid", "Tanh",    "Resize"};

template <size_t N>
bool In(const std::array<absl::string_view, N>& names, const Node& node) {
  return node.domain.empty() && std::find(names.begin(), names.end(), node.op_type) != names.end();
}

class IntegerRows {
 public:
  IntegerRows(const GraphView& view, std::vector<Subgraph>& rows)
      : view_(view), rows_(rows), row_of_(view.graph.nodes.size(), kNone), producer_(view.graph.tensors.size(), kNone) {
    for (size_t i = 0; i < rows.size(); ++i) {
      for (NodeId n : rows[i].nodes) row_of_[static_cast<size_t>(n)] = static_cast<int32_t>(i);
    }
    for (size_t n = 0; n < view.graph.nodes.size(); ++n) {
      for (TensorId t : view.graph.nodes[n].outputs) {
        if (t != kNone) producer_[static_cast<size_t>(t)] = static_cast<NodeId>(n);
      }
    }
  }

  void Run() {
    for (Subgraph& row : rows_) {
      if (!row.nodes.empty()) Try(row);
    }
    rows_.erase(std::remove_if(rows_.begin(), rows_.end(), [](const Subgraph& row) { return row.nodes.empty(); }),
                rows_.end());
  }

 private:
  NodeId Producer(TensorId id) const { return id == kNone ? kNone : producer_[static_cast<size_t>(id)]; }
  bool Is(NodeId id, OpId op) const { return id != kNone && op != 0 && view_.op[static_cast<size_t>(id)] == op; }

  // A scalar of the chain behind a product, such as a bound of Clip.
  bool IsPlainConstant(TensorId id) const { return view_.IsConstant(id) && Producer(id) == kNone; }

  // The nodes that dequantise what `row` reads; empty when some float comes as it is.
  std::vector<NodeId> Dequantisers(const Subgraph& row) const {
    std::vector<NodeId> found;
    for (NodeId n : row.nodes) {
      const Node& node = view_.node(n);
      for (size_t slot = 0; slot < node.inputs.size(); ++slot) {
        const TensorId input = node.inputs[slot];
        if (input == kNone || !IsFloat(view_.tensor(input).dtype)) continue;
        const NodeId from = Producer(input);
        const bool inside = std::binary_search(row.nodes.begin(), row.nodes.end(), from);
        if (inside) continue;
        if (Is(from, view_.dequantize)) {
          found.push_back(from);
        } else if (n == row.anchor ? slot < 2 : !IsPlainConstant(input)) {
          return {};  // an operand that stayed a float
        }
      }
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
  }

  // The only reader of the row's result, where that quantises it.
  NodeId Quantiser(const Subgraph& row) const {
    const Node& last = view_.node(row.nodes.back());
    if (last.outputs.empty() || last.outputs[0] == kNone) return kNone;
    const TensorId result = last.outputs[0];
    if (view_.live_readers[static_cast<size_t>(result)] != 1) return kNone;
    for (NodeId n : view_.nodes_of[view_.quantize]) {
      if (view_.node(n).inputs[0] == result) return n;
    }
    return kNone;
  }

  // From its own row, where that is nothing else, into `row`; otherwise the row reads through it.
  void Take(NodeId node, int32_t into, Subgraph& row) {
    Subgraph& own = rows_[static_cast<size_t>(row_of_[static_cast<size_t>(node)])];
    if (&own == &row) return;
    if (own.nodes.size() != 1) {
      row.reads_through.push_back(node);
      return;
    }
    own.nodes.clear();
    row.nodes.push_back(node);
    row_of_[static_cast<size_t>(node)] = into;
  }

  void Try(Subgraph& row) {
    const Node& anchor = view_.node(row.anchor);
    const bool product = In(kProducts, anchor);
    if (!product && !In(kOthers, anchor)) return;
    const std::vector<NodeId> dequantisers = Dequantisers(row);
    const NodeId quantiser = Quantiser(row);
    if (dequantisers.empty() || (!product && quantiser == kNone)) return;
    const int32_t into = static_cast<int32_t>(&row - rows_.data());
    row.integer = view_.tensor(view_.node(dequantisers.back()).inputs[0]).dtype;
    if (const NodeId first = Producer(anchor.inputs[0]); Is(first, view_.dequantize)) {
      row.integer = view_.tensor(view_.node(first).inputs[0]).dtype;
    }
    for (NodeId n : dequantisers) Take(n, into, row);
    if (quantiser != kNone) Take(quantiser, into, row);
    std::sort(row.nodes.begin(), row.nodes.end());
  }

  const GraphView& view_;
  std::vector<Subgraph>& rows_;
  std::vector<int32_t> row_of_;   // by NodeId
  std::vector<NodeId> producer_;  // by TensorId
};

}  // namespace

void MakeIntegerRows(const GraphView& view, std::vector<Subgraph>& rows) {
  if (view.quantize == 0 || view.dequantize == 0) return;
  if (std::find(view.op.begin(), view.op.end(), view.dequantize) == view.op.end()) return;
  IntegerRows(view, rows).Run();
}

}  // namespace opcost
