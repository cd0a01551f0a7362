// SequenceMap: the body runs once an element, whose types may differ.
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/node_context.h"
#include "frontend/regions.h"

namespace opcost::internal {
namespace {

using Elements = std::vector<Inferred>;

const Elements* ElementsOf(Instantiation& in, TensorId id) {
  const auto it = id == kNone ? in.sequences.end() : in.sequences.find(id);
  return it == in.sequences.end() ? nullptr : it->second.get();
}

// Hands the body its inputs for one element, or what all elements share.
void AssignElement(Instantiation& in, NodeId id, RegionId body, std::optional<size_t> element) {
  const std::vector<TensorId> inputs = RegionAt(in, body).inputs;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const TensorId outer = InputAt(in.NodeAt(id), i);
    Inferred type = outer == kNone ? Inferred{} : Describe(in, outer);
    const Elements* elements = ElementsOf(in, outer);
    if (element && elements != nullptr && *element < elements->size()) {
      type = (*elements)[*element];
    } else if (type.rich != nullptr && type.rich->has_sequence_type()) {
      type = FromType(in, type.rich->sequence_type().elem_type());
    }
    AssignCarried(in, inputs[i], std::move(type));
  }
}

std::vector<Inferred> ResultsOf(Instantiation& in, RegionId body) {
  std::vector<Inferred> results;
  for (const TensorId t : RegionAt(in, body).outputs) results.push_back(Describe(in, t));
  return results;
}

// The results for each element; empty where there are too many to follow.
std::vector<Elements> FollowElements(Instantiation& in, NodeId id, RegionId body, size_t count) {
  const auto [first, last] = in.region_nodes[static_cast<size_t>(body)];
  const int64_t work = static_cast<int64_t>(count) * (last - first + 1);
  std::vector<Elements> outputs(RegionAt(in, body).outputs.size());
  if (work > in.round_budget || !MayRepeat(in, body)) return {};
  in.round_budget -= work;
  ++in.quiet;
  bool ok = true;
  for (size_t e = 0; e < count && ok; ++e) {
    AssignElement(in, id, body, e);
    ok = InferRegion(in, body).ok();
    std::vector<Inferred> results = ResultsOf(in, body);
    for (size_t i = 0; i < outputs.size(); ++i) outputs[i].push_back(std::move(results[i]));
  }
  --in.quiet;
  return ok ? outputs : std::vector<Elements>();
}

bool SameShapes(const Elements& elements) {
  return std::all_of(elements.begin(), elements.end(),
                     [&](const Inferred& e) { return e.shape == elements.front().shape; });
}

// A sequence whose elements share what `element` says.
Inferred SequenceOf(Instantiation& in, const Inferred& element) {
  onnx::TypeProto type;
  *type.mutable_sequence_type()->mutable_elem_type() = TypeOf(in, element);
  return FromType(in, type);
}

// A sequence of these elements, of which there is at least one.
Inferred SequenceOf(Instantiation& in, Elements elements) {
  Inferred shared = elements.front();
  for (const Inferred& e : elements) shared = Join(shared, e);
  Inferred out = SequenceOf(in, shared);
  const int64_t size = static_cast<int64_t>(elements.size());
  if (elements.size() <= kMaxSequence && size <= in.sequence_budget) {
    in.sequence_budget -= size;
    out.elements = std::make_shared<const Elements>(std::move(elements));
  }
  return out;
}

// Types the body for what all elements share, or for the middle one.
absl::Status TypeBody(Instantiation& in, NodeId id, RegionId body, const Elements& sequence, bool middle) {
  const size_t element = sequence.size() / 2;
  AssignElement(in, id, body, middle ? std::optional<size_t>(element) : std::nullopt);
  if (absl::Status s = InferRegion(in, body); !s.ok()) return s;
  if (!middle || SameShapes(sequence)) return absl::OkStatus();
  in.Note(NoteKind::kAssumption,
          absl::StrCat("the elements that SequenceMap '", Label(in, id),
                       "' runs over differ in their extents; its body is counted as for element ", element + 1, " of ",
                       sequence.size()),
          Label(in, id));
  return absl::OkStatus();
}

}  // namespace

absl::Status InferSequenceMap(Instantiation& in, NodeId id) {
  const RegionId body = in.NodeAt(id).bodies[0];
  const NoteMark mark(in);
  AssignElement(in, id, body, std::nullopt);
  if (absl::Status s = InferRegion(in, body); !s.ok()) return s;
  const std::vector<Inferred> any = ResultsOf(in, body);
  const Elements* sequence = ElementsOf(in, InputAt(in.NodeAt(id), 0));
  const size_t count = sequence == nullptr ? 0 : sequence->size();
  std::vector<Elements> followed;
  if (count > 0) {
    const int64_t open = OpenPlaces(in, body);
    followed = FollowElements(in, id, body, count);
    mark.Restore(in);
    if (absl::Status s = TypeBody(in, id, body, *sequence, open > 0 && !followed.empty()); !s.ok()) return s;
  }
  Trips trips{static_cast<int64_t>(count), false, true};
  if (sequence == nullptr) trips = {1, true, false};
  if (const auto given = GivenTrips(in, id)) trips = {*given, false, true};
  SetTrips(in, id, trips);
  std::vector<Inferred> outputs;
  for (size_t i = 0; i < any.size(); ++i) {
    outputs.push_back(i < followed.size() ? SequenceOf(in, std::move(followed[i])) : SequenceOf(in, any[i]));
  }
  ApplyAll(in, id, std::move(outputs));
  return absl::OkStatus();
}

}  // namespace opcost::internal
