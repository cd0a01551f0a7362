// A formula read as a sum of terms of a few kinds, so that two of them can be laid side by side.
#ifndef OPCOST_COSTING_CANONICAL_H_
#define OPCOST_COSTING_CANONICAL_H_

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "costing/formula.h"

namespace opcost {

inline constexpr size_t kTermClasses = static_cast<size_t>(TermClass::kStructure) + 1;

struct Factor {
  const FormulaNode* leaf = nullptr;
  bool divides = false;
};
using Product = absl::InlinedVector<Factor, 4>;

enum class Core : uint8_t { kNone, kOverlap, kHinge };
// Where in a term a product stands: before the core, its two sides, the weight of the overlap.
enum Place : uint8_t { kOuter, kFirst, kSecond, kWeight, kPlaces };

// outer · overlap(first, second, weight), outer · max(0, first − second), or outer alone. A product of nothing is 1.
struct CanonicalTerm {
  Core core = Core::kNone;
  std::array<Product, kPlaces> products;
};

// The terms; nullopt when the formula is made of something else. They point into `formula`.
std::optional<std::vector<CanonicalTerm>> Canonical(const Formula& formula);

// What a term is about: its core and the work it counts ("dispatches", "overlap", "hinge bytes"). Terms with the same
// role stand side by side.
std::string RoleOf(const CanonicalTerm& term);

using ClassProducts = std::array<std::array<double, kTermClasses>, kPlaces>;
// The product of each class's factors in each place.
ClassProducts ProductsByClass(const CanonicalTerm& term);
double ValueOf(Core core, const std::array<double, kPlaces>& places);

}  // namespace opcost

#endif  // OPCOST_COSTING_CANONICAL_H_
