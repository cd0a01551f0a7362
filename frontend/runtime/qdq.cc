// Groups of DequantizeLinear, an operator and QuantizeLinear run as one operator on integers.
//
// What level extended does once quantisation has spread (qdq_spread.cc).
#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/patterns/graph_view.h"
#include "frontend/runtime/passes.h"
#include "frontend/runtime/qdq_pairs.h"

namespace opcost::internal {
namespace {

constexpr const char* kMs = "com.microsoft";
// Of products fused with the weights' DequantizeLinear, unless a session asks for another
// (session.qdq_matmulnbits_accuracy_level): sums of 8-bit integers.
constexpr int64_t kFusedAccuracyLevel = 4;

// What a group becomes.
enum class Group : uint8_t {
  kKeep,      // the operator itself, on integers, when both sides are quantised alike
  kUnary,     // one quantised input
  kVariadic,  // every input is quantised
  kConv,
  kProduct,  // the output may stay float
};

struct GroupRule {
  absl::string_view op;
  Group group;
  const char* domain;
  const char* kernel;
};

constexpr std::array<GroupRule, 24> kRules = {{
    {"MaxPool", Group::kKeep, "", "MaxPool"},
    {"ReduceMax", Group::kKeep, "", "ReduceMax"},
    {"ReduceMin", Group::kKeep, "", "ReduceMin"},
    {"Resize", Group::kKeep, "", "Resize"},
    {"Expand", Group::kKeep, "", "Expand"},
    {"Flatten", Group::kKeep, "", "Flatten"},
    {"Gather", Group::kKeep, "", "Gather"},
    {"GatherElements", Group::kKeep, "", "GatherElements"},
    {"Reshape", Group::kKeep, "", "Reshape"},
    {"Slice", Group::kKeep, "", "Slice"},
    {"Squeeze", Group::kKeep, "", "Squeeze"},
    {"Tile", Group::kKeep, "", "Tile"},
    {"Transpose", Group::kKeep, "", "Transpose"},
    {"Unsqueeze", Group::kKeep, "", "Unsqueeze"},
    {"AveragePool", Group::kUnary, kMs, "QLinearAveragePool"},
    {"GlobalAveragePool", Group::kUnary, kMs, "QLinearGlobalAveragePool"},
    {"LeakyRelu", Group::kUnary, kMs, "QLinearLeakyRelu"},
    {"Sigmoid", Group::kUnary, kMs, "QLinearSigmoid"},
    {"Softmax", Group::kUnary, kMs, "QLinearSoftmax"},
    {"Add", Group::kVariadic, kMs, "QLinearAdd"},
    {"Mul", Group::kVariadic, kMs, "QLinearMul"},
    {"Concat", Group::kVariadic, kMs, "QLinearConcat"},
    {"Conv", Group::kConv, "", "QLinearConv"},
    {"MatMul", Group::kProduct, "", "QLinearMatMul"},
}};

bool IsByte(DType type) { return type == DType::kInt8 || type == DType::kUInt8; }

// The only reader, when it is a node of that operator.
NodeId ReaderOf(Rewrite& rewrite, TensorId t, absl::string_view op) {
  const NodeId n = rewrite.OnlyReader(t);
  return rewrite.Is(n, op) ? n : kNone;
}

// What the integers can express lies within the bounds.
bool IsRedundant(Rewrite& rewrite, NodeId clip, NodeId q) {
  const std::optional<double> scale = rewrite.Scalar(rewrite.Input(q, 1));
  const TensorId zero = rewrite.Input(q, 2);
  const std::optional<double> point = zero == kNone ? std::optional<double>(0) : rewrite.Scalar(zero);
  const DType type = rewrite.tensor(rewrite.Output(q)).dtype;
  if (!scale || !point || !IsByte(type)) return false;
  const double lowest = type == DType::kInt8 ? -128 : 0;
  double low = 0, high = std::numeric_limits<double>::infinity();
  if (rewrite.Is(clip, "Clip")) {
    const auto bound = [&](size_t slot, absl::string_view name, double none) -> std::optional<double> {
      if (FindAttribute(rewrite.node(clip), name) != nullptr) return FloatAttribute(rewrite.node(clip), name, none);
      if (rewrite.Input(clip, slot) == kNone) return none;
      return rewrite.Scalar(rewrite.Input(clip, slot));
    };
    const auto min = bound(1, "min", -high), max = bound(2, "max", high);
    if (!min || !max) return false;
    low = *min;
    high = *max;
  }
  constexpr double kTolerance = std::numeric_limits<float>::epsilon();
  return (lowest - *point) * *scale + kTolerance >= low && (lowest + 255 - *point) * *scale <= high + kTolerance;
}

bool DropRedundantClip(Rewrite& rewrite, NodeId n) {
  if (!rewrite.Is(n, "Relu") && !rewrite.Is(n, "Clip")) return false;
  const NodeId q = ReaderOf(rewrite, rewrite.Output(n), kQ);
  if (q == kNone || !IsRedundant(rewrite, n, q)) return false;
  rewrite.Absorb(q, n);
  rewrite.SetInput(q, 0, rewrite.Input(n, 0));
  rewrite.Remove(n);
  return true;
}

// Signed activations between one Q and one DQ become unsigned, for which there are kernels.
bool MakeUnsigned(Rewrite& rewrite, NodeId q) {
  if (!rewrite.Is(q, kQ) || rewrite.tensor(rewrite.Output(q)).dtype != DType::kInt8 || !IsPerTensor(rewrite, q)) {
    return false;
  }
  const NodeId dq = ReaderOf(rewrite, rewrite.Output(q), kDq);
  const auto zero = rewrite.IntValues(rewrite.Input(q, 2));
  if (dq == kNone || !zero) return false;
  const TensorId shifted = rewrite.AddInts("zero_point/unsigned", {zero->at(0) + 128});
  rewrite.tensor(shifted).dtype = DType::kUInt8;
  rewrite.tensor(shifted).shape = rewrite.tensor(rewrite.Input(q, 2)).shape;
  rewrite.tensor(rewrite.Output(q)).dtype = DType::kUInt8;
  rewrite.SetInput(q, 2, shifted);
  rewrite.SetInput(dq, 2, shifted);
  return true;
}

struct Found {
  std::vector<NodeId> dq;  // by input; kNone where the input is not quantised
  NodeId q = kNone;        // kNone: the output is not quantised
};

Found FindGroup(Rewrite& rewrite, NodeId n) {
  Found found;
  for (TensorId t : rewrite.node(n).inputs) {
    const NodeId dq = t == kNone ? kNone : rewrite.ProducerOf(t, kDq);
    found.dq.push_back(dq != kNone && rewrite.IsPrivate(t) ? dq : kNone);
  }
  if (rewrite.node(n).outputs.size() == 1) found.q = ReaderOf(rewrite, rewrite.Output(n), kQ);
  return found;
}

DType IntegerOf(Rewrite& rewrite, NodeId dq) { return rewrite.tensor(rewrite.Input(dq, 0)).dtype; }

bool TakesBias(Rewrite& rewrite, const RuntimeOptions& options, const Found& found) {
  return found.dq.size() < 3 || found.dq[2] == kNone ||
         BiasFits(rewrite, options, found.dq[0], found.dq[1], found.dq[2]);
}

bool Fits(Rewrite& rewrite, const RuntimeOptions& options, NodeId n, const GroupRule& rule, const Found& found) {
  const DType in = found.dq.empty() || found.dq[0] == kNone ? DType::kUnknown : IntegerOf(rewrite, found.dq[0]);
  if (!IsByte(in)) return false;
  const DType out = found.q == kNone ? DType::kUnknown : rewrite.tensor(rewrite.Output(found.q)).dtype;
  const bool needs_all = rule.group != Group::kKeep && rule.group != Group::kUnary;
  for (size_t slot = 1; slot < found.dq.size(); ++slot) {
    const TensorId t = rewrite.Input(n, slot);
    if (t != kNone && (found.dq[slot] != kNone) != needs_all) return false;
    if (rule.group == Group::kVariadic && IntegerOf(rewrite, found.dq[slot]) != in) return false;
  }
  switch (rule.group) {
    case Group::kKeep:
      return out == in && SameQuantisation(rewrite, found.dq[0], found.q);
    case Group::kUnary:
    case Group::kVariadic:
      return out == in;
    case Group::kConv:
      return in == DType::kUInt8 && out == in && IsByte(IntegerOf(rewrite, found.dq[1])) &&
             TakesBias(rewrite, options, found);
    case Group::kProduct:
      return in == DType::kUInt8 && IsByte(IntegerOf(rewrite, found.dq[1])) && (found.q == kNone || out == in);
  }
  return false;
}

void Replace(Rewrite& rewrite, NodeId n, const char* domain, const char* kernel, const Found& found,
             std::vector<TensorId> inputs) {
  Node node = rewrite.node(n);
  node.op_type = kernel;
  node.domain = domain;
  if (node.domain == kMs) node.opset = node.since_version = 1;
  node.inputs = std::move(inputs);
  std::vector<NodeId> origins = rewrite.origins(n);
  const auto add = [&](NodeId other) {
    if (other == kNone) return;
    origins.insert(origins.end(), rewrite.origins(other).begin(), rewrite.origins(other).end());
  };
  for (NodeId dq : found.dq) add(dq);
  add(found.q);
  const TensorId out = found.q == kNone ? rewrite.Output(n) : rewrite.Output(found.q);
  rewrite.Remove(n);
  for (NodeId dq : found.dq) {
    if (dq != kNone) rewrite.Remove(dq);
  }
  if (found.q != kNone) rewrite.Remove(found.q);
  node.outputs = {out};
  rewrite.Add(std::move(node), std::move(origins), false);
}

void Append(std::vector<TensorId>& to, Rewrite& rewrite, NodeId dq) {
  for (size_t slot = 0; slot < 3; ++slot) to.push_back(rewrite.Input(dq, slot));
}

void ReplaceGroup(Rewrite& rewrite, NodeId n, const GroupRule& rule, const Found& found) {
  std::vector<TensorId> inputs;
  const char* kernel = rule.kernel;
  const char* domain = rule.domain;
  const auto of_q = [&](size_t slot) { return found.q == kNone ? kNone : rewrite.Input(found.q, slot); };
  if (rule.group == Group::kKeep) {
    inputs = rewrite.node(n).inputs;
    inputs[0] = rewrite.Input(found.dq[0], 0);
  } else if (rule.op == "Concat") {
    inputs = {of_q(1), of_q(2)};
    for (NodeId dq : found.dq) Append(inputs, rewrite, dq);
  } else if (rule.group == Group::kProduct && found.q == kNone) {
    domain = kMs;
    kernel = "MatMulIntegerToFloat";
    for (size_t slot : {size_t{0}, size_t{1}, size_t{2}}) {
      for (size_t operand : {size_t{0}, size_t{1}}) inputs.push_back(rewrite.Input(found.dq[operand], slot));
    }
  } else {
    for (size_t slot = 0; slot < std::min<size_t>(found.dq.size(), 2); ++slot) {
      if (found.dq[slot] != kNone) Append(inputs, rewrite, found.dq[slot]);
    }
    inputs.push_back(of_q(1));
    inputs.push_back(of_q(2));
    if (rule.group == Group::kConv && found.dq.size() > 2 && found.dq[2] != kNone) {
      inputs.push_back(rewrite.Input(found.dq[2], 0));
    }
  }
  Replace(rewrite, n, domain, kernel, found, std::move(inputs));
}

bool FuseGemm(Rewrite& rewrite, NodeId n) {
  if (!rewrite.Is(n, "Gemm") || FloatAttribute(rewrite.node(n), "beta", 1) != 1) return false;
  const Found found = FindGroup(rewrite, n);
  for (size_t slot = 0; slot < found.dq.size(); ++slot) {
    if (rewrite.Input(n, slot) == kNone) continue;
    if (found.dq[slot] == kNone) return false;
    if (slot < 2 ? !IsByte(IntegerOf(rewrite, found.dq[slot])) : IntegerOf(rewrite, found.dq[slot]) != DType::kInt32) {
      return false;
    }
  }
  std::vector<TensorId> inputs;
  Append(inputs, rewrite, found.dq[0]);
  Append(inputs, rewrite, found.dq[1]);
  inputs.push_back(found.dq.size() > 2 && found.dq[2] != kNone ? rewrite.Input(found.dq[2], 0) : kNone);
  if (found.q != kNone) {
    inputs.push_back(rewrite.Input(found.q, 1));
    inputs.push_back(rewrite.Input(found.q, 2));
  }
  Replace(rewrite, n, kMs, "QGemm", found, std::move(inputs));
  return true;
}

// A weight of few bits in blocks of rows, dequantised for a product.
bool FuseNBits(Rewrite& rewrite, NodeId n) {
  if (!rewrite.Is(n, "MatMul")) return false;
  const NodeId dq = rewrite.ProducerOf(rewrite.Input(n, 1), kDq);
  if (dq == kNone || !rewrite.IsPrivate(rewrite.Input(n, 1)) || !rewrite.IsConstant(rewrite.Input(dq, 0))) return false;
  const DType type = IntegerOf(rewrite, dq);
  const int64_t block = IntAttribute(rewrite.node(dq), "block_size", 0);
  const bool few = type == DType::kInt4 || type == DType::kUInt4;
  if (!few || IntAttribute(rewrite.node(dq), "axis", 1) != 0 || block < 16 || (block & (block - 1)) != 0) return false;
  const auto weight = rewrite.Extents(rewrite.Input(dq, 0));
  if (!weight || weight->size() != 2) return false;
  const int64_t k = (*weight)[0], columns = (*weight)[1], blocks = (k + block - 1) / block;
  std::vector<TensorId> inputs = {
      rewrite.Input(n, 0), rewrite.AddConstant("weight/blocks", DType::kUInt8, {columns, blocks, block / 2}),
      rewrite.AddConstant("scales/blocks", rewrite.tensor(rewrite.Input(dq, 1)).dtype, {columns * blocks})};
  if (rewrite.Input(dq, 2) != kNone) {
    inputs.push_back(rewrite.AddConstant("zero_points/blocks", DType::kUInt8, {columns * ((blocks + 1) / 2)}));
  }
  Found found;
  found.dq = {kNone, dq};
  Replace(rewrite, n, kMs, "MatMulNBits", found, std::move(inputs));
  const NodeId fused = static_cast<NodeId>(rewrite.size() - 1);
  SetAttribute(rewrite.node(fused), "K", k);
  SetAttribute(rewrite.node(fused), "N", columns);
  SetAttribute(rewrite.node(fused), "bits", int64_t{4});
  SetAttribute(rewrite.node(fused), "block_size", block);
  SetAttribute(rewrite.node(fused), "accuracy_level", kFusedAccuracyLevel);
  return true;
}

bool FuseGroup(Rewrite& rewrite, const RuntimeOptions& options, NodeId n) {
  for (const GroupRule& rule : kRules) {
    if (!rewrite.Is(n, rule.op)) continue;
    const Found found = FindGroup(rewrite, n);
    if (rewrite.node(n).outputs.size() != 1 || !Fits(rewrite, options, n, rule, found)) return false;
    if (rule.group != Group::kProduct && found.q == kNone) return false;
    ReplaceGroup(rewrite, n, rule, found);
    return true;
  }
  return false;
}

}  // namespace

bool FuseQuantised(Rewrite& rewrite, const RuntimeOptions& options) {
  bool changed = false;
  const size_t count = rewrite.size();
  for (size_t i = 0; i < count; ++i) changed |= DropRedundantClip(rewrite, static_cast<NodeId>(i));
  for (size_t i = 0; i < count; ++i) changed |= MakeUnsigned(rewrite, static_cast<NodeId>(i));
  for (size_t i = 0; i < count; ++i) {
    const NodeId n = static_cast<NodeId>(i);
    changed |= FuseGroup(rewrite, options, n) || FuseGemm(rewrite, n) || FuseNBits(rewrite, n);
  }
  return changed;
}

}  // namespace opcost::internal
