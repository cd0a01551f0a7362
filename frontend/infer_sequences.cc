// Sequences whose elements are known one by one. A sequence type says only what all elements share; with the elements
// themselves a position, a concatenation or the length comes out as it will be.
#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/checked.h"
#include "frontend/instantiate.h"
#include "frontend/onnx_types.h"

namespace opcost::internal {
namespace {

using Elements = std::vector<Inferred>;

struct SequenceNode {
  Instantiation& in;
  const Node& node;
  const onnx::NodeProto& proto;

  TensorId input(size_t i) const { return i < node.inputs.size() ? node.inputs[i] : kNone; }
  // The elements of a sequence, nullptr when they are not known one by one.
  const Elements* elements(size_t i) const {
    const auto it = input(i) == kNone ? in.sequences.end() : in.sequences.find(input(i));
    return it == in.sequences.end() ? nullptr : it->second.get();
  }
  // The known elements of an integer tensor.
  const std::vector<int64_t>* ints(size_t i) const {
    const Value* v = in.ValueOf(input(i));
    return v != nullptr && v->known() && StoredAsInt(v->dtype) ? &v->ints : nullptr;
  }
  // A position in a sequence of `size`, `absent` where the input is omitted; nullopt when it is not known or outside.
  std::optional<size_t> position(size_t i, size_t size, size_t absent) const {
    if (input(i) == kNone) return absent;
    const std::vector<int64_t>* given = ints(i);
    if (given == nullptr || given->size() != 1) return std::nullopt;
    const std::optional<int64_t> at = WrapAxis((*given)[0], static_cast<int64_t>(size));
    return at ? std::optional<size_t>(static_cast<size_t>(*at)) : std::nullopt;
  }
};

void SetElements(Instantiation& in, Elements elements, std::vector<Inferred>& outputs) {
  if (elements.size() > kMaxSequence || static_cast<int64_t>(elements.size()) > in.sequence_budget) return;
  in.sequence_budget -= static_cast<int64_t>(elements.size());
  outputs[0].elements = std::make_shared<const Elements>(std::move(elements));
}

void Empty(const SequenceNode& n, std::vector<Inferred>& outputs) { SetElements(n.in, {}, outputs); }

void Construct(const SequenceNode& n, std::vector<Inferred>& outputs) {
  Elements elements;
  for (const TensorId t : n.node.inputs) {
    if (t == kNone) return;
    elements.push_back(Describe(n.in, t));
  }
  SetElements(n.in, std::move(elements), outputs);
}

void Insert(const SequenceNode& n, std::vector<Inferred>& outputs) {
  const Elements* before = n.elements(0);
  if (before == nullptr || n.input(1) == kNone) return;
  // A position may also be the end.
  const bool at_end = n.ints(2) != nullptr && *n.ints(2) == std::vector<int64_t>{static_cast<int64_t>(before->size())};
  const std::optional<size_t> at = at_end ? before->size() : n.position(2, before->size(), before->size());
  if (!at) return;
  Elements elements = *before;
  elements.insert(elements.begin() + static_cast<int64_t>(*at), Describe(n.in, n.input(1)));
  SetElements(n.in, std::move(elements), outputs);
}

void Erase(const SequenceNode& n, std::vector<Inferred>& outputs) {
  const Elements* before = n.elements(0);
  if (before == nullptr || before->empty()) return;
  const std::optional<size_t> at = n.position(1, before->size(), before->size() - 1);
  if (!at) return;
  Elements elements = *before;
  elements.erase(elements.begin() + static_cast<int64_t>(*at));
  SetElements(n.in, std::move(elements), outputs);
}

void At(const SequenceNode& n, std::vector<Inferred>& outputs) {
  const Elements* elements = n.elements(0);
  if (elements == nullptr || elements->empty() || n.input(1) == kNone) return;
  if (const std::optional<size_t> at = n.position(1, elements->size(), 0)) outputs[0] = (*elements)[*at];
}

void Length(const SequenceNode& n, std::vector<Inferred>& outputs) {
  const Elements* elements = n.elements(0);
  if (elements == nullptr) return;
  outputs[0].value = n.in.values.Intern(IntScalar(DType::kInt64, static_cast<int64_t>(elements->size())));
}

void Concat(const SequenceNode& n, std::vector<Inferred>& outputs) {
  const Elements* elements = n.elements(0);
  if (elements == nullptr || elements->empty() || !elements->front().shape) return;
  const bool stack = AttributeInt(n.proto, "new_axis", 0) != 0;
  Shape shape = *elements->front().shape;
  const size_t rank = shape.size();
  const std::optional<int64_t> axis =
      WrapAxis(AttributeInt(n.proto, "axis", 0), static_cast<int64_t>(rank) + (stack ? 1 : 0));
  if (!axis) return;
  const size_t at = static_cast<size_t>(*axis);
  for (size_t e = 1; e < elements->size(); ++e) {
    const std::optional<Shape>& next = (*elements)[e].shape;
    if (!next || next->size() != rank) return;
    for (size_t d = 0; d < rank; ++d) {
      Dim& dim = shape[d];
      if (d == at && !stack) {
        const std::optional<int64_t> sum =
            dim.known() && (*next)[d].known() ? CheckedAdd(dim.extent, (*next)[d].extent) : std::nullopt;
        dim = sum ? Dim{*sum, kNone} : Dim{};
      } else if (!dim.known() && (*next)[d].known()) {
        dim = (*next)[d];  // axes that are not joined agree
      }
    }
  }
  if (stack) shape.insert(shape.begin() + *axis, Dim{static_cast<int64_t>(elements->size()), kNone});
  outputs[0].shape = std::move(shape);
}

// How long each part is along the axis; nullopt when that is not known.
std::optional<std::vector<int64_t>> PartLengths(const SequenceNode& n, int64_t extent) {
  if (n.input(1) == kNone) {
    if (extent > static_cast<int64_t>(kMaxSequence)) return std::nullopt;
    return std::vector<int64_t>(static_cast<size_t>(extent), 1);
  }
  const std::vector<int64_t>* split = n.ints(1);
  if (split == nullptr) return std::nullopt;
  if (!n.in.ValueOf(n.input(1))->dims.empty()) return *split;
  const int64_t each = split->front();
  if (each <= 0 || extent / each > static_cast<int64_t>(kMaxSequence)) return std::nullopt;
  std::vector<int64_t> lengths(static_cast<size_t>(extent / each), each);
  if (extent % each != 0) lengths.push_back(extent % each);
  return lengths;
}

void Split(const SequenceNode& n, std::vector<Inferred>& outputs) {
  if (n.input(0) == kNone || !n.in.TensorAt(n.input(0)).shape) return;
  const Tensor& x = n.in.TensorAt(n.input(0));
  const std::optional<int64_t> axis = WrapAxis(AttributeInt(n.proto, "axis", 0), static_cast<int64_t>(x.shape->size()));
  if (!axis || !(*x.shape)[static_cast<size_t>(*axis)].known()) return;
  const std::optional<std::vector<int64_t>> lengths = PartLengths(n, (*x.shape)[static_cast<size_t>(*axis)].extent);
  if (!lengths || lengths->size() > kMaxSequence) return;
  const bool squeeze = n.input(1) == kNone && AttributeInt(n.proto, "keepdims", 1) == 0;
  Elements elements;
  for (const int64_t length : *lengths) {
    if (length < 0) return;
    Inferred& part = elements.emplace_back();
    part.dtype = x.dtype;
    part.shape = x.shape;
    (*part.shape)[static_cast<size_t>(*axis)] = Dim{length, kNone};
    if (squeeze) part.shape->erase(part.shape->begin() + *axis);
  }
  SetElements(n.in, std::move(elements), outputs);
}

void Same(const SequenceNode& n, std::vector<Inferred>& outputs) {
  const auto it = n.input(0) == kNone ? n.in.sequences.end() : n.in.sequences.find(n.input(0));
  if (it != n.in.sequences.end()) outputs[0].elements = it->second;
}

// Whether an optional value holds something; nullopt where only its input says so.
std::optional<bool> Holds(Instantiation& in, TensorId id) {
  while (id != kNone && in.TensorAt(id).type == TypeClass::kOptional) {
    const NodeId producer = in.TensorAt(id).producer;
    if (producer == kNone) return std::nullopt;
    const Node& node = in.NodeAt(producer);
    if (!node.domain.empty() || (node.op_type != "Optional" && node.op_type != "Identity")) return std::nullopt;
    id = node.inputs.empty() ? kNone : node.inputs[0];
  }
  return id != kNone;
}

void HasElement(const SequenceNode& n, std::vector<Inferred>& outputs) {
  const std::optional<bool> holds = Holds(n.in, n.input(0));
  if (holds) outputs[0].value = n.in.values.Intern(IntScalar(DType::kBool, *holds ? 1 : 0));
}

struct Row {
  const char* op_type;
  void (*infer)(const SequenceNode&, std::vector<Inferred>&);
};

constexpr std::array<Row, 12> kRows = {{{"SequenceEmpty", Empty},
                                        {"SequenceConstruct", Construct},
                                        {"SequenceInsert", Insert},
                                        {"SequenceErase", Erase},
                                        {"SequenceAt", At},
                                        {"SequenceLength", Length},
                                        {"ConcatFromSequence", Concat},
                                        {"SplitToSequence", Split},
                                        {"Identity", Same},
                                        {"Optional", Same},
                                        {"OptionalGetElement", Same},
                                        {"OptionalHasElement", HasElement}}};

}  // namespace

void InferSequences(Instantiation& in, NodeId id, std::vector<Inferred>& outputs) {
  const Node& node = in.NodeAt(id);
  if (!node.domain.empty() || outputs.empty()) return;
  for (const Row& row : kRows) {
    if (node.op_type == row.op_type) return row.infer({in, node, *in.protos[static_cast<size_t>(id)]}, outputs);
  }
}

}  // namespace opcost::internal
