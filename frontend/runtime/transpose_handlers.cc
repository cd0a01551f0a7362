// Through which operators a Transpose moves, and what changes in them: the runtime's own list, for which it has kernels
// in every layout.
#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "frontend/runtime/move_transposes.h"

namespace opcost::internal {
namespace {

// From this opset on the axes of a reduction are an input; of ReduceSum, Squeeze and Unsqueeze earlier.
constexpr int kAxesAsInput = 13, kReduceAxesAsInput = 18, kSoftmaxOneAxis = 13, kSliceInputs = 10, kPadInputs = 11;

bool MoveThrough(Move& move) {
  UntransposeInputs(move);
  TransposeOutputs(move, move.perm);
  return true;
}

bool MoveThroughBroadcast(Move& move) { return EqualiseRanks(move) && MoveThrough(move); }

bool MoveWithAxis(Move& move, std::optional<int64_t> fallback) {
  Node& node = move.rewrite.node(move.node);
  if (FindAttribute(node, "axis") == nullptr && !fallback) return false;
  const auto axis = NormalAxes({IntAttribute(node, "axis", fallback.value_or(0))}, move.perm.size());
  if (!axis) return false;
  SetAttribute(node, "axis", AxesBefore(move.perm, *axis)[0]);
  return MoveThrough(move);
}

bool MoveConcat(Move& move) { return MoveWithAxis(move, std::nullopt); }
bool MoveSplit(Move& move) { return MoveWithAxis(move, 0); }

bool MoveSoftmax(Move& move) {
  if (move.opset >= kSoftmaxOneAxis) return MoveWithAxis(move, -1);
  // Older ones see a matrix: no axis may change sides.
  const auto axis = NormalAxes({IntAttribute(move.rewrite.node(move.node), "axis", 1)}, move.perm.size());
  if (!axis) return false;
  for (size_t d = 0; d < move.perm.size(); ++d) {
    if ((static_cast<int64_t>(d) < (*axis)[0]) != (move.perm[d] < (*axis)[0])) return false;
  }
  return MoveThrough(move);
}

// The shape as it was before, then permuted.
bool MoveShape(Move& move) {
  Rewrite& r = move.rewrite;
  const int64_t rank = static_cast<int64_t>(move.perm.size());
  const auto bound = [&](absl::string_view name, int64_t fallback) {
    const int64_t at = IntAttribute(r.node(move.node), name, fallback);
    return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  const int64_t start = bound("start", 0), end = std::max(start, bound("end", rank));
  const Perm kept(move.perm.begin() + start, move.perm.begin() + end);
  UntransposeInputs(move);
  std::vector<Attribute>& attributes = r.node(move.node).attributes;
  attributes.erase(std::remove_if(attributes.begin(), attributes.end(),
                                  [](const Attribute& a) { return a.name == "start" || a.name == "end"; }),
                   attributes.end());
  const TensorId out = r.Output(move.node);
  const TensorId whole = r.AddTensor(absl::StrCat(r.tensor(out).name, "/untransposed"), DType::kInt64, {rank});
  Node gather = r.node(move.node);
  gather.op_type = "Gather";
  gather.id = absl::StrCat(gather.id, "/Gather");
  gather.name = absl::StrCat(gather.name, "/Gather");
  gather.attributes.clear();
  gather.inputs = {whole, r.AddInts("perm", kept)};
  gather.outputs = {out};
  r.SetOutput(move.node, 0, whole);
  r.Add(std::move(gather), r.origins(move.node), true);
  return true;
}

Perm Doubled(const Perm& perm) {
  Perm both = perm;
  for (int64_t p : perm) both.push_back(p + static_cast<int64_t>(perm.size()));
  return both;
}

bool MovePad(Move& move) {
  const Perm pads = Doubled(Inverse(move.perm));
  if (move.opset < kPadInputs) {
    Node& node = move.rewrite.node(move.node);
    const std::vector<int64_t> values = IntsAttribute(node, "pads");
    if (values.size() != pads.size()) return false;
    SetAttribute(node, "pads", Permuted(values, pads));
  } else {
    PermuteVector(move, 1, pads);
  }
  return MoveThrough(move);
}

// Only between the channel orders, once the kernels are chosen.
bool MoveResize(Move& move) {
  if (!move.assigned || (move.perm != Perm{0, 2, 3, 1} && move.perm != Perm{0, 3, 1, 2})) return false;
  const Perm inverse = Inverse(move.perm);
  if (move.opset >= kPadInputs) PermuteVector(move, 1, Doubled(inverse));
  const size_t first = move.opset < kPadInputs ? 1 : 2;
  for (size_t slot = first; slot < move.rewrite.node(move.node).inputs.size(); ++slot)
    PermuteVector(move, slot, inverse);
  return MoveThrough(move);
}

// The axes of `node`: from its attribute, or from the constant in slot 1. Empty: none given.
std::optional<std::vector<int64_t>> ReadAxes(Move& move, bool as_input, size_t rank) {
  Node& node = move.rewrite.node(move.node);
  if (!as_input) return NormalAxes(IntsAttribute(node, "axes"), rank);
  const TensorId axes = move.rewrite.Input(move.node, 1);
  if (axes == kNone) return std::vector<int64_t>{};
  const auto values = move.rewrite.IntValues(axes);
  return values ? NormalAxes(*values, rank) : std::nullopt;
}

void WriteAxes(Move& move, bool as_input, const std::vector<int64_t>& axes) {
  if (!as_input) return SetAttribute(move.rewrite.node(move.node), "axes", axes);
  move.rewrite.SetInput(move.node, 1, move.rewrite.AddInts("axes", axes));
}

bool MoveReduction(Move& move) {
  const Node& node = move.rewrite.node(move.node);
  const bool keeps = IntAttribute(node, "keepdims", 1) != 0;
  const bool as_input = move.opset >= (node.op_type == "ReduceSum" ? kAxesAsInput : kReduceAxesAsInput);
  const auto axes = ReadAxes(move, as_input, move.perm.size());
  if (!axes) return false;
  if (axes->empty()) {
    const bool whole = !keeps && IntAttribute(node, "noop_with_empty_axes", 0) == 0;
    UntransposeInputs(move);
    if (!whole) TransposeOutputs(move, move.perm);
    return true;
  }
  std::vector<int64_t> before = AxesBefore(move.perm, *axes);
  std::sort(before.begin(), before.end());
  WriteAxes(move, as_input, before);
  UntransposeInputs(move);
  TransposeOutputs(move, keeps ? move.perm : WithoutAxes(move.perm, before));
  return true;
}

bool MoveArg(Move& move) {
  Node& node = move.rewrite.node(move.node);
  const auto axis = NormalAxes({IntAttribute(node, "axis", 0)}, move.perm.size());
  if (!axis) return false;
  const std::vector<int64_t> before = AxesBefore(move.perm, *axis);
  const bool keeps = IntAttribute(node, "keepdims", 1) != 0;
  SetAttribute(node, "axis", before[0]);
  UntransposeInputs(move);
  TransposeOutputs(move, keeps ? move.perm : WithoutAxes(move.perm, before));
  return true;
}

bool MoveSqueeze(Move& move) {
  const bool as_input = move.opset >= kAxesAsInput;
  const auto axes = ReadAxes(move, as_input, move.perm.size());
  if (!axes || axes->empty()) return false;
  std::vector<int64_t> before = AxesBefore(move.perm, *axes);
  std::sort(before.begin(), before.end());
  WriteAxes(move, as_input, before);
  UntransposeInputs(move);
  TransposeOutputs(move, WithoutAxes(move.perm, before));
  return true;
}

bool MoveUnsqueeze(Move& move) {
  const bool as_input = move.opset >= kAxesAsInput;
  const size_t count = as_input ? move.rewrite.IntValues(move.rewrite.Input(move.node, 1)).value_or(Perm{}).size()
                                : IntsAttribute(move.rewrite.node(move.node), "axes").size();
  const auto axes = ReadAxes(move, as_input, move.perm.size() + count);
  if (!axes || axes->empty()) return false;
  UntransposeInputs(move);
  TransposeOutputs(move, WithAxes(move.perm, *axes));
  return true;
}

bool MoveSlice(Move& move) {
  Rewrite& r = move.rewrite;
  if (move.opset < kSliceInputs) {
    std::vector<int64_t> axes = IntsAttribute(r.node(move.node), "axes");
    const size_t count = IntsAttribute(r.node(move.node), "starts").size();
    for (size_t d = axes.size(); d < count; ++d) axes.push_back(static_cast<int64_t>(d));
    const auto normal = NormalAxes(axes, move.perm.size());
    if (!normal) return false;
    SetAttribute(r.node(move.node), "axes", AxesBefore(move.perm, *normal));
    return MoveThrough(move);
  }
  std::vector<int64_t> axes;
  if (r.Input(move.node, 3) == kNone) {
    const auto count = r.Extents(r.Input(move.node, 1));
    if (!count || count->size() != 1) return false;
    for (int64_t d = 0; d < (*count)[0]; ++d) axes.push_back(d);
  } else {
    const auto values = r.IntValues(r.Input(move.node, 3));
    if (!values) return false;
    axes = *values;
  }
  const auto normal = NormalAxes(axes, move.perm.size());
  if (!normal) return false;
  r.SetInput(move.node, 3, r.AddInts("axes", AxesBefore(move.perm, *normal)));
  return MoveThrough(move);
}

bool MoveTile(Move& move) {
  PermuteVector(move, 1, Inverse(move.perm));
  return MoveThrough(move);
}

bool MoveTranspose(Move& move) {
  const std::optional<Perm> second = PermOf(move.rewrite, move.node);
  return second && second->size() == move.perm.size() && MergeTransposes(move, *second);
}

bool MoveQuantization(Move& move) {
  Rewrite& r = move.rewrite;
  if (move.opset >= 13 && r.Rank(r.Input(move.node, 1)) != 0) {
    const auto axis = NormalAxes({IntAttribute(r.node(move.node), "axis", 1)}, move.perm.size());
    if (!axis) return false;
    SetAttribute(r.node(move.node), "axis", AxesBefore(move.perm, *axis)[0]);
  }
  return MoveThrough(move);
}

Perm ChannelsFirst(size_t rank) {  // of a tensor with channels last
  Perm perm = {0, static_cast<int64_t>(rank) - 1};
  for (size_t d = 1; d + 1 < rank; ++d) perm.push_back(static_cast<int64_t>(d));
  return perm;
}

bool MoveQuantizedPool(Move& move) {
  const size_t rank = move.perm.size();
  if (rank < 2) return false;
  Node& node = move.rewrite.node(move.node);
  const int64_t last = IntAttribute(node, "channels_last", 0);
  if ((last != 0 ? Inverse(move.perm) : move.perm) != ChannelsFirst(rank)) return false;
  SetAttribute(node, "channels_last", 1 - last);
  return MoveThrough(move);
}

bool MoveMaxPool(Move& move) {
  Rewrite& r = move.rewrite;
  const DType type = r.tensor(r.Output(move.node)).dtype;
  if (!move.assigned || r.Output(move.node, 1) != kNone || (type != DType::kUInt8 && type != DType::kInt8) ||
      move.perm != ChannelsFirst(move.perm.size())) {
    return false;
  }
  Node& node = r.node(move.node);
  node.op_type = "NhwcMaxPool";
  node.domain = "com.microsoft";
  node.opset = node.since_version = 1;
  return MoveThrough(move);
}

using In = Handler::Inputs;

constexpr std::array<absl::string_view, 42> kUnary = {"Cast",
                                                      "Exp",
                                                      "Gelu",
                                                      "Identity",
                                                      "LeakyRelu",
                                                      "Log",
                                                      "Reciprocal",
                                                      "Relu",
                                                      "Sigmoid",
                                                      "Sqrt",
                                                      "Tanh",
                                                      "Abs",
                                                      "Not",
                                                      "Ceil",
                                                      "Floor",
                                                      "Neg",
                                                      "Erf",
                                                      "HardSigmoid",
                                                      "Round",
                                                      "IsInf",
                                                      "IsNaN",
                                                      "Selu",
                                                      "Shrink",
                                                      "Sign",
                                                      "Softplus",
                                                      "Softsign",
                                                      "ThresholdedRelu",
                                                      "Celu",
                                                      "Sin",
                                                      "Cos",
                                                      "Tan",
                                                      "Sinh",
                                                      "Cosh",
                                                      "Asin",
                                                      "Acos",
                                                      "Atan",
                                                      "Asinh",
                                                      "Acosh",
                                                      "Atanh",
                                                      "HardSwish",
                                                      "com.microsoft.QLinearLeakyRelu",
                                                      "com.microsoft.QLinearSigmoid"};
constexpr std::array<absl::string_view, 21> kBroadcast = {
    "Add",         "Max",  "Min",   "Mul",      "Sub",   "Div",     "And",  "Or",
    "Xor",         "Mod",  "PRelu", "BitShift", "Equal", "Greater", "Less", "GreaterOrEqual",
    "LessOrEqual", "Mean", "Sum",   "Pow",      "Where"};
constexpr Handler kUnaryHandler = {"", In::kAll, true, MoveThrough};
constexpr Handler kBroadcastHandler = {"", In::kNotScalar, true, MoveThroughBroadcast};
constexpr Handler kReduction = {"", In::kFirst, true, MoveReduction};

constexpr std::array<Handler, 26> kHandlers = {{
    {"Clip", In::kFirst, true, MoveThrough},
    {"CastLike", In::kFirst, true, MoveThrough},
    {"Transpose", In::kFirst, false, MoveTranspose},
    {"Reshape", In::kFirst, false, MoveReshape},
    {"Shape", In::kFirst, false, MoveShape},
    {"Concat", In::kAll, true, MoveConcat},
    {"Split", In::kFirst, true, MoveSplit},
    {"Pad", In::kFirst, true, MovePad},
    {"Resize", In::kFirst, true, MoveResize},
    {"ArgMin", In::kFirst, true, MoveArg},
    {"ArgMax", In::kFirst, true, MoveArg},
    {"Squeeze", In::kFirst, true, MoveSqueeze},
    {"Unsqueeze", In::kFirst, true, MoveUnsqueeze},
    {"Slice", In::kFirst, true, MoveSlice},
    {"Tile", In::kFirst, true, MoveTile},
    {"Softmax", In::kFirst, true, MoveSoftmax},
    {"Hardmax", In::kFirst, true, MoveSoftmax},
    {"LogSoftmax", In::kFirst, true, MoveSoftmax},
    {"QuantizeLinear", In::kFirst, true, MoveQuantization},
    {"DequantizeLinear", In::kFirst, true, MoveQuantization},
    {"MaxPool", In::kFirst, true, MoveMaxPool},
    {"com.microsoft.QLinearAdd", In::kPairs, true, MoveThroughBroadcast},
    {"com.microsoft.QLinearMul", In::kPairs, true, MoveThroughBroadcast},
    {"com.microsoft.QLinearConcat", In::kTriples, true, MoveConcat},
    {"com.microsoft.QLinearAveragePool", In::kFirst, true, MoveQuantizedPool},
    {"com.microsoft.QLinearGlobalAveragePool", In::kFirst, true, MoveQuantizedPool},
}};

}  // namespace

const Handler* FindHandler(const Node& node) {
  const std::string name = node.domain.empty() ? node.op_type : absl::StrCat(node.domain, ".", node.op_type);
  for (const Handler& handler : kHandlers) {
    if (handler.op == name) return &handler;
  }
  if (std::find(kUnary.begin(), kUnary.end(), name) != kUnary.end()) return &kUnaryHandler;
  if (std::find(kBroadcast.begin(), kBroadcast.end(), name) != kBroadcast.end()) return &kBroadcastHandler;
  return node.domain.empty() && absl::StartsWith(name, "Reduce") ? &kReduction : nullptr;
}

}  // namespace opcost::internal
