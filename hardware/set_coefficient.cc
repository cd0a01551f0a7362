// `--set key=value`: a layer on top of whatever the profile says.
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/text.h"
#include "hardware/target.h"
#include "hardware/vocabulary.h"

namespace opcost {
namespace {

constexpr absl::string_view kCapacityKey = "memory.capacity_bytes";
constexpr absl::string_view kEfficiency = "efficiency";

std::string LastPart(absl::string_view key) {
  const size_t dot = key.rfind('.');
  return std::string(dot == absl::string_view::npos ? key : key.substr(dot + 1));
}

absl::Status CheckRange(const Coefficient& coefficient, double value) {
  if (Contains(coefficient.range, value)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      coefficient.key, ": ", absl::StrFormat("%g", value), ", expected a number ", ToString(coefficient.range),
      coefficient.unit.empty() ? "" : absl::StrCat(" in ", coefficient.unit)));
}

// A curve's points must stay in order: an x may not pass its neighbours.
absl::Status CheckOrder(const Target& target, CoefficientId id, double value) {
  for (const Curve& curve : target.curves) {
    for (size_t i = 0; i < curve.points.size(); ++i) {
      if (curve.points[i].x != id) continue;
      const auto x = [&](size_t j) { return target.coefficients[static_cast<size_t>(curve.points[j].x)].value(); };
      const double low = i == 0 ? 0 : x(i - 1);
      const bool last = i + 1 == curve.points.size();
      if (value < low || (!last && value > x(i + 1))) {
        return absl::InvalidArgumentError(
            absl::StrCat(target.coefficients[static_cast<size_t>(id)].key, ": ", absl::StrFormat("%g", value),
                         ", expected a number between its neighbours, at least ", absl::StrFormat("%g", low),
                         last ? "" : absl::StrFormat(" and at most %g", x(i + 1))));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status Push(Target& target, CoefficientId id, double value, absl::string_view source) {
  Coefficient& coefficient = target.coefficients[static_cast<size_t>(id)];
  if (absl::Status status = CheckRange(coefficient, value); !status.ok()) return status;
  if (absl::Status status = CheckOrder(target, id, value); !status.ok()) return status;
  coefficient.layers.push_back({std::string(source), value});
  return absl::OkStatus();
}

CoefficientId AddShape(Target& target, Coefficient shape, double value, absl::string_view source) {
  shape.provenance = std::string(source);
  shape.evidence = Evidence::kAssumed;
  shape.layers = {{std::string(source), value}};
  target.coefficients.push_back(std::move(shape));
  return static_cast<CoefficientId>(target.coefficients.size()) - 1;
}

// A time formula has no efficiency: what takes its place is a share of the physical peak behind the formula's own
// launch, with memory as the target's default has it.
void LikeTime(const Target& target, Precision precision, Entry& entry) {
  const auto by_default = std::find_if(target.entries.begin(), target.entries.end(),
                                       [&](const Entry& e) { return e.is_default && e.precision == precision; });
  EfficiencyForm form = *by_default->efficiency;
  if (entry.time->launch != kNoId) form.dispatch = entry.time->launch;
  form.curve = kNoId;
  entry.efficiency = form;
  entry.time.reset();
  entry.observed.clear();
  entry.may_beat_limit.clear();
}

// Gives `pattern` at `precision` an entry of its own, with a flat efficiency, made from what prices it now.
absl::Status Flatten(Target& target, Pattern pattern, Precision precision, double value, absl::string_view source) {
  const std::string key = absl::StrCat(Name(pattern), ".", Name(precision));
  const std::string curve_key = absl::StrCat(key, ".", kEfficiency);
  const CoefficientId existing = target.Find(curve_key);
  if (existing != kNoId) return Push(target, existing, value, source);
  Coefficient shape = EfficiencyShape(curve_key);
  if (absl::Status status = CheckRange(shape, value); !status.ok()) return status;
  const Lookup found = FindEntry(target, pattern, precision);
  Entry entry = target.entries[static_cast<size_t>(found.entry)];
  if (entry.time) LikeTime(target, precision, entry);
  const Metric x = entry.efficiency->curve == kNoId ? entry.efficiency->work
                                                    : target.curves[static_cast<size_t>(entry.efficiency->curve)].x;
  const CoefficientId id = AddShape(target, std::move(shape), value, source);
  target.curves.push_back({curve_key, x, Interpolation::kLogLinear, {CurvePoint{kNoId, id, 0, 0, Evidence::kAssumed}}});
  entry.efficiency->curve = static_cast<CurveId>(target.curves.size()) - 1;
  entry.is_default = false;
  entry.kernel_class.reset();
  entry.key = key;
  entry.pattern = pattern;
  entry.precision = precision;
  entry.range.reset();
  entry.relative_spread.reset();
  entry.evidence = Evidence::kAssumed;
  entry.provenance = std::string(source);
  entry.declared_at = std::string(source);
  for (Entry& own : target.entries) {
    if (!own.is_default && !own.kernel_class && own.pattern == pattern && own.precision == precision) {
      own = std::move(entry);
      return absl::OkStatus();
    }
  }
  target.entries.push_back(std::move(entry));
  return absl::OkStatus();
}

// Where kernels have classes, a pattern's efficiency would price next to nothing: refused rather than ignored.
absl::Status RefuseForKernels(const Target& target, absl::string_view key) {
  for (const Entry& entry : target.entries) {
    if (!entry.kernel_class || !entry.time) continue;
    const TimeForm& time = *entry.time;
    const CoefficientId id = time.launch != kNoId ? time.launch : time.terms.front().seconds_per_unit;
    return absl::InvalidArgumentError(absl::StrCat(
        key, ": ", target.FullName(),
        " prices classes of kernels, not patterns, by time formulas; expected a coefficient of one, such as ",
        target.coefficients[static_cast<size_t>(id)].key));
  }
  return absl::OkStatus();
}

// "conv2d.efficiency", "conv2d.fp32.efficiency"; nullopt where the key has another form. A pattern or a precision that
// does not exist is an error.
std::optional<absl::Status> SetEfficiency(Target& target, absl::string_view key, double value,
                                          absl::string_view source) {
  const std::vector<std::string> parts = absl::StrSplit(key, '.');
  if (parts.size() < 2 || parts.size() > 3 || parts.back() != kEfficiency) return std::nullopt;
  absl::StatusOr<Pattern> pattern = ParsePattern(parts[0]);
  if (!pattern.ok()) return absl::NotFoundError(absl::StrCat(key, ": ", pattern.status().message()));
  if (absl::Status status = RefuseForKernels(target, key); !status.ok()) return status;
  if (parts.size() == 3 && parts[1] != "any") {
    absl::StatusOr<Precision> precision = ParsePrecision(parts[1]);
    if (!precision.ok()) return absl::NotFoundError(absl::StrCat(key, ": ", precision.status().message()));
    if (!target.Supports(*precision)) {
      return absl::InvalidArgumentError(absl::StrCat(key, ": ", target.FullName(), " has no ", Name(*precision)));
    }
    return Flatten(target, *pattern, *precision, value, source);
  }
  // Of every precision, or of none: a value out of range leaves the target as it was.
  Target changed = target;
  for (Precision precision : AllPrecisions()) {
    if (!changed.Supports(precision)) continue;
    absl::Status status = Flatten(changed, *pattern, precision, value, source);
    if (!status.ok()) return status;
  }
  target = std::move(changed);
  return absl::OkStatus();
}

absl::Status UnknownKey(const Target& target, absl::string_view key) {
  std::vector<std::string> candidates;
  for (const Coefficient& coefficient : target.coefficients) {
    candidates.push_back(coefficient.key);
    candidates.push_back(LastPart(coefficient.key));
  }
  candidates.emplace_back(kCapacityKey);
  for (int i = 0; i < static_cast<int>(Pattern::kCount); ++i) {
    candidates.push_back(absl::StrCat(Name(static_cast<Pattern>(i)), ".", kEfficiency));
  }
  return absl::NotFoundError(absl::StrCat("'", key, "' is no coefficient of ", target.FullName(),
                                          DidYouMean(key, candidates), "; `opcost hw show` lists them"));
}

}  // namespace

absl::Status SetCoefficient(Target& target, absl::string_view key, double value, absl::string_view source) {
  const CoefficientId exact = target.Find(key);
  if (exact != kNoId) return Push(target, exact, value, source);
  if (key == kCapacityKey || key == LastPart(kCapacityKey)) {
    Coefficient shape;
    for (const KeyRow& row : KeyRows()) {
      if (absl::StrCat(row.section, ".", row.name) == kCapacityKey) shape = ShapeOf(row);
    }
    if (target.capacity != kNoId) return Push(target, target.capacity, value, source);
    if (absl::Status status = CheckRange(shape, value); !status.ok()) return status;
    target.capacity = AddShape(target, std::move(shape), value, source);
    return absl::OkStatus();
  }
  if (std::optional<absl::Status> status = SetEfficiency(target, key, value, source)) return *status;
  std::vector<std::string> matches;
  for (const Coefficient& coefficient : target.coefficients) {
    if (LastPart(coefficient.key) == key) matches.push_back(coefficient.key);
  }
  if (matches.size() == 1) return Push(target, target.Find(matches.front()), value, source);
  if (matches.size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", key, "' names ", matches.size(), " coefficients: ", absl::StrJoin(matches, ", ")));
  }
  return UnknownKey(target, key);
}

}  // namespace opcost
