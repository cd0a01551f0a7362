#include "frontend/runtime/rewrite.h"

#include <algorithm>
#include <queue>
#include <utility>

#include "absl/strings/str_cat.h"
#include "frontend/patterns/graph_view.h"

namespace opcost::internal {
namespace {

// "com.microsoft.Gelu" against a node's domain and operator.
bool IsOperator(const Node& node, absl::string_view op) {
  const size_t dot = op.rfind('.');
  if (dot == absl::string_view::npos) return node.op_type == op && node.domain.empty();
  return node.op_type == op.substr(dot + 1) && node.domain == op.substr(0, dot);
}

Attribute& AttributeFor(Node& node, absl::string_view name) {
  for (Attribute& attribute : node.attributes) {
    if (attribute.name == name) {
      attribute = {.name = std::string(name)};
      return attribute;
    }
  }
  node.attributes.push_back({.name = std::string(name)});
  return node.attributes.back();
}

}  // namespace

Rewrite::Rewrite(const Graph& graph) {
  out_.graph = graph;
  out_.inserted.assign(graph.nodes.size(), 0);
  removed_.assign(graph.nodes.size(), 0);
  for (size_t n = 0; n < graph.nodes.size(); ++n) out_.origins.push_back({static_cast<NodeId>(n)});
}

bool Rewrite::Is(NodeId n, absl::string_view op) const {
  if (n == kNone || removed(n)) return false;
  const Node& node = out_.graph.nodes[static_cast<size_t>(n)];
  return node.region == 0 && IsOperator(node, op);
}

NodeId Rewrite::Producer(TensorId t) const {
  return t == kNone ? kNone : out_.graph.tensors[static_cast<size_t>(t)].producer;
}

NodeId Rewrite::ProducerOf(TensorId t, absl::string_view op) const {
  const NodeId n = Producer(t);
  return Is(n, op) ? n : kNone;
}

bool Rewrite::IsConstant(TensorId t) const {
  return t != kNone && out_.graph.tensors[static_cast<size_t>(t)].is_constant;
}

bool Rewrite::IsStored(TensorId t) const {
  const NodeId n = Producer(t);
  return IsConstant(t) && (n == kNone || out_.graph.nodes[static_cast<size_t>(n)].op_type == "Constant");
}

bool Rewrite::IsPrivate(TensorId t) const { return OnlyReader(t) != kNone; }

NodeId Rewrite::OnlyReader(TensorId t) const {
  if (t == kNone) return kNone;
  const Tensor& tensor = out_.graph.tensors[static_cast<size_t>(t)];
  if (tensor.is_graph_output || tensor.consumers.size() != 1) return kNone;
  const Node& reader = out_.graph.nodes[static_cast<size_t>(tensor.consumers[0])];
  if (reader.region != 0 || std::count(reader.inputs.begin(), reader.inputs.end(), t) != 1) return kNone;
  return tensor.consumers[0];
}

std::vector<NodeId> Rewrite::Readers(TensorId t) const { return out_.graph.tensors[static_cast<size_t>(t)].consumers; }

std::optional<std::vector<int64_t>> Rewrite::Extents(TensorId t) const {
  if (t == kNone) return std::nullopt;
  const Tensor& tensor = out_.graph.tensors[static_cast<size_t>(t)];
  if (!tensor.shape) return std::nullopt;
  std::vector<int64_t> extents;
  for (const Dim& dim : *tensor.shape) {
    if (!dim.known()) return std::nullopt;
    extents.push_back(dim.extent);
  }
  return extents;
}

size_t Rewrite::Rank(TensorId t) const {
  if (t == kNone || !out_.graph.tensors[static_cast<size_t>(t)].shape) return 0;
  return out_.graph.tensors[static_cast<size_t>(t)].shape->size();
}

std::optional<std::vector<int64_t>> Rewrite::IntValues(TensorId t) const {
  if (!IsConstant(t)) return std::nullopt;
  const int32_t value = out_.graph.tensors[static_cast<size_t>(t)].value;
  if (value == kNone) return std::nullopt;
  return out_.graph.values[static_cast<size_t>(value)].ints;
}

std::optional<double> Rewrite::Scalar(TensorId t) const {
  double value = 0;
  if (!IsConstant(t) || !UniformValue(out_.graph, t, &value)) return std::nullopt;
  const std::optional<std::vector<int64_t>> extents = Extents(t);
  if (!extents) return std::nullopt;
  for (int64_t extent : *extents) {
    if (extent != 1) return std::nullopt;
  }
  return value;
}

TensorId Rewrite::Input(NodeId n, size_t slot) const {
  const std::vector<TensorId>& inputs = out_.graph.nodes[static_cast<size_t>(n)].inputs;
  return slot < inputs.size() ? inputs[slot] : kNone;
}

TensorId Rewrite::Output(NodeId n, size_t slot) const {
  const std::vector<TensorId>& outputs = out_.graph.nodes[static_cast<size_t>(n)].outputs;
  return slot < outputs.size() ? outputs[slot] : kNone;
}

void Rewrite::AddReader(TensorId t, NodeId n) {
  if (t == kNone) return;
  std::vector<NodeId>& readers = tensor(t).consumers;
  const auto at = std::lower_bound(readers.begin(), readers.end(), n);
  if (at == readers.end() || *at != n) readers.insert(at, n);
}

void Rewrite::DropReader(TensorId t, NodeId n) {
  if (t == kNone) return;
  const std::vector<TensorId>& inputs = node(n).inputs;
  if (std::find(inputs.begin(), inputs.end(), t) != inputs.end()) return;
  std::vector<NodeId>& readers = tensor(t).consumers;
  readers.erase(std::remove(readers.begin(), readers.end(), n), readers.end());
}

void Rewrite::SetInput(NodeId n, size_t slot, TensorId t) {
  std::vector<TensorId>& inputs = node(n).inputs;
  if (inputs.size() <= slot) inputs.resize(slot + 1, kNone);
  const TensorId before = inputs[slot];
  inputs[slot] = t;
  DropReader(before, n);
  AddReader(t, n);
}

void Rewrite::ReplaceUses(TensorId from, TensorId to) {
  for (NodeId reader : Readers(from)) {
    for (TensorId& t : node(reader).inputs) {
      if (t == from) t = to;
    }
    AddReader(to, reader);
  }
  tensor(from).consumers.clear();
  for (Region& region : graph().regions) std::replace(region.outputs.begin(), region.outputs.end(), from, to);
  if (!tensor(from).is_graph_output) return;
  tensor(from).is_graph_output = false;
  tensor(to).is_graph_output = true;
  std::replace(graph().outputs.begin(), graph().outputs.end(), from, to);
}

void Rewrite::Remove(NodeId n) {
  removed_[static_cast<size_t>(n)] = 1;
  const std::vector<TensorId> inputs = std::exchange(node(n).inputs, {});
  for (TensorId t : inputs) DropReader(t, n);
  for (TensorId t : node(n).outputs) {
    if (t != kNone && tensor(t).producer == n) tensor(t).producer = kNone;
  }
}

void Rewrite::Fold(NodeId n) {
  for (TensorId t : node(n).outputs) {
    if (t == kNone) continue;
    tensor(t).is_constant = true;
    tensor(t).kind = TensorKind::kInitializer;
  }
  Remove(n);
}

void Rewrite::Absorb(NodeId n, NodeId other) {
  std::vector<NodeId>& into = out_.origins[static_cast<size_t>(n)];
  const std::vector<NodeId>& from = out_.origins[static_cast<size_t>(other)];
  into.insert(into.end(), from.begin(), from.end());
  std::sort(into.begin(), into.end());
  into.erase(std::unique(into.begin(), into.end()), into.end());
}

NodeId Rewrite::Add(Node added, std::vector<NodeId> origins, bool inserted) {
  const NodeId n = static_cast<NodeId>(size());
  std::sort(origins.begin(), origins.end());
  origins.erase(std::unique(origins.begin(), origins.end()), origins.end());
  graph().nodes.push_back(std::move(added));
  out_.origins.push_back(std::move(origins));
  out_.inserted.push_back(inserted ? 1 : 0);
  removed_.push_back(0);
  for (TensorId t : node(n).inputs) AddReader(t, n);
  for (TensorId t : node(n).outputs) {
    if (t != kNone) tensor(t).producer = n;
  }
  return n;
}

TensorId Rewrite::AddTensor(absl::string_view name, DType dtype, absl::Span<const int64_t> extents) {
  Tensor tensor;
  tensor.name = std::string(name);
  tensor.dtype = dtype;
  tensor.shape.emplace();
  for (int64_t extent : extents) tensor.shape->push_back({.extent = extent});
  graph().tensors.push_back(std::move(tensor));
  return static_cast<TensorId>(graph().tensors.size() - 1);
}

TensorId Rewrite::AddConstant(absl::string_view name, DType dtype, absl::Span<const int64_t> extents) {
  const TensorId t = AddTensor(name, dtype, extents);
  tensor(t).kind = TensorKind::kInitializer;
  tensor(t).is_constant = true;
  return t;
}

TensorId Rewrite::AddInts(absl::string_view name, std::vector<int64_t> values) {
  const int64_t count = static_cast<int64_t>(values.size());
  const TensorId t = AddConstant(name, DType::kInt64, {count});
  tensor(t).value = static_cast<int32_t>(graph().values.size());
  graph().values.push_back({.dtype = DType::kInt64, .dims = {count}, .ints = std::move(values)});
  return t;
}

TensorId Rewrite::AddLike(TensorId t, absl::string_view suffix, absl::FunctionRef<Shape(const Shape&)> change) {
  Tensor copy;
  copy.name = absl::StrCat(tensor(t).name, suffix);
  copy.dtype = tensor(t).dtype;
  copy.type = tensor(t).type;
  copy.region = tensor(t).region;
  if (tensor(t).shape) copy.shape = change(*tensor(t).shape);
  graph().tensors.push_back(std::move(copy));
  const TensorId added = static_cast<TensorId>(graph().tensors.size() - 1);
  const auto whole = remembered_.find(t);
  if (whole != remembered_.end()) {
    Shape shape = change(whole->second);
    remembered_[added] = std::move(shape);
    const auto fixed = fixed_.find(t);
    if (fixed != fixed_.end()) {
      Shape known = change(fixed->second);
      fixed_[added] = std::move(known);
    }
  }
  return added;
}

void Rewrite::SetOutput(NodeId n, size_t slot, TensorId t) {
  TensorId& output = node(n).outputs[slot];
  if (output != kNone && tensor(output).producer == n) tensor(output).producer = kNone;
  output = t;
  if (t != kNone) tensor(t).producer = n;
}

// From the outputs backwards; what an operator with a body does may matter even so.
void Rewrite::RemoveDead() {
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t i = size(); i-- > 0;) {
      const NodeId n = static_cast<NodeId>(i);
      if (removed(n) || node(n).region != 0) continue;
      const bool needed = std::any_of(node(n).outputs.begin(), node(n).outputs.end(), [&](TensorId t) {
        return t != kNone && (tensor(t).is_graph_output || !tensor(t).consumers.empty());
      });
      if (needed || !node(n).bodies.empty()) continue;
      Remove(n);
      changed = true;
    }
  }
}

