// Nodes with bodies: what their operators share.
#include "frontend/regions.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace opcost::internal {
namespace {

std::string Times(int64_t n) { return n == 1 ? "once" : absl::StrCat(n, " times"); }

void NoteTrips(Instantiation& in, NodeId id, const Trips& trips) {
  if (!trips.assumed) return;
  if (trips.entered) {
    in.Note(NoteKind::kAssumption,
            absl::StrCat("whether ", in.NodeAt(id).op_type, " '", Label(in, id),
                         "' is entered depends on data; it is counted as entered, ", Times(trips.count),
                         ", and extents follow from that; set it with --trip ", Label(in, id), "=N"),
            Label(in, id));
    return;
  }
  const std::string symbol = trips.symbol == kNone ? "" : in.graph.symbols[static_cast<size_t>(trips.symbol)];
  in.Note(NoteKind::kAssumption,
          absl::StrCat("how often ", in.NodeAt(id).op_type, " '", Label(in, id), "' runs depends on data",
                       symbol.empty() ? "" : absl::StrCat(", as '", symbol, "' does"), "; it is counted ",
                       Times(trips.count), trips.count == 1 ? "" : ", its most", "; set it with --trip ", Label(in, id),
                       "=N", symbol.empty() ? "" : absl::StrCat(" or --assume ", symbol, "=N")),
          Label(in, id));
}

}  // namespace

std::optional<int64_t> IntScalarOf(Instantiation& in, TensorId id) {
  const Value* v = in.ValueOf(id);
  if (v == nullptr || !v->known() || v->ints.size() != 1) return std::nullopt;
  return v->ints[0];
}

absl::Status InferRegion(Instantiation& in, RegionId id) {
  const auto [first, last] = in.region_nodes[static_cast<size_t>(id)];
  return InferNodes(in, first, last);
}

// By the node's name, by its label, or by the identity that it has where names repeat.
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

Trips TripsOf(Instantiation& in, const Dim& dim) {
  if (dim.known()) return {dim.extent, false, true};
  const auto most = in.at_most.find(dim.symbol);
  return {.count = dim.symbol == kNone || most == in.at_most.end() ? 1 : most->second, .symbol = dim.symbol};
}

void SetTrips(Instantiation& in, NodeId id, const Trips& trips) {
  for (const RegionId body : in.NodeAt(id).bodies) {
    RegionAt(in, body).trips = trips.count;
    RegionAt(in, body).trips_assumed = trips.assumed;
  }
  NoteTrips(in, id, trips);
}

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

void ApplyAll(Instantiation& in, NodeId id, std::vector<Inferred> outputs) {
  for (size_t i = 0; i < outputs.size() && i < in.NodeAt(id).outputs.size(); ++i) {
    // Types of what comes out of a body are as resolved as the body is; its own notes say what is missing.
    Apply(in, id, i, std::move(outputs[i]), true);
  }
}

absl::Status InferControl(Instantiation& in, NodeId id) {
  const Node& node = in.NodeAt(id);
  if (node.domain.empty()) {
    if (node.op_type == "If") return InferIf(in, id);
    if (node.op_type == "Loop") return InferLoop(in, id);
    if (node.op_type == "Scan") return InferScan(in, id);
    if (node.op_type == "SequenceMap") return InferSequenceMap(in, id);
  }
  return IsSearch(*in.operators[static_cast<size_t>(id)]) ? InferSearch(in, id) : InferOtherBodies(in, id);
}

}  // namespace opcost::internal
