#include "costing/calibration/join_ownership.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "costing/calibration/join_roles.h"

namespace opcost {
namespace {

using Role = JoinRole;

const Node& NodeOf(const Ownership& o, NodeId node) { return o.graph.nodes[static_cast<size_t>(node)]; }
const Tensor& TensorOf(const Ownership& o, TensorId tensor) { return o.graph.tensors[static_cast<size_t>(tensor)]; }
Role RoleOfNode(const Ownership& o, NodeId node) { return RoleOf(NodeOf(o, node).op_type); }

// A node whose values follow from the file: runtimes fold it.
bool IsFolded(const Graph& graph, const Node& node) {
  if (node.foldable) return true;
  if (graph.regions[static_cast<size_t>(node.region)].dead || node.outputs.empty()) return true;
  return std::all_of(node.outputs.begin(), node.outputs.end(), [&](TensorId t) {
    return t == kNone || graph.tensors[static_cast<size_t>(t)].is_constant ||
           graph.tensors[static_cast<size_t>(t)].value != kNone;
  });
}

// The one node that reads the tensor; kNone when several do, or when it leaves the graph.
NodeId OnlyReader(const Ownership& o, TensorId tensor) {
  const Tensor& t = TensorOf(o, tensor);
  return t.consumers.size() == 1 && !t.is_graph_output ? t.consumers[0] : kNone;
}

// What the kernel is: the weightiest of what it names, or what the runtime calls it.
Role MainRole(const Ownership& o, size_t k) {
  Role role = RoleOf(o.run.kernels[k].op_type);
  int weight = role == Role::kOther ? 0 : Weight(role);
  if (role == Role::kConv || role == Role::kProduct) return role;
  for (NodeId node : o.kernels[k].nodes) {
    const Role other = RoleOfNode(o, node);
    if (Weight(other) <= weight) continue;
    weight = Weight(other);
    role = other;
  }
  return role;
}

// Whether the node's other operands are all stored in the file.
bool OthersAreConstant(const Ownership& o, const Node& node, TensorId through) {
  return std::all_of(node.inputs.begin(), node.inputs.end(),
                     [&](TensorId t) { return t == kNone || t == through || TensorOf(o, t).is_constant; });
}

// ---- Forward: what follows a convolution or a product goes into it. ----

struct Chain {
  size_t kernel = 0;
  bool heavy = false;      // a convolution, or a product whose kernel takes more than its operands
  bool is_scaled = false;  // a product that takes a factor in
  bool is_form = false;    // the rest of a decomposed form
  bool is_norm = false;    // a norm that was put together: its stored scale and shift
  bool may_add = false;    // a second tensor is added inside
};

// ONNX Runtime's products with these names take nothing behind them but a factor.
constexpr std::array<absl::string_view, 4> kBareProducts = {"MatMul", "FusedMatMul", "MatMulNBits", "MatMulInteger"};

bool TakesFollowers(const Ownership& o, size_t k) {
  const Role role = MainRole(o, k);
  const auto bare = std::find(kBareProducts.begin(), kBareProducts.end(), o.run.kernels[k].op_type);
  return role == Role::kConv || (role == Role::kProduct && bare == kBareProducts.end());
}

// A product by one stored number.
bool IsFactor(const Ownership& o, const Node& node, TensorId through) {
  if (node.op_type != "Mul" && node.op_type != "Div") return false;
  return std::all_of(node.inputs.begin(), node.inputs.end(), [&](TensorId t) {
    if (t == through) return true;
    return t != kNone && TensorOf(o, t).is_constant && TensorOf(o, t).shape && NumElements(*TensorOf(o, t).shape) == 1;
  });
}

// A blocked or fused convolution of ONNX Runtime shows its fourth operand. OpenVINO shows none; others name the sum.
bool MayAdd(const Ownership& o, size_t k) {
  constexpr size_t kResidualSlot = 3;
  const MeasuredKernel& kernel = o.run.kernels[k];
  if (MainRole(o, k) != Role::kConv) return false;
  if (kernel.inputs.empty()) return o.run.facts.runtime == "openvino";
  return kernel.inputs.size() > kResidualSlot && kernel.inputs[kResidualSlot].is_present;
}

// The other tensor of a sum must be there when the kernel runs: made by an earlier one.
bool OtherIsEarlier(const Ownership& o, const Node& node, TensorId through, size_t k) {
  return std::all_of(node.inputs.begin(), node.inputs.end(), [&](TensorId t) {
    if (t == kNone || t == through || TensorOf(o, t).producer == kNone) return true;
    const int32_t owner = o.owner[static_cast<size_t>(TensorOf(o, t).producer)];
    return owner == kNone || owner < static_cast<int32_t>(k);
  });
}

bool Follows(const Ownership& o, const Node& node, TensorId through, Chain& chain) {
  const bool heavy = chain.heavy;
  switch (RoleOf(node.op_type)) {
    case Role::kActivation:
    case Role::kBatchNorm:
      return heavy || chain.is_form;
    case Role::kView:
      return chain.is_form && node.op_type == "Cast";
    case Role::kQuantize:
      return node.op_type != "DynamicQuantizeLinear";
    case Role::kBinary:
      if (chain.is_form || (chain.is_norm && OthersAreConstant(o, node, through))) return true;
      if (chain.is_scaled && IsFactor(o, node, through)) return true;
      if (!heavy) return false;
      if (OthersAreConstant(o, node, through)) return true;
      if (!chain.may_add || !OtherIsEarlier(o, node, through, chain.kernel)) return false;
      chain.may_add = false;
      return node.op_type == "Add" || node.op_type == "Sum";
    default:
      return false;
  }
}

// Products of integers whose kernel scales the result and adds a bias.
constexpr std::array<absl::string_view, 2> kRescaledProducts = {"DynamicQuantizeMatMul", "MatMulIntegerToFloat"};

Chain StartChain(const Ownership& o, size_t k) {
  const std::string& op_type = o.run.kernels[k].op_type;
  Chain chain{.kernel = k, .heavy = TakesFollowers(o, k), .is_form = o.is_form[k] != 0, .may_add = MayAdd(o, k)};
  chain.is_scaled = op_type == "FusedMatMul";
  chain.is_norm = o.names[k].is_fused && absl::EndsWith(op_type, "LayerNormalization");
  chain.is_form |= std::find(kRescaledProducts.begin(), kRescaledProducts.end(), op_type) != kRescaledProducts.end();
  return chain;
}

void Extend(size_t k, Ownership& o) {
  if (o.kernels[k].nodes.empty()) return;
  Chain chain = StartChain(o, k);
  // From the last of the nodes that it names.
  NodeId last = *std::max_element(o.kernels[k].nodes.begin(), o.kernels[k].nodes.end());
  for (;;) {
    const Node& node = NodeOf(o, last);
    if (node.outputs.empty() || node.outputs[0] == kNone) return;
    const NodeId next = OnlyReader(o, node.outputs[0]);
    if (next == kNone || !o.IsFree(next) || !Follows(o, NodeOf(o, next), node.outputs[0], chain)) return;
    o.Give(k, next);
    last = next;
  }
}

// Slices or Gathers of one tensor that became one Split.
void TakeSiblings(size_t k, Ownership& o) {
  if (!o.names[k].merged_siblings || o.kernels[k].nodes.empty()) return;
  const Node& first = NodeOf(o, o.kernels[k].nodes[0]);
  if (first.inputs.empty() || first.inputs[0] == kNone) return;
  for (NodeId reader : TensorOf(o, first.inputs[0]).consumers) {
    if (o.IsFree(reader) && NodeOf(o, reader).op_type == first.op_type) o.Give(k, reader);
  }
}

// ---- Backward: what stands in front and has no entry of its own. ----

// Whether the kernel's name says that more than the named node went into it.
bool IsFusion(const Ownership& o, size_t k) {
  const MeasuredKernel& kernel = o.run.kernels[k];
  if (o.is_form[k] != 0 || o.names[k].is_fused || o.kernels[k].way == JoinWay::kTensor || kernel.parts_are_ends)
    return true;
  if (o.kernels[k].nodes.empty()) return false;
  // OpenVINO names a kernel after any one of its layers.
  if (o.run.facts.runtime == "openvino") return true;
  if (kernel.parts.size() > 1 && kernel.parts.size() > o.named[k]) return true;  // some of the list was not found
  return kernel.domain == "com.microsoft" && NodeOf(o, o.kernels[k].nodes[0]).op_type != kernel.op_type;
}

bool HasHeavy(const Ownership& o, size_t k) {
  return std::any_of(o.kernels[k].nodes.begin(), o.kernels[k].nodes.end(), [&](NodeId node) {
    const Role role = RoleOfNode(o, node);
    return role == Role::kConv || role == Role::kProduct || role == Role::kOther;
  });
}

bool StandsInFront(const Ownership& o, size_t k, const Node& node) {
  if (o.run.kernels[k].parts_are_ends) return true;  // a region compiled as a whole
  const bool fusion = IsFusion(o, k);
  const Role role = RoleOf(node.op_type);
  switch (role) {
    case Role::kView:
    case Role::kQuantize:
      return true;
    case Role::kMeta:
    case Role::kCopy:
    case Role::kActivation:
    case Role::kBinary:
    case Role::kReduction:
      return fusion && !o.names[k].stands_for_one;
    case Role::kBatchNorm:
      return fusion && !o.names[k].stands_for_one && !HasHeavy(o, k);
    default:
      break;
  }
  // The one product or convolution of a chain that is named after its end; any other operator by its own name.
  if (!fusion || o.names[k].stands_for_one || HasHeavy(o, k)) return false;
  const Role kernel_role = RoleOf(o.run.kernels[k].op_type);
  if (role != Role::kOther)
    return role == kernel_role || (kernel_role == Role::kOther && !o.run.kernels[k].output_names.empty());
  return node.op_type == o.run.kernels[k].op_type || !o.run.kernels[k].output_names.empty();
}

void WalkBack(size_t k, Ownership& o) {
  std::vector<NodeId> open = o.kernels[k].nodes;
  while (!open.empty()) {
    const NodeId at = open.back();
    open.pop_back();
    for (TensorId input : NodeOf(o, at).inputs) {
      if (input == kNone) continue;
      const std::vector<TensorId>& ends = o.ends[k];
      if (std::find(ends.begin(), ends.end(), input) != ends.end()) continue;
      const NodeId producer = TensorOf(o, input).producer;
      if (producer == kNone || !o.IsFree(producer) || !StandsInFront(o, k, NodeOf(o, producer))) continue;
      o.Give(k, producer);
      open.push_back(producer);
    }
  }
}

// ---- What is left. ----

// Equal branches run once.
void BookTwins(Ownership& o) {
  std::map<std::pair<std::string, std::vector<TensorId>>, NodeId> run;
  const auto as_vector = [](const auto& inputs) { return std::vector<TensorId>(inputs.begin(), inputs.end()); };
  for (size_t n = 0; n < o.graph.nodes.size(); ++n) {
    if (o.owner[n] == kNone) continue;
    const NodeId node = static_cast<NodeId>(n);
    run.try_emplace({NodeOf(o, node).op_type, as_vector(NodeOf(o, node).inputs)}, node);
  }
  for (size_t n = 0; n < o.graph.nodes.size(); ++n) {
    const NodeId node = static_cast<NodeId>(n);
    if (!o.IsFree(node)) continue;
    const auto it = run.find({NodeOf(o, node).op_type, as_vector(NodeOf(o, node).inputs)});
    if (it != run.end()) o.Give(static_cast<size_t>(o.owner[static_cast<size_t>(it->second)]), node);
  }
}

// Views that vanished: to the kernel before, else to one behind.
void BookViews(Ownership& o) {
  const auto vanishes = [&](NodeId node) {
    const Role role = RoleOfNode(o, node);
    return o.IsFree(node) && (role == Role::kView || role == Role::kQuantize || role == Role::kMeta);
  };
  for (size_t n = 0; n < o.graph.nodes.size(); ++n) {
    const NodeId node = static_cast<NodeId>(n);
    if (!vanishes(node) || NodeOf(o, node).inputs.empty() || NodeOf(o, node).inputs[0] == kNone) continue;
    const NodeId producer = TensorOf(o, NodeOf(o, node).inputs[0]).producer;
    if (producer != kNone && o.owner[static_cast<size_t>(producer)] != kNone) {
      o.Give(static_cast<size_t>(o.owner[static_cast<size_t>(producer)]), node);
    }
  }
  for (size_t n = o.graph.nodes.size(); n-- > 0;) {
    const NodeId node = static_cast<NodeId>(n);
    if (!vanishes(node)) continue;
    for (TensorId output : NodeOf(o, node).outputs) {
      if (output == kNone || !o.IsFree(node)) continue;
      for (NodeId reader : TensorOf(o, output).consumers) {
        if (o.owner[static_cast<size_t>(reader)] == kNone) continue;
        o.Give(static_cast<size_t>(o.owner[static_cast<size_t>(reader)]), node);
        break;
      }
    }
  }
}

// A region is all that lies on a way from its first nodes to its last ones.
void FillRegion(size_t k, Ownership& o) {
  if (!o.run.kernels[k].parts_are_ends || o.kernels[k].nodes.empty()) return;
  std::vector<uint8_t> after(o.graph.nodes.size(), 0), before(o.graph.nodes.size(), 0);
  for (NodeId node : o.kernels[k].nodes) after[static_cast<size_t>(node)] = before[static_cast<size_t>(node)] = 1;
  for (size_t n = 0; n < o.graph.nodes.size(); ++n) {  // producers stand before consumers
    for (TensorId input : o.graph.nodes[n].inputs) {
      const NodeId producer = input == kNone ? kNone : TensorOf(o, input).producer;
      if (producer != kNone && after[static_cast<size_t>(producer)] != 0) after[n] = 1;
    }
  }
  for (size_t n = o.graph.nodes.size(); n-- > 0;) {
    for (TensorId output : o.graph.nodes[n].outputs) {
      if (output == kNone) continue;
      for (NodeId reader : TensorOf(o, output).consumers) before[n] |= before[static_cast<size_t>(reader)];
    }
  }
  for (size_t n = 0; n < o.graph.nodes.size(); ++n) {
    const NodeId node = static_cast<NodeId>(n);
    if (after[n] != 0 && before[n] != 0 && o.IsFree(node)) o.Give(k, node);
  }
}

// Reshapes around a product belong to it: the one in front to the next, the one behind to the last.
void AttachPlumbing(Ownership& o) {
  const auto is_product = [&](size_t k) {
    return o.names[k].is_fused && RoleOf(o.run.kernels[k].op_type) == Role::kProduct;
  };
  int32_t last = kNone;
  std::vector<size_t> waiting;
  for (size_t k = 0; k < o.kernels.size(); ++k) {
    if (is_product(k)) {
      last = static_cast<int32_t>(k);
      for (size_t reshape : waiting) o.kernels[reshape].serves = last;
      waiting.clear();
    }
    if (!o.names[k].is_plumbing) continue;
    if (o.names[k].base == "gemm_input_reshape") {
      waiting.push_back(k);
    } else {
      o.kernels[k].serves = last;
    }
  }
}

// The one partition that another provider runs as a whole.
void GiveRemainder(Ownership& o) {
  size_t partition = o.kernels.size();
  for (size_t k = 0; k < o.kernels.size(); ++k) {
    const MeasuredKernel& kernel = o.run.kernels[k];
    const bool whole = !kernel.provider.empty() && absl::StartsWith(kernel.name, absl::StrCat(kernel.provider, "_"));
    const bool delegate = absl::StartsWith(kernel.op_type, "TfLite") && absl::EndsWith(kernel.op_type, "Delegate");
    if (!whole && !delegate) continue;
    if (partition < o.kernels.size()) return;  // two: nobody knows which node is whose
    partition = k;
  }
  if (partition == o.kernels.size()) return;
  o.kernels[partition].way = JoinWay::kRemainder;
  for (size_t n = 0; n < o.graph.nodes.size(); ++n) {
    if (o.IsFree(static_cast<NodeId>(n))) o.Give(partition, static_cast<NodeId>(n));
  }
}

}  // namespace

void Ownership::Give(size_t kernel, NodeId node) {
  std::vector<NodeId>& nodes = kernels[kernel].nodes;
  if (std::find(nodes.begin(), nodes.end(), node) != nodes.end()) return;
  nodes.push_back(node);
  if (owner[static_cast<size_t>(node)] == kNone) owner[static_cast<size_t>(node)] = static_cast<int32_t>(kernel);
}

Ownership StartOwnership(const Graph& graph, const MeasuredRun& run) {
  Ownership o{.graph = graph,
              .run = run,
              .kernels = std::vector<JoinedKernel>(run.kernels.size()),
              .owner = std::vector<int32_t>(graph.nodes.size(), kNone),
              .folded = {},
              .names = {},
              .is_form = std::vector<uint8_t>(run.kernels.size(), 0),
              .named = std::vector<size_t>(run.kernels.size(), 0),
              .ends = std::vector<std::vector<TensorId>>(run.kernels.size())};
  for (const Node& node : graph.nodes) o.folded.push_back(IsFolded(graph, node) ? 1 : 0);
  std::map<std::string, TensorId> tensors;
  for (size_t t = 0; t < graph.tensors.size(); ++t)
    tensors.try_emplace(graph.tensors[t].name, static_cast<TensorId>(t));
  for (size_t k = 0; k < run.kernels.size(); ++k) {
    const bool is_runtime_name = run.kernels[k].parts.empty() && run.kernels[k].output_names.empty();
    o.names.push_back(is_runtime_name ? ParseRuntimeName(run.kernels[k].name) : RuntimeName());
    for (const std::string& name : run.kernels[k].input_names) {
      if (const auto it = tensors.find(name); it != tensors.end()) o.ends[k].push_back(it->second);
    }
  }
  return o;
}

void HandOutTheRest(Ownership& o) {
  for (size_t k = 0; k < o.kernels.size(); ++k) FillRegion(k, o);
  for (size_t k = 0; k < o.kernels.size(); ++k) {
    TakeSiblings(k, o);
    Extend(k, o);
  }
  for (size_t k = 0; k < o.kernels.size(); ++k) WalkBack(k, o);
  BookTwins(o);
  BookViews(o);
  AttachPlumbing(o);
  GiveRemainder(o);
}

}  // namespace opcost
