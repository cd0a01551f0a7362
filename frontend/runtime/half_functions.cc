// Operators without a kernel for half precision that ONNX defines by others: those run in their place.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/runtime/passes.h"
#include "frontend/runtime/permute.h"

namespace opcost::internal {
namespace {

constexpr int kSoftmaxIsFunction = 13, kReduceAxesAsInput = 18;

// The operators of one definition, in the place of a node.
class Expansion {
 public:
  Expansion(Rewrite& rewrite, NodeId n) : r_(rewrite), like_(r_.node(n)), origins_(r_.origins(n)) { r_.Remove(n); }

  TensorId input() const { return like_.inputs[0]; }
  // In front of the last one, a tensor of the shape of the input, or of one element along an axis.
  TensorId Add(absl::string_view op, std::vector<TensorId> inputs) {
    const TensorId out = r_.AddLike(input(), absl::StrCat("/", op), [](const Shape& s) { return s; });
    Put(op, std::move(inputs), out);
    return out;
  }
  TensorId Reduce(absl::string_view op, TensorId in, int64_t axis) {
    const TensorId out = r_.AddLike(input(), absl::StrCat("/", op), [&](const Shape& shape) {
      Shape reduced = shape;
      reduced[static_cast<size_t>(axis)] = Dim{.extent = 1};
      return reduced;
    });
    const bool as_input = like_.opset >= kReduceAxesAsInput || op == "ReduceSum";
    Node& node = Put(op, {in}, out);
    if (!as_input) return SetAttribute(node, "axes", std::vector<int64_t>{axis}), out;
    const NodeId n = static_cast<NodeId>(r_.size() - 1);
    r_.node(n).inputs.push_back(kNone);
    r_.SetInput(n, 1, r_.AddInts("axes", {axis}));
    return out;
  }
  void Last(absl::string_view op, std::vector<TensorId> inputs) { Put(op, std::move(inputs), like_.outputs[0]); }
  TensorId Number() { return r_.AddConstant("number", DType::kFloat32, {}); }
  TensorId Root() {
    const TensorId out = r_.AddTensor("root", DType::kFloat32, {});
    Put("Sqrt", {Number()}, out);
    return out;
  }

 private:
  Node& Put(absl::string_view op, std::vector<TensorId> inputs, TensorId out) {
    Node node = like_;
    node.op_type = std::string(op);
    node.name = node.id = absl::StrCat(like_.id, "/", op);
    node.attributes.clear();
    node.inputs = std::move(inputs);
    node.outputs = {out};
    return r_.node(r_.Add(std::move(node), origins_, false));
  }

  Rewrite& r_;
  const Node like_;
  const std::vector<NodeId> origins_;
};

bool ExpandSoftmax(Rewrite& rewrite, NodeId n) {
  const bool log = rewrite.Is(n, "LogSoftmax");
  if ((!log && !rewrite.Is(n, "Softmax")) || rewrite.node(n).opset < kSoftmaxIsFunction) return false;
  const auto axis = NormalAxes({IntAttribute(rewrite.node(n), "axis", -1)}, rewrite.Rank(rewrite.Input(n, 0)));
  if (!axis) return false;
  Expansion e(rewrite, n);
  const TensorId centred = e.Add("Sub", {e.input(), e.Reduce("ReduceMax", e.input(), (*axis)[0])});
  const TensorId powers = e.Add("Exp", {centred}), sum = e.Reduce("ReduceSum", powers, (*axis)[0]);
  if (log) {
    e.Last("Sub", {centred, e.Add("Log", {sum})});
  } else {
    e.Last("Div", {powers, sum});
  }
  return true;
}

bool ExpandGelu(Rewrite& rewrite, NodeId n) {
  if (!rewrite.Is(n, "Gelu") || StringAttribute(rewrite.node(n), "approximate", "none") != "none") return false;
  Expansion e(rewrite, n);
  const TensorId half = e.Add("Mul", {e.Number(), e.input()});
  const TensorId scaled = e.Add("Div", {e.input(), e.Root()});
  e.Last("Mul", {half, e.Add("Sum", {e.Add("Erf", {scaled}), e.Number()})});
  return true;
}

}  // namespace

bool ExpandHalfFunctions(Rewrite& rewrite) {
  bool changed = false;
  const size_t count = rewrite.size();
  for (size_t i = 0; i < count; ++i) {
    const NodeId n = static_cast<NodeId>(i);
    if (rewrite.removed(n) || rewrite.node(n).region != 0 || rewrite.node(n).inputs.empty()) continue;
    const TensorId in = rewrite.node(n).inputs[0];
    if (in == kNone || rewrite.tensor(in).dtype != DType::kFloat16) continue;
    changed |= ExpandSoftmax(rewrite, n) || ExpandGelu(rewrite, n);
  }
  return changed;
}

}  // namespace opcost::internal
