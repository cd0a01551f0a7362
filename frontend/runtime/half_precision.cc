// Operators that have no kernel for half precision run in single precision, between Casts.
//
// Which they are is known once the runtime has given out the kernels: level extended and the layouts leave them alone.
// Then they get their Casts, and Casts that undo each other go. Level all converts the weights ahead, after which both
// levels see operators in single precision like any other.
#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "frontend/runtime/passes.h"

namespace opcost::internal {
namespace {

// In front of the domain of what has no kernel yet: no pass knows such operators.
constexpr absl::string_view kWithout = "without kernel/";
constexpr const char* kInserted = "/InsertedCast";

struct HalfKernel {
  absl::string_view op;
  int first = 0, last = 1000;  // versions of the runtime, 1.N
};

// What ONNX Runtime 1.26 to 1.32 execute in half precision on x86-64: operators that move elements, norms, and a few
// more.
constexpr std::array<HalfKernel, 44> kHalfKernels = {{
    {"Cast"},
    {"Identity"},
    {"Shape"},
    {"Size"},
    {"Concat"},
    {"Split"},
    {"Slice"},
    {"Gather"},
    {"GatherND"},
    {"GatherElements"},
    {"ScatterND"},
    {"ScatterElements"},
    {"Reshape"},
    {"Flatten"},
    {"Squeeze"},
    {"Unsqueeze"},
    {"Expand"},
    {"Transpose"},
    {"Compress"},
    {"Round"},
    {"Sign"},
    {"IsNaN"},
    {"IsInf"},
    {"Max"},
    {"Min"},
    {"Mod"},
    {"Clip"},
    {"If"},
    {"Loop"},
    {"Scan"},
    {"MatMul", 29, 29},
    {"Gemm", 29, 29},
    {"LayerNormalization"},
    {"RMSNormalization"},
    {"SimplifiedLayerNormalization"},
    {"com.microsoft.SkipLayerNormalization"},
    {"com.microsoft.SkipSimplifiedLayerNormalization"},
    {"QuantizeLinear"},
    {"DequantizeLinear"},
    {"Attention"},
    {"RotaryEmbedding"},
    {"com.microsoft.RotaryEmbedding"},
    {"com.microsoft.GroupQueryAttention"},
    {"com.microsoft.MatMulNBits"},
}};

bool IsHalf(Rewrite& rewrite, TensorId t) { return t != kNone && rewrite.tensor(t).dtype == DType::kFloat16; }

bool AnyHalf(Rewrite& rewrite, const std::vector<TensorId>& tensors) {
  return std::any_of(tensors.begin(), tensors.end(), [&](TensorId t) { return IsHalf(rewrite, t); });
}

bool HasKernel(Rewrite& rewrite, const RuntimeOptions& options, NodeId n) {
  return std::any_of(kHalfKernels.begin(), kHalfKernels.end(), [&](const HalfKernel& kernel) {
    return rewrite.Is(n, kernel.op) && options.minor_version >= kernel.first && options.minor_version <= kernel.last;
  });
}

bool Runs(Rewrite& rewrite, NodeId n) { return n != kNone && !rewrite.removed(n) && rewrite.node(n).region == 0; }

bool LacksKernel(Rewrite& rewrite, NodeId n) {
  return Runs(rewrite, n) && absl::StartsWith(rewrite.node(n).domain, kWithout);
}

void TakeKernel(Rewrite& rewrite, NodeId n) {
  Node& node = rewrite.node(n);
  node.domain = absl::StrCat(kWithout, node.domain);
}

// What could run in half precision, but every operator around it cannot: it runs in single precision as well.
bool IsAlone(Rewrite& rewrite, NodeId n) {
  if (!Runs(rewrite, n) || LacksKernel(rewrite, n) || !rewrite.node(n).bodies.empty()) return false;
  const Node& node = rewrite.node(n);
  bool fed = false, half_input = false, half_output = false;
  for (size_t slot = 0; slot < node.inputs.size(); ++slot) {
    const NodeId producer = rewrite.Producer(node.inputs[slot]);
    fed = fed || producer != kNone;
    // Of operands of any number only the first is looked at.
    if (!IsHalf(rewrite, node.inputs[slot]) || (slot > 0 && node.op_type == "Concat")) continue;
    half_input = true;
    if (producer != kNone && !LacksKernel(rewrite, producer)) return false;
  }
  for (TensorId t : node.outputs) {
    if (t == kNone) continue;
    if (rewrite.tensor(t).is_graph_output) return false;
    if (!IsHalf(rewrite, t)) continue;
    half_output = true;
    const std::vector<NodeId> readers = rewrite.Readers(t);
    if (!std::all_of(readers.begin(), readers.end(), [&](NodeId r) { return LacksKernel(rewrite, r); })) return false;
  }
  return fed && half_input && half_output;
}

const Shape& Same(const Shape& shape) { return shape; }

TensorId SingleLike(Rewrite& rewrite, TensorId t) {
  const TensorId single = rewrite.AddLike(t, "/single", Same);
  rewrite.tensor(single).dtype = DType::kFloat32;
  return single;
}

void AddCast(Rewrite& rewrite, NodeId like, TensorId in, TensorId out) {
  constexpr int64_t kSingle = 1, kHalf = 10;  // ONNX's numbers
  Node node;
  node.op_type = "Cast";
  node.name = node.id = absl::StrCat(rewrite.tensor(in).name, kInserted);
  node.scope = rewrite.node(like).scope;
  const auto opset = rewrite.graph().opsets.find("ai.onnx");
  node.opset = node.since_version = opset == rewrite.graph().opsets.end() ? 1 : opset->second;
  node.inputs = {in};
  node.outputs = {out};
  SetAttribute(node, "to", IsHalf(rewrite, out) ? kHalf : kSingle);
  rewrite.Add(std::move(node), {}, true);
}

// Reads and writes in single precision; `singles` are the tensors that were converted already.
void Convert(Rewrite& rewrite, NodeId n, std::map<TensorId, TensorId>* singles) {
  rewrite.node(n).domain.erase(0, kWithout.size());
  for (size_t slot = 0; slot < rewrite.node(n).inputs.size(); ++slot) {
    const TensorId in = rewrite.Input(n, slot);
    if (!IsHalf(rewrite, in)) continue;
    const auto [at, is_new] = singles->try_emplace(in, kNone);
    if (is_new) {
      at->second = SingleLike(rewrite, in);
      AddCast(rewrite, n, in, at->second);
    }
    rewrite.SetInput(n, slot, at->second);
  }
  for (size_t slot = 0; slot < rewrite.node(n).outputs.size(); ++slot) {
    const TensorId out = rewrite.Output(n, slot);
    if (!IsHalf(rewrite, out)) continue;
    const TensorId single = SingleLike(rewrite, out);
    rewrite.SetOutput(n, slot, single);
    AddCast(rewrite, n, single, out);
  }
}

bool IsInserted(Rewrite& rewrite, NodeId n) { return absl::EndsWith(rewrite.node(n).id, kInserted); }

// Values may change on the way.
bool LosesValues(Rewrite& rewrite, NodeId cast, DType from, DType to) {
  const auto is_float = [](DType type) { return IsFloat(type); };
  const auto is_unsigned = [](DType type) {
    return type == DType::kUInt8 || type == DType::kUInt16 || type == DType::kUInt32 || type == DType::kUInt64;
  };
  const auto bits = [](DType type) { return type == DType::kBool ? 1 : BitWidth(type); };
  if (from != DType::kBool && !is_unsigned(from) && is_unsigned(to)) return true;
  if (is_float(from) && !is_float(to)) return true;
  if (is_unsigned(from) && !is_unsigned(to) && !is_float(to) && to != DType::kBool) return bits(to) <= bits(from);
  if (from != DType::kBool && !is_float(from) && is_float(to)) return bits(to) <= bits(from);
  if (from != to && is_float(from) && bits(from) == 16 && bits(to) == 16) return true;
  return bits(from) > bits(to) && !IsInserted(rewrite, cast);
}

// A Cast and those behind it: back to the first type nothing is left of them, and to a third one step does.
bool MergeCasts(Rewrite& rewrite, NodeId n) {
  if (!rewrite.Is(n, "Cast")) return false;
  const TensorId in = rewrite.Input(n, 0), out = rewrite.Output(n);
  const DType from = rewrite.tensor(in).dtype, to = rewrite.tensor(out).dtype;
  std::vector<NodeId> back, on;
  const std::vector<NodeId> readers = rewrite.Readers(out);
  for (NodeId reader : readers) {
    if (!rewrite.Is(reader, "Cast")) continue;
    const TensorId end = rewrite.Output(reader);
    const DType type = rewrite.tensor(end).dtype;
    if (LosesValues(rewrite, n, from, to) && LosesValues(rewrite, reader, type, to)) return false;
    (type == from && !rewrite.tensor(end).is_graph_output ? back : on).push_back(reader);
  }
  for (NodeId cast : back) {
    rewrite.ReplaceUses(rewrite.Output(cast), in);
    rewrite.Remove(cast);
  }
  if (readers.empty() || back.size() + on.size() != readers.size() || rewrite.tensor(out).is_graph_output) {
    return !back.empty();
  }
  for (NodeId cast : on) {
    rewrite.Absorb(cast, n);
    rewrite.SetInput(cast, 0, in);
  }
  rewrite.Remove(n);
  return true;
}

// A stored weight that one operator reads in single precision is converted ahead.
bool ConvertWeight(Rewrite& rewrite, NodeId n) {
  if (!rewrite.Is(n, "Cast") || !rewrite.IsStored(rewrite.Input(n, 0)) || !IsHalf(rewrite, rewrite.Input(n, 0))) {
    return false;
  }
  const TensorId out = rewrite.Output(n);
  if (rewrite.tensor(out).dtype != DType::kFloat32 || !rewrite.IsPrivate(out)) return false;
  const TensorId single = SingleLike(rewrite, rewrite.Input(n, 0));
  rewrite.tensor(single).is_constant = true;
  rewrite.tensor(single).kind = TensorKind::kInitializer;
  rewrite.tensor(single).value = rewrite.tensor(rewrite.Input(n, 0)).value;
  rewrite.ReplaceUses(out, single);
  rewrite.Remove(n);
  return true;
}

}  // namespace

void GiveHalfKernels(Rewrite& rewrite, const RuntimeOptions& options) {
  if (ExpandHalfFunctions(rewrite)) rewrite.Compact();
  for (size_t i = 0; i < rewrite.size(); ++i) {
    const NodeId n = static_cast<NodeId>(i);
    if (Runs(rewrite, n) && AnyHalf(rewrite, rewrite.node(n).inputs) && !HasKernel(rewrite, options, n)) {
      TakeKernel(rewrite, n);
    }
  }
}

bool InsertCasts(Rewrite& rewrite, const RuntimeOptions& options) {
  const size_t count = rewrite.size();
  for (size_t i = 0; i < count; ++i) {
    if (IsAlone(rewrite, static_cast<NodeId>(i))) TakeKernel(rewrite, static_cast<NodeId>(i));
  }
  std::map<TensorId, TensorId> singles;
  for (size_t i = 0; i < count; ++i) {
    if (LacksKernel(rewrite, static_cast<NodeId>(i))) Convert(rewrite, static_cast<NodeId>(i), &singles);
  }
  bool changed = rewrite.size() != count;
  for (size_t i = 0; i < rewrite.size(); ++i) changed |= MergeCasts(rewrite, static_cast<NodeId>(i));
  bool converted = false;
  if (options.level >= RuntimeLevel::kAll) {
    for (size_t i = 0; i < rewrite.size(); ++i) converted |= ConvertWeight(rewrite, static_cast<NodeId>(i));
  }
  if (changed || converted) rewrite.Compact();
  return converted;
}

}  // namespace opcost::internal