void Rewrite::Compact() {
  RemoveDead();
  // Kahn's algorithm, the smallest position first: what was in order stays so.
  const size_t n = size();
  std::vector<int> waiting(n, 0);
  std::vector<std::vector<NodeId>> next(n);
  const auto edge = [&](NodeId from, size_t to) {
    next[static_cast<size_t>(from)].push_back(static_cast<NodeId>(to));
    ++waiting[to];
  };
  for (size_t i = 0; i < n; ++i) {
    if (removed_[i] != 0) continue;
    for (TensorId t : graph().nodes[i].inputs) {
      if (Producer(t) != kNone) edge(Producer(t), i);
    }
    // Bodies stand behind their owner.
    const RegionId region = graph().nodes[i].region;
    if (region == 0) continue;
    const NodeId owner = graph().regions[static_cast<size_t>(region)].owner;
    if (owner != kNone) edge(owner, i);
  }
  // A node that was added takes its place beside the first node it stands for.
  const auto key = [&](NodeId id) {
    const std::vector<NodeId>& o = out_.origins[static_cast<size_t>(id)];
    return std::pair<NodeId, NodeId>(o.empty() ? 0 : o.back(), id);
  };
  using Entry = std::pair<std::pair<NodeId, NodeId>, NodeId>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> ready;
  for (size_t i = 0; i < n; ++i) {
    if (removed_[i] == 0 && waiting[i] == 0) ready.push({key(static_cast<NodeId>(i)), static_cast<NodeId>(i)});
  }
  std::vector<NodeId> order;
  while (!ready.empty()) {
    const NodeId at = ready.top().second;
    ready.pop();
    order.push_back(at);
    for (NodeId to : next[static_cast<size_t>(at)]) {
      if (--waiting[static_cast<size_t>(to)] == 0) ready.push({key(to), to});
    }
  }
  std::vector<NodeId> place(n, kNone);
  ExecutedGraph sorted;
  std::vector<Node> nodes;
  for (NodeId old : order) {
    place[static_cast<size_t>(old)] = static_cast<NodeId>(nodes.size());
    nodes.push_back(std::move(node(old)));
    sorted.origins.push_back(std::move(out_.origins[static_cast<size_t>(old)]));
    sorted.inserted.push_back(out_.inserted[static_cast<size_t>(old)]);
  }
  graph().nodes = std::move(nodes);
  out_.origins = std::move(sorted.origins);
  out_.inserted = std::move(sorted.inserted);
  removed_.assign(size(), 0);
  for (Tensor& t : graph().tensors) {
    t.producer = t.producer == kNone ? kNone : place[static_cast<size_t>(t.producer)];
    std::vector<NodeId> readers;
    for (NodeId reader : t.consumers) {
      if (place[static_cast<size_t>(reader)] != kNone) readers.push_back(place[static_cast<size_t>(reader)]);
    }
    std::sort(readers.begin(), readers.end());
    t.consumers = std::move(readers);
  }
  for (Region& region : graph().regions) {
    if (region.owner != kNone) region.owner = place[static_cast<size_t>(region.owner)];
  }
}

