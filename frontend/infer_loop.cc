// Loop: how often its body runs, and the types that come out of it.
#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/regions.h"

namespace opcost::internal {
namespace {

// Trip counts that exporters write for "until the condition ends it".
constexpr int64_t kEndless = std::numeric_limits<int32_t>::max();

struct Loop {
  Instantiation& in;
  NodeId id;
  RegionId body;
  std::vector<Inferred> initial;
  std::vector<Inferred> settled;  // what holds in every round

  TensorId input(size_t i) const { return InputAt(in.NodeAt(id), i); }
  TensorId state(size_t i) const { return RegionAt(in, body).inputs[i + 2]; }
  std::optional<int64_t> most() const {
    const std::optional<int64_t> m = IntScalarOf(in, input(0));
    return m && *m < kEndless ? std::optional<int64_t>(std::max<int64_t>(0, *m)) : std::nullopt;
  }
  // The symbol that the count is.
  Dim symbolic() const {
    const Value* m = in.ValueOf(input(0));
    const SymbolId state = m != nullptr && m->size() == 1 ? m->StateAt(0) : kUnknownElement;
    return {-1, state >= 0 ? state : kNone};
  }
  // Whether data says how many rounds there are at most.
  bool counted_by_data() const { return input(0) != kNone && !IntScalarOf(in, input(0)); }
  // Whether the loop begins; nullopt when data decides.
  std::optional<bool> begins() const {
    const std::optional<int64_t> first = input(1) == kNone ? std::optional<int64_t>(1) : IntScalarOf(in, input(1));
    if ((first && *first == 0) || most() == 0) return false;
    return first && !counted_by_data() ? std::optional<bool>(true) : std::nullopt;
  }
  std::optional<int64_t> condition_after() const {
    const std::vector<TensorId>& outputs = RegionAt(in, body).outputs;
    return outputs.empty() ? std::optional<int64_t>(1) : IntScalarOf(in, outputs[0]);
  }
};

// From the types that hold in every round.
Trips CountTrips(const Loop& loop) {
  if (const auto given = GivenTrips(loop.in, loop.id)) return {*given, false, true};
  const std::optional<bool> begins = loop.begins();
  if (begins && !*begins) return {0, false, true};
  const std::optional<int64_t> after = loop.condition_after();
  const bool stays = after && *after != 0;
  // Once entered it runs once, or its whole count.
  if (after && !stays) return {1, !begins, true, !begins};
  if (const std::optional<int64_t> most = loop.most()) return {*most, !stays || !begins, stays, stays && !begins};
  Trips trips = TripsOf(loop.in, loop.symbolic());
  const bool starts = loop.input(1) == kNone || IntScalarOf(loop.in, loop.input(1));
  if (!stays || !starts) trips.symbol = kNone;
  return trips;
}

bool HasOpenExtent(const Inferred& type) {
  if (type.type != TypeClass::kTensor) return false;
  return !type.shape || std::any_of(type.shape->begin(), type.shape->end(), [](const Dim& d) { return !d.known(); });
}

bool IsCount(const Inferred& type) {
  return type.value != kNone && (IsInteger(type.dtype) || type.dtype == DType::kBool);
}

// Whether single rounds know more than all of them together: a state grows or counts, or the condition follows from one
// that does.
bool RoundsDiffer(const Loop& loop, const Trips& trips) {
  if (!trips.exact || OpenPlaces(loop.in, loop.body) > 0) return true;
  for (size_t i = 0; i < loop.initial.size(); ++i) {
    const Inferred &first = loop.initial[i], &any = loop.settled[i];
    if (HasOpenExtent(any) && !HasOpenExtent(first)) return true;
    if (first.elements != nullptr && any.elements == nullptr) return true;
    if (IsCount(first) && any.value == kNone) return true;
  }
  return false;
}

std::optional<Rounds> Follow(const Loop& loop, const Trips& trips) {
  if (!MayRepeat(loop.in, loop.body) || !RoundsDiffer(loop, trips)) return std::nullopt;
  if (trips.exact) return FollowRounds(loop.in, loop.body, loop.initial, trips.count, /*ask_condition=*/false);
  if (!loop.begins().value_or(false)) return std::nullopt;
  return FollowRounds(loop.in, loop.body, loop.initial, loop.most().value_or(kEndless), /*ask_condition=*/true);
}

absl::Status TypeAnyRound(const Loop& loop) {
  AssignRound(loop.in, loop.body, std::nullopt);
  for (size_t i = 0; i < loop.settled.size(); ++i) AssignCarried(loop.in, loop.state(i), loop.settled[i]);
  return InferRegion(loop.in, loop.body);
}

// A state as it enters the middle round, its extents as the user says where the loop changes them.
void AssignMiddle(const Loop& loop, const Rounds& rounds, size_t state, std::string& changes) {
  Instantiation& in = loop.in;
  const size_t middle = static_cast<size_t>(rounds.count() / 2), last = static_cast<size_t>(rounds.count() - 1);
  Inferred type = rounds.entered[middle][state];
  const Inferred& any = loop.settled[state];
  for (size_t axis = 0; type.shape && any.shape && axis < any.shape->size() && axis < type.shape->size(); ++axis) {
    if (!((*any.shape)[axis] == Dim{})) continue;
    const std::string name = ExtentName(in, loop.state(state), axis);
    in.symbols_met.insert(name);
    const auto assumed = in.options.assume.find(name);
    if (assumed != in.options.assume.end()) {
      (*type.shape)[axis] = Dim{assumed->second, kNone};
      continue;
    }
    const auto extent = [&](size_t round) {
      const std::optional<Shape>& shape = rounds.entered[round][state].shape;
      return shape && axis < shape->size() && (*shape)[axis].known() ? absl::StrCat((*shape)[axis].extent) : "?";
    };
    absl::StrAppend(&changes, ", '", name, "' = ", extent(middle), " (", extent(0), " at first, ", extent(last),
                    " at last; --assume ", name, "=N for another)");
  }
  Assign(in, loop.state(state), type);
}

// Types the body as its middle round has it.
absl::Status TypeMiddleRound(const Loop& loop, const Rounds& rounds) {
  Instantiation& in = loop.in;
  std::vector<bool> dead;
  for (const Region& r : in.graph.regions) dead.push_back(r.dead);
  AssignRound(in, loop.body, rounds.count() / 2);
  std::string changes;
  for (size_t i = 0; i < loop.settled.size(); ++i) AssignMiddle(loop, rounds, i, changes);
  if (absl::Status s = InferRegion(in, loop.body); !s.ok()) return s;
  // A branch that this round does not take may be another round's.
  for (size_t r = 0; r < dead.size(); ++r) in.graph.regions[r].dead = dead[r];
  if (rounds.count() == 1) return absl::OkStatus();
  in.Note(NoteKind::kAssumption,
          absl::StrCat("extents in the body of Loop '", Label(in, loop.id),
                       "' change from round to round; it is counted as in round ", rounds.count() / 2 + 1, " of ",
                       rounds.count(), changes),
          Label(in, loop.id));
  return absl::OkStatus();
}

// Types the body once more: as any round has it where that says all, else as the middle one.
absl::Status TypeAgain(const Loop& loop, const std::optional<Rounds>& rounds, const NoteMark& mark) {
  if (absl::Status s = TypeAnyRound(loop); !s.ok()) return s;
  const int64_t open = OpenPlaces(loop.in, loop.body);
  if (!rounds || rounds->count() == 0 || open == 0) return absl::OkStatus();
  mark.Restore(loop.in);
  if (absl::Status s = TypeMiddleRound(loop, *rounds); !s.ok()) return s;
  if (OpenPlaces(loop.in, loop.body) < open) return absl::OkStatus();
  mark.Restore(loop.in);
  return TypeAnyRound(loop);
}

// An extent named inside the body means nothing outside: what is left are numbers, and symbols that no round changes.
Inferred Outside(Inferred result, const Inferred& initial) {
  for (size_t i = 0; result.shape && i < result.shape->size(); ++i) {
    Dim& d = (*result.shape)[i];
    const bool same = initial.shape && i < initial.shape->size() && (*initial.shape)[i] == d;
    if (!d.known() && !same) d = Dim{};
  }
  return result;
}

// Extents that `any` leaves open and single rounds agree on.
void FillFrom(const Inferred& rounds, Inferred& any) {
  if (!any.shape) any.shape = rounds.shape;
  if (!any.shape || !rounds.shape || any.shape->size() != rounds.shape->size()) return;
  for (size_t axis = 0; axis < any.shape->size(); ++axis) {
    if ((*rounds.shape)[axis].known()) (*any.shape)[axis] = (*rounds.shape)[axis];
  }
}

// What a state is after the last round.
Inferred Final(const Loop& loop, const Trips& trips, const std::optional<Rounds>& rounds, size_t i, Inferred any) {
  if (trips.exact && trips.count == 0) return loop.initial[i];
  // Without a number of rounds there may have been none.
  if (!trips.exact) any = Join(any, Describe(loop.in, loop.state(i)));
  any = Outside(std::move(any), loop.initial[i]);
  if (!rounds) return any;
  const Inferred last = Outside(rounds->entered.back()[i], loop.initial[i]);
  FillFrom(last, any);
  any.value = last.value;
  any.elements = last.elements;
  return any;
}

// All rounds' results on top of each other.
Inferred Scanned(const Trips& trips, const std::optional<Rounds>& rounds, size_t i, Inferred any) {
  if (rounds && i < rounds->scanned.size()) FillFrom(rounds->scanned[i], any);
  return Stacked(any, 0, trips.length());
}

}  // namespace

absl::Status InferLoop(Instantiation& in, NodeId id) {
  const RegionId body = in.NodeAt(id).bodies[0];
  if (RegionAt(in, body).inputs.size() < 2) {
    return absl::InvalidArgumentError(absl::StrCat("node '", Label(in, id), "' (Loop): the body has ",
                                                   RegionAt(in, body).inputs.size(), " inputs, expected at least 2"));
  }
  Loop loop{in, id, body};
  for (size_t i = 2; i < RegionAt(in, body).inputs.size(); ++i) {
    const TensorId t = loop.input(i);
    loop.initial.push_back(t == kNone ? Inferred{} : Describe(in, t));
  }
  loop.settled = loop.initial;
  const NoteMark mark(in);
  AssignRound(in, body, std::nullopt);
  if (absl::Status s = Settle(in, body, 2, 1, loop.settled); !s.ok()) return s;
  Trips trips = CountTrips(loop);
  std::vector<Inferred> any;  // the results of any round
  for (const TensorId t : RegionAt(in, body).outputs) any.push_back(Describe(in, t));

  const int64_t budget = in.round_budget;
  const std::optional<Rounds> rounds = Follow(loop, trips);
  if (rounds && !trips.exact) trips = {rounds->count(), false, true};
  if (in.round_budget != budget) {
    mark.Restore(in);
    if (absl::Status s = TypeAgain(loop, rounds, mark); !s.ok()) return s;
  }
  SetTrips(in, id, trips);
  std::vector<Inferred> outputs;
  for (size_t i = 0; i + 1 < any.size(); ++i) {
    outputs.push_back(i < loop.initial.size() ? Final(loop, trips, rounds, i, std::move(any[i + 1]))
                                              : Scanned(trips, rounds, i - loop.initial.size(), any[i + 1]));
  }
  ApplyAll(in, id, std::move(outputs));
  return absl::OkStatus();
}

}  // namespace opcost::internal
