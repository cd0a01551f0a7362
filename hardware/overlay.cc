// Modes: one draft laid over another.
#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "hardware/draft.h"

namespace opcost {
const Placed* Draft::Find(absl::string_view key) const {
  for (const Placed& placed : coefficients) {
    if (placed.coefficient.key == key) return &placed;
  }
  return nullptr;
}

Draft Overlay(const Draft& base, const Draft& over) {
  Draft merged = base;
  for (const std::string& section : over.replaces) {
    if (section == "pattern" || section == "kernel") {
      merged.entries.erase(std::remove_if(merged.entries.begin(), merged.entries.end(),
                                          [&](const DraftEntry& entry) {
                                            return entry.kernel_class.has_value() == (section == "kernel");
                                          }),
                           merged.entries.end());
    }
    if (section == "exact") merged.exact.clear();
    if (section == "limit") merged.limits.clear();
    if (section == "notes") merged.notes.clear();
    if (section == "calibration") {
      merged.calibrated = false;
      merged.facts.clear();
    }
    merged.coefficients.erase(
        std::remove_if(merged.coefficients.begin(), merged.coefficients.end(),
                       [&](const Placed& placed) { return absl::StartsWith(placed.coefficient.key, section + "."); }),
        merged.coefficients.end());
  }
  if (over.inherited_curves) {
    for (DraftEntry& entry : merged.entries) {
      for (DraftPoint& point : entry.points) {
        point.y.evidence = std::max(point.y.evidence, *over.inherited_curves);
        if (point.x) point.x->evidence = point.y.evidence;
      }
      for (std::optional<Coefficient>* own : {&entry.memory_fraction, &entry.dispatch, &entry.launch}) {
        if (*own) (*own)->evidence = std::max((*own)->evidence, *over.inherited_curves);
      }
    }
  }
  for (const Placed& placed : over.coefficients) {
    const auto same = std::find_if(merged.coefficients.begin(), merged.coefficients.end(), [&](const Placed& other) {
      return other.coefficient.key == placed.coefficient.key;
    });
    if (same == merged.coefficients.end()) {
      merged.coefficients.push_back(placed);
      continue;
    }
    std::vector<Layer> layers = same->coefficient.layers;
    layers.push_back(placed.coefficient.layers.back());
    *same = placed;
    same->coefficient.layers = std::move(layers);
  }
  for (const auto& [precision, limit] : over.limits) merged.limits[precision] = limit;
  for (const DraftEntry& entry : over.entries) {
    const auto same = std::find_if(merged.entries.begin(), merged.entries.end(),
                                   [&](const DraftEntry& other) { return other.key == entry.key; });
    if (same == merged.entries.end()) {
      merged.entries.push_back(entry);
    } else {
      *same = entry;
    }
  }
  if (over.default_work) merged.default_work = over.default_work;
  if (merged.default_line == 0) merged.default_line = over.default_line;
  for (const DraftExact& point : over.exact) {
    const auto same = std::find_if(merged.exact.begin(), merged.exact.end(),
                                   [&](const DraftExact& other) { return other.signature == point.signature; });
    if (same == merged.exact.end()) {
      merged.exact.push_back(point);
    } else {
      *same = point;
    }
  }
  merged.notes.insert(merged.notes.end(), over.notes.begin(), over.notes.end());
  for (const auto& [key, fact] : over.facts) merged.facts[key] = fact;
  merged.calibrated = merged.calibrated || over.calibrated;
  merged.description = over.description;
  return merged;
}

}  // namespace opcost