void Rewrite::Forget(TensorId t, std::optional<Shape> known, Shape fixed) {
  Tensor& forgetful = tensor(t);
  if (forgetful.shape) remembered_.try_emplace(t, *forgetful.shape);
  fixed_[t] = std::move(fixed);
  forgetful.shape = std::move(known);
}

void Rewrite::Learn(TensorId t) {
  const auto fixed = fixed_.find(t);
  if (fixed != fixed_.end()) {
    tensor(t).shape = fixed->second;
  } else if (const auto whole = remembered_.find(t); whole != remembered_.end()) {
    tensor(t).shape = Shape(whole->second.size());
  }
}

bool Rewrite::SameShape(TensorId a, TensorId b) const {
  const std::optional<Shape>& x = out_.graph.tensors[static_cast<size_t>(a)].shape;
  const std::optional<Shape>& y = out_.graph.tensors[static_cast<size_t>(b)].shape;
  const auto told = [](const Dim& d) { return d.known() || d.symbol >= kFirstOpenSymbol; };
  return x && y && *x == *y && std::all_of(x->begin(), x->end(), told);
}

void Rewrite::RememberShapes() {
  for (const auto& [t, shape] : remembered_) tensor(t).shape = shape;
}

ExecutedGraph Rewrite::Take() && {
  Compact();
  return std::move(out_);
}

void SetAttribute(Node& node, absl::string_view name, int64_t value) {
  Attribute& a = AttributeFor(node, name);
  a.kind = Attribute::Kind::kInt;
  a.i = value;
}
void SetAttribute(Node& node, absl::string_view name, double value) {
  Attribute& a = AttributeFor(node, name);
  a.kind = Attribute::Kind::kFloat;
  a.f = value;
}
void SetAttribute(Node& node, absl::string_view name, absl::string_view value) {
  Attribute& a = AttributeFor(node, name);
  a.kind = Attribute::Kind::kString;
  a.s = std::string(value);
}
void SetAttribute(Node& node, absl::string_view name, std::vector<int64_t> value) {
  Attribute& a = AttributeFor(node, name);
  a.kind = Attribute::Kind::kInts;
  a.ints = std::move(value);
}

}  // namespace opcost::internal
