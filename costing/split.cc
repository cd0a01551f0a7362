#include "costing/split.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "costing/canonical.h"
#include "costing/shapley.h"

namespace opcost {
namespace {

constexpr absl::string_view kStructure = "structure";

// A factor on both sides under one name. A side that lacks it has 1.
struct NamedRatio {
  std::string key;
  double a = 1, b = 1;  // as written: a rate stands here as a rate, though it divides
  bool divides = false;
  bool both = false;
  // Of the product, not of the value.
  double log_ratio() const { return a == b ? 0 : (divides ? -1 : 1) * std::log(b / a); }
};

std::string KeyOf(const FormulaNode& leaf) {
  return leaf.kind == ExprKind::kWork ? absl::StrCat("work: ", leaf.key) : leaf.key;
}

std::vector<const Factor*> OfClass(const Product& product, TermClass c) {
  std::vector<const Factor*> factors;
  for (const Factor& f : product) {
    if (f.leaf->term_class == c) factors.push_back(&f);
  }
  return factors;
}

// Factors that only one side has, as one: "conv2d.fp32.efficiency → efficiency_factor × tile_utilization".
NamedRatio Leftover(const std::vector<const Factor*>& a, const std::vector<const Factor*>& b) {
  NamedRatio left{.both = !a.empty() && !b.empty()};
  left.divides = (a.empty() ? b : a).front()->divides;
  std::vector<std::string> names_a, names_b;
  for (const Factor* f : a) {
    names_a.push_back(KeyOf(*f->leaf));
    left.a *= f->divides == left.divides ? f->leaf->value : 1 / f->leaf->value;
  }
  for (const Factor* f : b) {
    names_b.push_back(KeyOf(*f->leaf));
    left.b *= f->divides == left.divides ? f->leaf->value : 1 / f->leaf->value;
  }
  const std::string text_a = absl::StrJoin(names_a, " × "), text_b = absl::StrJoin(names_b, " × ");
  left.key = left.both ? absl::StrCat(text_a, " → ", text_b) : absl::StrCat(text_a, text_b);
  return left;
}

std::vector<NamedRatio> Ratios(const Product& a, const Product& b, TermClass c) {
  std::vector<const Factor*> only_a = OfClass(a, c), only_b = OfClass(b, c);
  std::vector<NamedRatio> ratios;
  for (auto it = only_a.begin(); it != only_a.end();) {
    const auto same = std::find_if(only_b.begin(), only_b.end(), [&](const Factor* f) {
      return f->leaf->key == (*it)->leaf->key && f->divides == (*it)->divides;
    });
    if (same == only_b.end()) {
      ++it;
      continue;
    }
    ratios.push_back({KeyOf(*(*it)->leaf), (*it)->leaf->value, (*same)->leaf->value, (*it)->divides, true});
    only_b.erase(same);
    it = only_a.erase(it);
  }
  if (!only_a.empty() || !only_b.empty()) ratios.push_back(Leftover(only_a, only_b));
  return ratios;
}

// Logarithmic-mean shares: each factor of a product takes the change in proportion to the logarithm of its ratio.
void ShareOut(double delta, TermClass c, const std::vector<NamedRatio>& ratios, std::vector<DiffTerm>& terms) {
  double sum = 0, size = 0;
  size_t largest = 0;
  const auto usable = [](double r) { return std::isfinite(r); };
  bool all_usable = true;
  for (size_t i = 0; i < ratios.size(); ++i) {
    const double r = ratios[i].log_ratio();
    all_usable = all_usable && usable(r);
    if (!usable(r)) largest = i;  // from or to 0: that factor alone explains the product
    if (usable(r) && usable(ratios[largest].log_ratio()) && std::abs(r) > std::abs(ratios[largest].log_ratio())) {
      largest = i;
    }
    sum += r;
    size += std::abs(r);
  }
  // Ratios that cancel within rounding cannot be divided by.
  const bool divisible = all_usable && std::abs(sum) > 1e-12 * size;
  for (size_t i = 0; i < ratios.size(); ++i) {
    const NamedRatio& r = ratios[i];
    const double share = divisible ? delta * r.log_ratio() / sum : i == largest ? delta : 0;
    if (share == 0 && r.a == r.b) continue;
    DiffTerm term{.term_class = c, .key = r.key, .delta_s = share};
    if (r.both && r.a != 0) term.ratio = r.b / r.a;
    terms.push_back(std::move(term));
  }
}

struct Player {
  Place place;
  TermClass term_class;
};

void SplitTerm(const CanonicalTerm& a, const CanonicalTerm& b, std::vector<DiffTerm>& terms) {
  const ClassProducts of_a = ProductsByClass(a), of_b = ProductsByClass(b);
  std::vector<Player> players;
  std::vector<int32_t> groups;
  for (size_t p = 0; p < kPlaces; ++p) {
    for (size_t c = 0; c < kTermClasses; ++c) {
      if (of_a[p][c] == of_b[p][c]) continue;
      players.push_back({static_cast<Place>(p), static_cast<TermClass>(c)});
      groups.push_back(static_cast<int32_t>(c));
    }
  }
  if (players.empty()) return;
  const auto value = [&](uint32_t mask) {
    ClassProducts mixed = of_a;
    for (size_t i = 0; i < players.size(); ++i) {
      const size_t p = players[i].place, c = static_cast<size_t>(players[i].term_class);
      if ((mask >> i & 1u) != 0) mixed[p][c] = of_b[p][c];
    }
    std::array<double, kPlaces> places;
    for (size_t p = 0; p < kPlaces; ++p) {
      places[p] = 1;
      for (double product : mixed[p]) places[p] *= product;
    }
    return ValueOf(a.core, places);
  };
  const std::vector<double> shares = OwenValues(groups, value);
  for (size_t i = 0; i < players.size(); ++i) {
    const TermClass c = players[i].term_class;
    ShareOut(shares[i], c, Ratios(a.products[players[i].place], b.products[players[i].place], c), terms);
  }
}

// Whatever the named terms leave: parts without a counterpart, and the rounding of the rest.
void AddStructure(double delta, double scale, std::vector<DiffTerm>& terms) {
  double named = 0;
  for (const DiffTerm& t : terms) named += t.delta_s;
  const double rest = delta - named;
  if (rest == 0) return;
  const bool rounding = std::abs(rest) <= 1e-12 * scale;
  if (rounding && !terms.empty()) {
    std::max_element(terms.begin(), terms.end(), [](const DiffTerm& x, const DiffTerm& y) {
      return std::abs(x.delta_s) < std::abs(y.delta_s);
    })->delta_s += rest;
    return;
  }
  terms.push_back({TermClass::kStructure, std::string(kStructure.data(), kStructure.size()), rest, std::nullopt});
}

}  // namespace

std::vector<DiffTerm> SplitDifference(const Formula& a, const Formula& b) {
  const double at = Evaluate(a), bt = Evaluate(b);
  std::vector<DiffTerm> terms;
  const auto terms_a = Canonical(a);
  auto terms_b = Canonical(b);
  if (terms_a && terms_b) {
    for (const CanonicalTerm& term : *terms_a) {
      const std::string role = RoleOf(term);
      const auto same =
          std::find_if(terms_b->begin(), terms_b->end(), [&](const CanonicalTerm& t) { return RoleOf(t) == role; });
      if (same == terms_b->end()) continue;
      SplitTerm(term, *same, terms);
      terms_b->erase(same);
    }
  }
  AddStructure(bt - at, std::abs(at) + std::abs(bt), terms);
  return terms;
}

}  // namespace opcost
