#include "frontend/build_graph.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/scope.h"
#include "onnx/defs/schema.h"

namespace opcost::internal {
namespace {

// Their inference reads types and extents only, whatever is known of the elements of their inputs.
constexpr const char* kShapeOnly[] = {"Add",
                                      "And",
                                      "BatchNormalization",
                                      "BitwiseAnd",
                                      "Conv",
                                      "ConvInteger",
                                      "ConvTranspose",
                                      "DequantizeLinear",
                                      "Div",
                                      "DynamicQuantizeLinear",
                                      "Equal",
                                      "GRU",
                                      "Gather",
                                      "Gelu",
                                      "Gemm",
                                      "Greater",
                                      "GreaterOrEqual",
                                      "GroupNormalization",
                                      "InstanceNormalization",
                                      "LSTM",
                                      "LayerNormalization",
                                      "Less",
                                      "LessOrEqual",
                                      "MatMul",
                                      "MatMulInteger",
                                      "Mod",
                                      "Mul",
                                      "Or",
                                      "PRelu",
                                      "Pow",
                                      "QLinearConv",
                                      "QLinearMatMul",
                                      "QuantizeLinear",
                                      "RMSNormalization",
                                      "RNN",
                                      "Relu",
                                      "Sub",
                                      "Xor"};

bool IsShapeOnly(absl::string_view op_type) {
  return std::any_of(std::begin(kShapeOnly), std::end(kShapeOnly),
                     [&](const char* name) { return op_type == absl::string_view(name); });
}

bool IsRandom(absl::string_view op_type) {
  return op_type.substr(0, 6) == "Random" || op_type == "Multinomial" || op_type == "Bernoulli";
}

// Types that the file states for inner tensors, by name; looked at only where inference finds nothing.
void AddDeclaredTypes(Builder& b, const Level& level,
                      const google::protobuf::RepeatedPtrField<onnx::ValueInfoProto>& infos) {
  for (const onnx::ValueInfoProto& info : infos) {
    const auto it = level.names->own.find(info.name());
    if (it != level.names->own.end() && it->second != kNone && info.has_type()) {
      b.in.declared[static_cast<size_t>(it->second)] = &info.type();
    }
  }
}

absl::Status AddBodies(Builder& b, const Level& level, const onnx::NodeProto& proto, NodeId id) {
  struct Body {
    const onnx::GraphProto* graph;
    RegionKind kind;
  };
  std::vector<Body> bodies;
  const bool loop = proto.op_type() == "Loop";
  const bool scan = proto.op_type() == "Scan";
  for (const onnx::AttributeProto& a : proto.attribute()) {
    if (a.has_g()) {
      const RegionKind kind = a.name() == "then_branch"   ? RegionKind::kThen
                              : a.name() == "else_branch" ? RegionKind::kElse
                              : loop                      ? RegionKind::kLoopBody
                              : scan                      ? RegionKind::kScanBody
                                                          : RegionKind::kOtherBody;
      bodies.push_back({&a.g(), kind});
    }
    for (const onnx::GraphProto& g : a.graphs()) bodies.push_back({&g, RegionKind::kOtherBody});
  }
  std::stable_sort(bodies.begin(), bodies.end(), [](const Body& x, const Body& y) { return x.kind < y.kind; });
  for (const Body& body : bodies) {
    const absl::StatusOr<RegionId> region = AddRegion(b, level, *body.graph, body.kind, id);
    if (!region.ok()) return region.status();
    b.in.NodeAt(id).bodies.push_back(*region);
  }
  return absl::OkStatus();
}

// The node reads these tensors. Nodes are added in ascending order, so each list ascends.
void AddConsumer(Graph& graph, const std::vector<TensorId>& inputs, NodeId id) {
  for (const TensorId t : inputs) {
    if (t == kNone) continue;
    std::vector<NodeId>& consumers = graph.tensors[static_cast<size_t>(t)].consumers;
    if (consumers.empty() || consumers.back() != id) consumers.push_back(id);
  }
}

// The node's module; inside a function without one of its own, that of the call.
std::string ScopeInside(const Level& level, const onnx::NodeProto& proto) {
  std::string own = ScopeOf(proto);
  if (level.scope.empty()) return own;
  if (own.empty()) return level.scope;
  return proto.metadata_props_size() > 0 ? own : absl::StrCat(level.scope, "/", own);
}

absl::Status AddNode(Builder& b, Level& level, const onnx::NodeProto& original, std::vector<TensorId> inputs) {
  Instantiation& in = b.in;
  if (in.graph.nodes.size() >= kMaxNodes) {
    return absl::InvalidArgumentError(
        absl::StrCat("the model: more than ", kMaxNodes, " nodes once its functions are expanded"));
  }
  const onnx::NodeProto& proto = ResolveReferences(b, level, original);
  const absl::string_view domain = CanonicalDomain(proto.domain());
  const auto opset = level.opsets->find(std::string(domain));
  const Operator* op = InternOperator(in, domain, proto.op_type(), opset == level.opsets->end() ? 0 : opset->second);
  if (!b.functions.empty() && op->schema == nullptr && op->shape_function == nullptr) {
    auto it = b.functions.find(FunctionKey(domain, proto.op_type(), proto.overload()));
    if (it == b.functions.end()) it = b.functions.find(FunctionKey(domain, proto.op_type(), ""));
    if (it != b.functions.end()) return ExpandCall(b, level, proto, *it->second);
  }
  const NodeId id = static_cast<NodeId>(in.graph.nodes.size());
  in.protos.push_back(&proto);
  in.operators.push_back(op);
  Node& node = in.graph.nodes.emplace_back();
  node.name = proto.name();
  node.op_type = op->op_type;
  node.domain = op->domain;
  node.opset = op->opset;
  node.since_version = op->since_version;
  node.region = level.region;
  node.scope = ScopeInside(level, proto);
  node.call_path = level.call_path;
  node.inputs = std::move(inputs);
  // Trailing omissions say nothing.
  while (!node.inputs.empty() && node.inputs.back() == kNone) node.inputs.pop_back();
  AddConsumer(in.graph, node.inputs, id);
  bool has_bodies = false;
  node.attributes.reserve(static_cast<size_t>(proto.attribute_size()));
  for (const onnx::AttributeProto& a : proto.attribute()) {
    has_bodies = has_bodies || a.has_g() || a.graphs_size() > 0;
    node.attributes.push_back(ConvertAttribute(b, a));
  }
  std::vector<TensorId> outputs;
  outputs.reserve(static_cast<size_t>(proto.output_size()));
  for (const std::string& output : proto.output()) {
    if (output.empty()) {
      outputs.push_back(kNone);
      continue;
    }
    const absl::StatusOr<TensorId> tensor = AddOutput(b, level, output, id);
    if (!tensor.ok()) return tensor.status();
    outputs.push_back(*tensor);
  }
  // Bodies see what stands before their owner only, and its outputs are not among that.
  in.NodeAt(id).outputs = std::move(outputs);
  return has_bodies ? AddBodies(b, level, proto, id) : absl::OkStatus();
}

// The tensors that a node reads, or the first name that is not defined yet ("" when all are).
absl::string_view ResolveInputs(const Level& level, const onnx::NodeProto& node, std::vector<TensorId>& inputs,
                                std::vector<absl::string_view>& scratch) {
  inputs.clear();
  inputs.reserve(static_cast<size_t>(node.input_size()));
  for (const std::string& input : node.input()) {
    const TensorId* found = input.empty() ? nullptr : level.names->Find(input);
    if (found == nullptr && !input.empty()) return input;
    inputs.push_back(found == nullptr ? kNone : *found);
  }
  const bool bodies = std::any_of(node.attribute().begin(), node.attribute().end(),
                                  [](const auto& a) { return a.has_g() || a.graphs_size() > 0; });
  if (!bodies) return "";
  scratch.clear();
  CollectReads(node, scratch);
  for (const absl::string_view name : scratch) {
    if (level.names->Find(name) == nullptr) return name;
  }
  return "";
}

// Puts order[first..] into an order that can be executed. What stands before only read what stood before it.
absl::Status SortRest(const NodeList& nodes, size_t first, std::vector<int>& order) {
  const absl::StatusOr<std::vector<int>> in_order = SortNodes(nodes);
  if (!in_order.ok()) return in_order.status();
  std::vector<bool> done(order.size(), false);
  for (size_t i = 0; i < first; ++i) done[static_cast<size_t>(order[i])] = true;
  for (const int i : *in_order) {
    if (!done[static_cast<size_t>(i)]) order[first++] = i;
  }
  return absl::OkStatus();
}

absl::Status AddFunctions(Builder& b) {
  for (const onnx::FunctionProto& f : b.in.parsed.proto.functions()) {
    b.functions.emplace(FunctionKey(f.domain(), f.name(), f.overload()), &f);
  }
  return absl::OkStatus();
}

OpsetMap ModelOpsets(Instantiation& in) {
  OpsetMap opsets;
  for (const auto& import : in.parsed.proto.opset_import()) {
    int& version = opsets[std::string(CanonicalDomain(import.domain()))];
    version = std::max(version, static_cast<int>(import.version()));
  }
  // Files before IR 3 name no operator set; they mean the first.
  opsets.emplace("", 1);
  for (const auto& [domain, version] : opsets) in.graph.opsets[domain.empty() ? "ai.onnx" : domain] = version;
  return opsets;
}

// Tensors that `proto` defines itself, bodies and functions aside.
size_t CountTensors(const onnx::GraphProto& proto) {
  int64_t n = int64_t{proto.initializer_size()} + proto.sparse_initializer_size() + proto.input_size();
  for (const onnx::NodeProto& node : proto.node()) n += node.output_size();
  return static_cast<size_t>(n);
}

}  // namespace

const TensorId* Names::Find(absl::string_view name) const {
  for (const Names* level = this; level != nullptr; level = level->parent) {
    const auto it = level->own.find(name);
    if (it != level->own.end()) return &it->second;
  }
  return nullptr;
}

const Operator* InternOperator(Instantiation& in, absl::string_view domain, absl::string_view op_type, int opset) {
  std::string& key = in.operator_key;
  key.assign(domain.data(), domain.size());
  key += '\n';
  key.append(op_type.data(), op_type.size());
  key.append(reinterpret_cast<const char*>(&opset), sizeof(opset));
  const auto it = in.operator_index.find(key);
  if (it != in.operator_index.end()) return it->second;
  Operator& op = in.operator_pool.emplace_back();
  op.domain = std::string(domain);
  op.op_type = std::string(op_type);
  op.opset = opset;
  op.serial = static_cast<int32_t>(in.operator_pool.size());
  op.schema = FindSchema(op_type, opset, domain);
  if (op.schema != nullptr) op.since_version = op.schema->SinceVersion();
  const bool onnx_has_one = op.schema != nullptr && op.schema->has_type_and_shape_inference_function();
  op.shape_function = FindShapeFunction(op_type, domain, onnx_has_one);
  if (domain.empty()) {
    op.evaluator = FindEvaluator(op_type);
    op.shape_only = IsShapeOnly(op_type);
    op.random = IsRandom(op_type);
  }
  in.operator_index.emplace(key, &op);
  return &op;
}

TensorId AddTensor(Builder& b, std::string name, RegionId region) {
  Tensor& t = b.in.graph.tensors.emplace_back();
  t.name = std::move(name);
  t.region = region;
  b.in.declared.push_back(nullptr);
  b.in.depends_on_data.push_back(0);
  b.in.from_data.push_back(0);
  return static_cast<TensorId>(b.in.graph.tensors.size()) - 1;
}

absl::StatusOr<TensorId> AddOutput(Builder& b, Level& level, const std::string& name, NodeId producer) {
  std::string full;
  if (level.renamed != nullptr && level.renamed->contains(name)) {
    full = std::string(level.renamed->at(name));
  } else {
    full = level.prefix.empty() ? name : absl::StrCat(level.prefix, name);
  }
  const TensorId id = AddTensor(b, std::move(full), level.region);
  b.in.TensorAt(id).producer = producer;
  if (!level.names->own.emplace(name, id).second) {
    return absl::InvalidArgumentError(
        absl::StrCat("tensor '", name, "' is defined twice; every value has one producer"));
  }
  return id;
}

absl::Status AddNodes(Builder& b, Level& level, const NodeList& nodes) {
  std::vector<int> order(static_cast<size_t>(nodes.size()));
  std::iota(order.begin(), order.end(), 0);
  bool sorted = false;
  std::vector<absl::string_view> scratch;
  std::vector<TensorId> inputs;
  for (size_t k = 0; k < order.size(); ++k) {
    absl::string_view missing = ResolveInputs(level, nodes.Get(order[k]), inputs, scratch);
    if (!missing.empty() && !sorted) {
      if (absl::Status s = SortRest(nodes, k, order); !s.ok()) return s;
      sorted = true;
      missing = ResolveInputs(level, nodes.Get(order[k]), inputs, scratch);
      if (missing.empty() && !b.sorted_note) {
        b.in.Note(NoteKind::kModel, "nodes are not in an order that can be executed; they were sorted",
                  nodes.Get(order[k]).name());
        b.sorted_note = true;
      }
    }
    const onnx::NodeProto& node = nodes.Get(order[k]);
    if (!missing.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("node '", node.name(), "' (", node.op_type(), "): input '", missing, "' is defined nowhere"));
    }
    if (absl::Status s = AddNode(b, level, node, std::move(inputs)); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::StatusOr<RegionId> AddRegion(Builder& b, const Level& outer, const onnx::GraphProto& proto, RegionKind kind,
                                   NodeId owner) {
  Instantiation& in = b.in;
  const RegionId id = static_cast<RegionId>(in.graph.regions.size());
  Region& region = in.graph.regions.emplace_back();
  region.kind = kind;
  region.owner = owner;
  region.parent = owner == kNone ? kNone : outer.region;
  in.region_nodes.emplace_back(static_cast<NodeId>(in.graph.nodes.size()), 0);
  Names names;
  names.parent = owner == kNone ? nullptr : outer.names;
  Level level = outer;
  level.region = id;
  level.names = &names;
  level.renamed = nullptr;
  names.own.reserve(CountTensors(proto));
  AddInitializers(b, level, proto);
  std::vector<TensorId> inputs;
  for (const onnx::ValueInfoProto& info : proto.input()) {
    if (names.own.contains(info.name())) continue;  // an initialiser's default
    const TensorId tensor = AddTensor(b, absl::StrCat(level.prefix, info.name()), id);
    if (owner == kNone) in.TensorAt(tensor).kind = TensorKind::kInput;
    if (info.has_type()) in.declared[static_cast<size_t>(tensor)] = &info.type();
    names.own[info.name()] = tensor;
    in.from_data[static_cast<size_t>(tensor)] = 1;
    inputs.push_back(tensor);
  }
  in.graph.regions[static_cast<size_t>(id)].inputs = std::move(inputs);
  if (absl::Status s = AddNodes(b, level, proto.node()); !s.ok()) return s;
  AddDeclaredTypes(b, level, proto.value_info());
  AddDeclaredTypes(b, level, proto.output());
  std::vector<TensorId> outputs;
  for (const onnx::ValueInfoProto& info : proto.output()) {
    const TensorId* found = names.Find(info.name());
    if (found == nullptr || *found == kNone) {
      return absl::InvalidArgumentError(absl::StrCat("graph output '", info.name(), "' is defined nowhere"));
    }
    outputs.push_back(*found);
  }
  in.graph.regions[static_cast<size_t>(id)].outputs = std::move(outputs);
  in.region_nodes[static_cast<size_t>(id)].second = static_cast<NodeId>(in.graph.nodes.size());
  return id;
}

absl::Status BuildGraph(Instantiation& in) {
  Builder b(in);
  const onnx::ModelProto& model = in.parsed.proto;
  if (absl::Status s = AddFunctions(b); !s.ok()) return s;
  const OpsetMap opsets = ModelOpsets(in);
  const size_t nodes = static_cast<size_t>(model.graph().node_size());
  in.graph.nodes.reserve(nodes);
  in.protos.reserve(nodes);
  in.operators.reserve(nodes);
  const size_t tensors = CountTensors(model.graph());
  in.graph.tensors.reserve(tensors);
  in.declared.reserve(tensors);
  in.depends_on_data.reserve(tensors);
  in.from_data.reserve(tensors);
  Level level;
  level.opsets = &opsets;
  const absl::StatusOr<RegionId> main = AddRegion(b, level, model.graph(), RegionKind::kMain, kNone);
  if (!main.ok()) return main.status();
  in.graph.inputs = in.graph.regions[0].inputs;
  in.graph.outputs = in.graph.regions[0].outputs;
  for (const TensorId id : in.graph.outputs) in.TensorAt(id).is_graph_output = true;
  return absl::OkStatus();
}

}  // namespace opcost::internal
