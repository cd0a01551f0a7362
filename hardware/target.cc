#include "hardware/target.h"

#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"

namespace opcost {
namespace {

EntryId EntryOf(const Target& target, Pattern pattern, std::optional<Precision> precision) {
  for (size_t i = 0; i < target.entries.size(); ++i) {
    const Entry& entry = target.entries[i];
    if (!entry.is_default && entry.pattern == pattern && entry.precision == precision) return static_cast<EntryId>(i);
  }
  return kNoId;
}

EntryId DefaultOf(const Target& target, Precision precision) {
  EntryId slowest = kNoId;
  double least = 0;
  for (size_t i = 0; i < target.entries.size(); ++i) {
    const Entry& entry = target.entries[i];
    if (!entry.is_default) continue;
    if (entry.precision == precision || !entry.efficiency) return static_cast<EntryId>(i);
    const double rate = target.coefficients[static_cast<size_t>(entry.efficiency->rate)].value();
    if (slowest == kNoId || rate < least) {
      slowest = static_cast<EntryId>(i);
      least = rate;
    }
  }
  return slowest;
}

}  // namespace

std::string Target::FullName() const { return mode.empty() ? id : absl::StrCat(id, ":", mode); }

CoefficientId Target::Find(absl::string_view key) const {
  for (size_t i = 0; i < coefficients.size(); ++i) {
    if (coefficients[i].key == key) return static_cast<CoefficientId>(i);
  }
  return kNoId;
}

bool Target::Supports(Precision precision) const {
  return precision != Precision::kCount && peak[static_cast<size_t>(precision)] != kNoId;
}

Lookup FindEntry(const Target& target, Pattern pattern, Precision precision) {
  int steps = 0;
  for (std::optional<Pattern> at = pattern; at; at = Parent(*at), ++steps) {
    EntryId entry = EntryOf(target, *at, precision);
    if (entry == kNoId) entry = EntryOf(target, *at, std::nullopt);
    if (entry != kNoId) return {entry, steps};
  }
  return {DefaultOf(target, precision), steps};
}

}  // namespace opcost
