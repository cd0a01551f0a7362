#include "hardware/target.h"

#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"

namespace opcost {
namespace {

template <typename Wanted>
EntryId EntryOf(const Target& target, const Wanted& wanted, std::optional<Precision> precision) {
  for (size_t i = 0; i < target.entries.size(); ++i) {
    const Entry& entry = target.entries[i];
    if (!entry.is_default && wanted(entry) && entry.precision == precision) return static_cast<EntryId>(i);
  }
  return kNoId;
}

// At this precision, else at any.
template <typename Wanted>
EntryId EntryAtOrAny(const Target& target, const Wanted& wanted, Precision precision) {
  const EntryId entry = EntryOf(target, wanted, precision);
  return entry != kNoId ? entry : EntryOf(target, wanted, std::nullopt);
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
    const auto wanted = [&](const Entry& entry) { return !entry.kernel_class && entry.pattern == *at; };
    const EntryId entry = EntryAtOrAny(target, wanted, precision);
    if (entry != kNoId) return {entry, steps};
  }
  return {DefaultOf(target, precision), steps};
}

Lookup FindEntry(const Target& target, KernelClass kernel_class, Pattern pattern, Precision precision) {
  int steps = 0;
  for (std::optional<KernelClass> at = kernel_class; at; at = Parent(*at), ++steps) {
    const auto wanted = [&](const Entry& entry) { return entry.kernel_class == *at; };
    const EntryId entry = EntryAtOrAny(target, wanted, precision);
    if (entry != kNoId) return {entry, steps};
  }
  Lookup found = FindEntry(target, pattern, precision);
  found.steps += steps;
  return found;
}

}  // namespace opcost
