// Nodes with bodies. A body's nodes are inferred in place with the types that its owner hands in; for a loop, until the
// carried types stop changing.
#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/instantiate.h"
#include "frontend/node_context.h"
#include "frontend/onnx_types.h"

namespace opcost::internal {
namespace {

// Beyond this nesting a loop body is inferred once, with carried extents unknown: two passes a level would double the
// work with every level.
constexpr int kDeepestRepeated = 4;

Region& RegionAt(Instantiation& in, RegionId id) { return in.graph.regions[static_cast<size_t>(id)]; }

absl::Status InferRegion(Instantiation& in, RegionId id) {
  const auto [first, last] = in.region_nodes[static_cast<size_t>(id)];
  return InferNodes(in, first, last);
}

int Depth(Instantiation& in, RegionId id) {
  int depth = 0;
  for (RegionId r = id; r != kNone; r = RegionAt(in, r).parent) ++depth;
  return depth;
}

std::optional<int64_t> IntScalarOf(Instantiation& in, TensorId id) {
  const Value* v = in.ValueOf(id);
  if (v == nullptr || !v->known() || v->ints.size() != 1) return std::nullopt;
  return v->ints[0];
}

TensorId InputAt(const Node& node, size_t i) { return i < node.inputs.size() ? node.inputs[i] : kNone; }

Inferred ScalarOf(DType dtype) {
  Inferred out;
  out.dtype = dtype;
  out.shape.emplace();
  return out;
}

// What holds for either of two results.
Inferred Join(const Inferred& a, const Inferred& b) {
  Inferred out = a;
  if (a.value != b.value) out.value = kNone;
  if (a.elements != b.elements) out.elements = nullptr;
  if (out.dtype == DType::kUnknown && b.dtype != DType::kUnknown) return b;
  if (!a.shape || !b.shape) {
    if (b.shape) out.shape = b.shape;  // the branch that could not be resolved has its own note
    return out;
  }
  if (a.shape->size() != b.shape->size()) {
    out.shape.reset();
    return out;
  }
  for (size_t i = 0; i < out.shape->size(); ++i) {
    if (!((*out.shape)[i] == (*b.shape)[i])) (*out.shape)[i] = Dim{};
  }
  return out;
}

void ApplyAll(Instantiation& in, NodeId id, std::vector<Inferred> outputs) {
  for (size_t i = 0; i < outputs.size() && i < in.NodeAt(id).outputs.size(); ++i) {
    // Types of what comes out of a body are as resolved as the body is; its own notes say what is missing.
    Apply(in, id, i, std::move(outputs[i]), true);
  }
}

absl::Status InferIf(Instantiation& in, NodeId id) {
  const std::vector<RegionId> bodies = in.NodeAt(id).bodies;
  const std::optional<int64_t> condition = IntScalarOf(in, InputAt(in.NodeAt(id), 0));
  std::vector<std::vector<Inferred>> results;
  for (const RegionId body : bodies) {
    Region& region = RegionAt(in, body);
    const bool is_then = region.kind == RegionKind::kThen;
    region.dead = condition && (*condition != 0) != is_then;
    const bool dead = region.dead;
    in.quiet += dead ? 1 : 0;
    const absl::Status status = InferRegion(in, body);
    in.quiet -= dead ? 1 : 0;
    if (!status.ok()) return status;
    if (dead) continue;
    std::vector<Inferred>& outputs = results.emplace_back();
    for (const TensorId t : RegionAt(in, body).outputs) outputs.push_back(Describe(in, t));
  }
  if (results.empty()) return absl::OkStatus();
  std::vector<Inferred> merged = results[0];
  for (size_t b = 1; b < results.size(); ++b) {
    for (size_t i = 0; i < merged.size() && i < results[b].size(); ++i) merged[i] = Join(merged[i], results[b][i]);
  }
  ApplyAll(in, id, std::move(merged));
  return absl::OkStatus();
}

struct Trips {
  int64_t count = 1;
  bool assumed = true;   // nothing determines it
  bool exact = false;    // extents may be derived from it
  bool entered = false;  // assumed is only that the loop is entered at all
};

// --trip by the node's name, by its label, or by the identity that it has where names repeat.
std::optional<int64_t> GivenTrips(Instantiation& in, NodeId id) {
  if (in.options.trips.empty()) return std::nullopt;
  std::string unique = Label(in, id);
  for (const TensorId t : in.NodeAt(id).outputs) {
    if (t == kNone) continue;
    absl::StrAppend(&unique, "@", in.TensorAt(t).name);
    break;
  }
  for (const std::string& name : {in.NodeAt(id).name, Label(in, id), unique}) {
    const auto it = in.options.trips.find(name);
    if (it != in.options.trips.end()) {
      in.symbols_met.insert(absl::StrCat("trip\n", name));
      return it->second;
    }
  }
  return std::nullopt;
}

Trips LoopTrips(Instantiation& in, NodeId id, RegionId body) {
  if (const auto given = GivenTrips(in, id)) return {*given, false, true};
  const Node& node = in.NodeAt(id);
  const std::optional<int64_t> most = IntScalarOf(in, InputAt(node, 0));
  const Region& region = RegionAt(in, body);
  const TensorId start = InputAt(node, 1);
  const std::optional<int64_t> first = IntScalarOf(in, start);
  if (first && *first == 0) return {0, false, true};
  bool stays = true;  // the condition never ends the loop
  if (!region.outputs.empty()) {
    const std::optional<int64_t> last = IntScalarOf(in, region.outputs[0]);
    stays = last && *last != 0;
    if (last && *last == 0) return {1, false, true};
  }
  constexpr int64_t kEndless = std::numeric_limits<int32_t>::max();
  if (!most || *most >= kEndless) return {1, true, false};
  if (stays && (start == kNone || first)) return {std::max<int64_t>(0, *most), false, true};
  // Once entered it runs its whole count.
  if (stays) return {std::max<int64_t>(0, *most), true, true, true};
  return {std::max<int64_t>(0, *most), true, false};
}

void NoteTrips(Instantiation& in, NodeId id, const Trips& trips) {
  if (!trips.assumed) return;
  if (trips.entered) {
    in.Note(NoteKind::kAssumption,
            absl::StrCat("whether ", in.NodeAt(id).op_type, " '", Label(in, id),
                         "' is entered depends on data; it is counted as entered, ", trips.count,
                         " times, and extents follow from that; set it with --trip ", Label(in, id), "=N"),
            Label(in, id));
    return;
  }
  in.Note(NoteKind::kAssumption,
          absl::StrCat(
              "how often ", in.NodeAt(id).op_type, " '", Label(in, id), "' runs depends on data; ",
              trips.count == 1 ? "it is counted once" : absl::StrCat("it is counted ", trips.count, " times, its most"),
              "; set it with --trip ", Label(in, id), "=N"),
          Label(in, id));
}

// Carried types that differ between two rounds lose the extents in which they differ.
bool Widen(std::vector<Inferred>& carried, const std::vector<Inferred>& next) {
  bool changed = false;
  for (size_t i = 0; i < carried.size() && i < next.size(); ++i) {
    Inferred& now = carried[i];
    if (now.dtype == DType::kUnknown && next[i].dtype != DType::kUnknown) {
      now = next[i];
      now.value = kNone;
      now.elements = nullptr;
      changed = true;
      continue;
    }
    if (now.value != next[i].value && now.value != kNone) {
      now.value = kNone;
      changed = true;
    }
    if (now.elements != next[i].elements && now.elements != nullptr) {
      now.elements = nullptr;
      changed = true;
    }
    if (!now.shape || !next[i].shape) {
      changed = changed || now.shape.has_value();
      now.shape.reset();
    } else if (now.shape->size() != next[i].shape->size()) {
      now.shape.reset();
      changed = true;
    } else {
      for (size_t d = 0; d < now.shape->size(); ++d) {
        if ((*now.shape)[d] == (*next[i].shape)[d] || (*now.shape)[d] == Dim{}) continue;
        (*now.shape)[d] = Dim{};
        changed = true;
      }
    }
  }
  return changed;
}

// Names the extents that a loop changes, so that the body can be typed with them.
void AssignCarried(Instantiation& in, TensorId id, Inferred inferred) {
  if (inferred.shape) {
    for (size_t axis = 0; axis < inferred.shape->size(); ++axis) {
      Dim& d = (*inferred.shape)[axis];
      if (d.known() || d.symbol != kNone) continue;
      const std::string name = absl::StrCat(in.TensorAt(id).name, ":", axis);
      in.symbols_met.insert(name);
      const auto assumed = in.options.assume.find(name);
      if (assumed != in.options.assume.end()) {
        d.extent = assumed->second;
      } else {
        d.symbol = InternSymbol(in, name);
      }
    }
  }
  Assign(in, id, inferred);
}

// Runs the body until the carried types hold. `fixed` inputs come first and never change.
absl::Status Iterate(Instantiation& in, RegionId body, size_t fixed, std::vector<Inferred> carried,
                     size_t skip_outputs) {
  const size_t notes = in.graph.notes.size();
  const int64_t downstream = in.unresolved_downstream;
  const bool repeat = Depth(in, body) <= kDeepestRepeated;
  for (int pass = 0; pass < 4; ++pass) {
    in.graph.notes.resize(notes);
    in.unresolved_downstream = downstream;
    for (size_t i = 0; i < carried.size(); ++i) {
      const TensorId t = RegionAt(in, body).inputs[fixed + i];
      if (!repeat || pass == 3) {
        carried[i].value = kNone;
        carried[i].elements = nullptr;
        if (carried[i].shape) carried[i].shape->assign(carried[i].shape->size(), Dim{});
      }
      AssignCarried(in, t, carried[i]);
    }
    if (absl::Status s = InferRegion(in, body); !s.ok()) return s;
    if (!repeat || pass == 3) break;
    std::vector<Inferred> next;
    const std::vector<TensorId>& outputs = RegionAt(in, body).outputs;
    for (size_t i = 0; i < carried.size() && skip_outputs + i < outputs.size(); ++i) {
      next.push_back(Describe(in, outputs[skip_outputs + i]));
    }
    if (!Widen(carried, next)) break;
  }
  return absl::OkStatus();
}

Inferred Stacked(const Inferred& element, int64_t axis, Dim length) {
  Inferred out = element;
  out.value = kNone;
  if (!out.shape) return out;
  const int64_t rank = static_cast<int64_t>(out.shape->size()) + 1;
  const int64_t at = axis < 0 ? axis + rank : axis;
  if (at < 0 || at >= rank) {
    out.shape.reset();
  } else {
    out.shape->insert(out.shape->begin() + at, length);
  }
  return out;
}

absl::Status InferLoop(Instantiation& in, NodeId id) {
  const RegionId body = in.NodeAt(id).bodies[0];
  const std::vector<TensorId> inputs = RegionAt(in, body).inputs;
  const Node node = in.NodeAt(id);
  if (inputs.size() < 2)
    return absl::InvalidArgumentError(absl::StrCat("node '", Label(in, id), "' (Loop): the body has ", inputs.size(),
                                                   " inputs, expected at least 2"));
  Assign(in, inputs[0], ScalarOf(DType::kInt64));
  // The body only runs where the condition holds.
  Inferred condition = ScalarOf(DType::kBool);
  condition.value = in.values.Intern(IntScalar(DType::kBool, 1));
  Assign(in, inputs[1], condition);
  std::vector<Inferred> carried;
  const size_t states = inputs.size() - 2;
  for (size_t i = 0; i < states; ++i) {
    const TensorId t = InputAt(node, i + 2);
    carried.push_back(t == kNone ? Inferred{} : Describe(in, t));
  }
  const std::vector<Inferred> initial = carried;
  if (absl::Status s = Iterate(in, body, 2, std::move(carried), 1); !s.ok()) return s;
  const Trips trips = LoopTrips(in, id, body);
  RegionAt(in, body).trips = trips.count;
  RegionAt(in, body).trips_assumed = trips.assumed;
  NoteTrips(in, id, trips);
  const std::vector<TensorId> results = RegionAt(in, body).outputs;
  std::vector<Inferred> outputs;
  for (size_t i = 1; i < results.size(); ++i) {
    Inferred result = Describe(in, results[i]);
    const size_t state = i - 1;
    if (state < states) {
      if (trips.exact && trips.count == 0) {
        result = initial[state];
      } else if (!trips.exact || trips.count != 1) {
        // A result that the body changes holds for its last round only.
        result = Join(result, Describe(in, inputs[state + 2]));
      }
      outputs.push_back(std::move(result));
    } else {
      outputs.push_back(Stacked(result, 0, trips.exact ? Dim{trips.count, kNone} : Dim{}));
    }
  }
  ApplyAll(in, id, std::move(outputs));
  return absl::OkStatus();
}

std::vector<int64_t> IntsOr(const onnx::NodeProto& proto, const char* name, size_t n) {
  std::vector<int64_t> v = AttributeInts(proto, name).value_or(std::vector<int64_t>());
  v.resize(n, 0);
  return v;
}

absl::Status InferScan(Instantiation& in, NodeId id) {
  const RegionId body = in.NodeAt(id).bodies[0];
  const std::vector<TensorId> inputs = RegionAt(in, body).inputs;
  const Node node = in.NodeAt(id);
  const onnx::NodeProto& proto = *in.protos[static_cast<size_t>(id)];
  const bool batched = node.opset != 0 && node.opset < 9;  // version 8 has sequence_lens first and a batch axis
  const size_t first = batched ? 1 : 0;
  const int64_t scans = AttributeInt(proto, "num_scan_inputs", 1);
  const int64_t declared_states = static_cast<int64_t>(inputs.size()) - scans;
  if (scans < 0 || declared_states < 0) {
    return absl::InvalidArgumentError(absl::StrCat("node '", Label(in, id), "' (Scan): num_scan_inputs is ", scans,
                                                   ", but the body has ", inputs.size(), " inputs"));
  }
  const size_t states = static_cast<size_t>(declared_states);
  const std::vector<int64_t> axes = IntsOr(proto, "scan_input_axes", static_cast<size_t>(scans));
  Dim length;
  Dim batch;
  std::vector<Inferred> carried;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const TensorId outer = InputAt(node, first + i);
    Inferred type = outer == kNone ? Inferred{} : Describe(in, outer);
    const bool scanned = i >= states;
    if (batched && type.shape && !type.shape->empty()) {
      batch = type.shape->front();
      type.shape->erase(type.shape->begin());
    }
    if (scanned && type.shape) {
      const int64_t rank = static_cast<int64_t>(type.shape->size());
      int64_t axis = batched ? 0 : axes[i - states];
      if (axis < 0) axis += rank;
      if (axis >= 0 && axis < rank) {
        const Dim extent = (*type.shape)[static_cast<size_t>(axis)];
        if (!length.known()) length = extent;
        type.shape->erase(type.shape->begin() + axis);
      } else {
        type.shape.reset();
      }
    }
    if (scanned || batched) type.value = kNone;
    if (scanned) {
      Assign(in, inputs[i], type);
    } else {
      carried.push_back(std::move(type));
    }
  }
  if (absl::Status s = Iterate(in, body, 0, std::move(carried), 0); !s.ok()) return s;
  Trips trips{1, true, false};
  if (const auto given = GivenTrips(in, id)) {
    trips = {*given, false, false};
  } else if (length.known()) {
    trips = {length.extent, false, true};
  }
  RegionAt(in, body).trips = trips.count;
  RegionAt(in, body).trips_assumed = trips.assumed;
  NoteTrips(in, id, trips);
  const std::vector<TensorId> results = RegionAt(in, body).outputs;
  const std::vector<int64_t> out_axes =
      IntsOr(proto, "scan_output_axes", results.size() >= states ? results.size() - states : 0);
  std::vector<Inferred> outputs;
  for (size_t i = 0; i < results.size(); ++i) {
    Inferred result = Describe(in, results[i]);
    result.value = kNone;
    if (i >= states) result = Stacked(result, batched ? 0 : out_axes[i - states], length);
    if (batched && result.shape) result.shape->insert(result.shape->begin(), batch);
    outputs.push_back(std::move(result));
  }
  ApplyAll(in, id, std::move(outputs));
  return absl::OkStatus();
}

// What the body of an operator other than If, Loop and Scan is handed.
std::vector<Inferred> BodyInputs(Instantiation& in, const Node& node, const Operator& op, size_t count) {
  std::vector<Inferred> types(count);
  if (op.op_type == "SequenceMap" && op.domain.empty()) {
    for (size_t i = 0; i < count; ++i) {
      const TensorId outer = InputAt(node, i);
      if (outer != kNone) types[i] = Describe(in, outer);
      types[i].value = kNone;
      types[i].elements = nullptr;
      if (types[i].rich != nullptr && types[i].rich->has_sequence_type()) {
        types[i] = FromType(in, types[i].rich->sequence_type().elem_type());
      }
    }
  } else if (op.op_type == "FlexAttention" && count == 1 && node.inputs.size() > 1) {
    // Scores or probabilities, [batch, heads, queries, keys], in the precision of the softmax.
    const Inferred q = Describe(in, node.inputs[0]), k = Describe(in, node.inputs[1]);
    const int64_t precision = IntAttribute(node, "softmax_precision", 0);
    types[0].dtype = precision != 0               ? FromElemType(static_cast<int32_t>(precision))
                     : q.dtype == DType::kFloat64 ? DType::kFloat64
                                                  : DType::kFloat32;
    if (q.shape && k.shape && q.shape->size() == 4 && k.shape->size() == 4) {
      types[0].shape = Shape{(*q.shape)[0], (*q.shape)[1], (*q.shape)[2], (*k.shape)[2]};
    }
  }
  return types;
}

// How often such a body runs: once an element, once, or nobody knows.
Trips BodyTrips(Instantiation& in, NodeId id) {
  if (const auto given = GivenTrips(in, id)) return {*given, false, true};
  const Node& node = in.NodeAt(id);
  if (node.op_type == "FlexAttention") return {1, false, true};
  const auto sequence = node.op_type == "SequenceMap" ? in.sequences.find(InputAt(node, 0)) : in.sequences.end();
  if (sequence != in.sequences.end()) return {static_cast<int64_t>(sequence->second->size()), false, true};
  return {1, true, false};
}

// Searches of com.microsoft run a decoder until data ends them: not priced, unless the user says how often.
bool IsSearch(const Operator& op) {
  constexpr std::array<absl::string_view, 4> kSearches = {"BeamSearch", "GreedySearch", "Sampling",
                                                          "WhisperBeamSearch"};
  return op.domain == "com.microsoft" && std::find(kSearches.begin(), kSearches.end(), op.op_type) != kSearches.end();
}

// The attributes that hold the bodies, in their order.
std::vector<std::string> BodyNames(const onnx::NodeProto& proto) {
  std::vector<std::string> names;
  for (const onnx::AttributeProto& a : proto.attribute()) {
    if (a.has_g()) names.push_back(a.name());
    for (int i = 0; i < a.graphs_size(); ++i) names.push_back(a.name());
  }
  return names;
}

// The bodies are handed what their own inputs declare. The decoder runs as often as the user says, the others once.
absl::Status InferSearch(Instantiation& in, NodeId id) {
  const std::vector<RegionId> bodies = in.NodeAt(id).bodies;
  const std::vector<std::string> names = BodyNames(*in.protos[static_cast<size_t>(id)]);
  const std::optional<int64_t> given = GivenTrips(in, id);
  for (size_t i = 0; i < bodies.size(); ++i) {
    for (const TensorId t : std::vector<TensorId>(RegionAt(in, bodies[i]).inputs)) {
      const onnx::TypeProto* declared = in.declared[static_cast<size_t>(t)];
      AssignCarried(in, t, declared == nullptr ? Inferred{} : FromType(in, *declared));
    }
    in.quiet += given ? 0 : 1;
    const absl::Status status = InferRegion(in, bodies[i]);
    in.quiet -= given ? 0 : 1;
    if (!status.ok()) return status;
    Region& region = RegionAt(in, bodies[i]);
    region.dead = !given;
    region.trips = given && i < names.size() && names[i] == "decoder" ? *given : 1;
  }
  if (!given) {
    in.Note(NoteKind::kAssumption,
            absl::StrCat("the subgraphs of ", in.NodeAt(id).op_type, " '", Label(in, id),
                         "' are not priced, since how often they run depends on data; price them with --trip ",
                         Label(in, id), "=N"),
            Label(in, id));
  }
  ApplyAll(in, id, InferFresh(in, id, true).outputs);
  return absl::OkStatus();
}

// SequenceMap, attention with functions on its scores, and bodies of operators that nobody defines.
absl::Status InferOther(Instantiation& in, NodeId id) {
  const Node node = in.NodeAt(id);
  const Operator& op = *in.operators[static_cast<size_t>(id)];
  if (IsSearch(op)) return InferSearch(in, id);
  const Trips trips = BodyTrips(in, id);
  for (const RegionId body : node.bodies) {
    const std::vector<TensorId> inputs = RegionAt(in, body).inputs;
    const std::vector<Inferred> types = BodyInputs(in, node, op, inputs.size());
    for (size_t i = 0; i < inputs.size(); ++i) Assign(in, inputs[i], types[i]);
    if (absl::Status s = InferRegion(in, body); !s.ok()) return s;
    RegionAt(in, body).trips = trips.count;
    RegionAt(in, body).trips_assumed = trips.assumed;
  }
  NoteTrips(in, id, trips);
  std::vector<Inferred> outputs(node.outputs.size());
  if (op.op_type == "SequenceMap" && op.domain.empty() && !node.bodies.empty()) {
    const std::vector<TensorId> results = RegionAt(in, node.bodies[0]).outputs;
    for (size_t i = 0; i < results.size() && i < outputs.size(); ++i) {
      onnx::TypeProto type;
      *type.mutable_sequence_type()->mutable_elem_type() = TypeOf(in, Describe(in, results[i]));
      outputs[i] = FromType(in, type);
    }
  } else {
    outputs = InferFresh(in, id, true).outputs;
  }
  ApplyAll(in, id, std::move(outputs));
  return absl::OkStatus();
}

}  // namespace

absl::Status InferControl(Instantiation& in, NodeId id) {
  const Node& node = in.NodeAt(id);
  if (node.domain.empty()) {
    if (node.op_type == "If") return InferIf(in, id);
    if (node.op_type == "Loop") return InferLoop(in, id);
    if (node.op_type == "Scan") return InferScan(in, id);
  }
  return InferOther(in, id);
}

}  // namespace opcost::internal
