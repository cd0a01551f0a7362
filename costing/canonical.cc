#include "costing/canonical.h"

#include "absl/strings/str_cat.h"

namespace opcost {
namespace {

constexpr absl::string_view kRepeats = "repeats";
// A row's formula has a few dozen nodes. A report from a file may hold anything.
constexpr size_t kMostNodes = 1024;
constexpr size_t kMostFactors = 64;
constexpr size_t kMostTerms = 64;

const FormulaNode& NodeAt(const Formula& f, int32_t i) { return f.nodes[static_cast<size_t>(i)]; }

bool ReadProduct(const Formula& f, int32_t at, bool divides, Product& product) {
  const FormulaNode& n = NodeAt(f, at);
  if (product.size() >= kMostFactors) return false;
  switch (n.kind) {
    case ExprKind::kWork:
    case ExprKind::kCoefficient:
    case ExprKind::kCurve:
      product.push_back({&n, divides});
      return true;
    case ExprKind::kMul:
      return ReadProduct(f, n.children[0], divides, product) && ReadProduct(f, n.children[1], divides, product);
    case ExprKind::kDiv:
      return ReadProduct(f, n.children[0], divides, product) && ReadProduct(f, n.children[1], !divides, product);
    default:
      return false;
  }
}

bool ReadTerms(const Formula& f, int32_t at, std::vector<CanonicalTerm>& terms);

bool ReadCore(const Formula& f, const FormulaNode& n, Core core, std::vector<CanonicalTerm>& terms) {
  CanonicalTerm term{.core = core};
  for (size_t i = 0; i < n.children.size(); ++i) {
    if (!ReadProduct(f, n.children[i], false, term.products[kFirst + i])) return false;
  }
  terms.push_back(std::move(term));
  return true;
}

// A product times a sum of terms: the product goes into each.
bool ReadScaled(const Formula& f, int32_t scale, int32_t rest, bool divides, std::vector<CanonicalTerm>& terms) {
  Product product;
  std::vector<CanonicalTerm> inner;
  if (!ReadProduct(f, scale, divides, product) || !ReadTerms(f, rest, inner)) return false;
  for (CanonicalTerm& term : inner) {
    term.products[kOuter].insert(term.products[kOuter].end(), product.begin(), product.end());
    terms.push_back(std::move(term));
  }
  return true;
}

bool ReadTerms(const Formula& f, int32_t at, std::vector<CanonicalTerm>& terms) {
  const FormulaNode& n = NodeAt(f, at);
  if (terms.size() >= kMostTerms) return false;
  CanonicalTerm plain;
  if (ReadProduct(f, at, false, plain.products[kOuter])) {
    terms.push_back(std::move(plain));
    return true;
  }
  switch (n.kind) {
    case ExprKind::kSum:
      for (int32_t child : n.children) {
        if (!ReadTerms(f, child, terms)) return false;
      }
      return true;
    case ExprKind::kMax:
    case ExprKind::kOverlap: {
      const size_t sides = n.kind == ExprKind::kMax ? 2 : 3;
      return n.children.size() == sides && ReadCore(f, n, Core::kOverlap, terms);
    }
    case ExprKind::kHinge:
      return ReadCore(f, n, Core::kHinge, terms);
    case ExprKind::kMul:
      return ReadScaled(f, n.children[0], n.children[1], false, terms) ||
             ReadScaled(f, n.children[1], n.children[0], false, terms);
    case ExprKind::kDiv:
      return ReadScaled(f, n.children[1], n.children[0], true, terms);
    default:
      return false;
  }
}

}  // namespace

std::optional<std::vector<CanonicalTerm>> Canonical(const Formula& formula) {
  std::vector<CanonicalTerm> terms;
  if (formula.empty() || formula.nodes.size() > kMostNodes ||
      !ReadTerms(formula, static_cast<int32_t>(formula.nodes.size()) - 1, terms)) {
    return std::nullopt;
  }
  return terms;
}

std::string RoleOf(const CanonicalTerm& term) {
  if (term.core == Core::kOverlap) return "overlap";
  std::string role = term.core == Core::kHinge ? "hinge" : "";
  for (Place place : {kOuter, kFirst}) {
    for (const Factor& factor : term.products[place]) {
      if (factor.leaf->kind != ExprKind::kWork || factor.leaf->key == kRepeats) continue;
      absl::StrAppend(&role, role.empty() ? "" : " ", factor.leaf->key);
    }
  }
  return role;
}

ClassProducts ProductsByClass(const CanonicalTerm& term) {
  ClassProducts result;
  for (size_t p = 0; p < kPlaces; ++p) {
    result[p].fill(1);
    for (const Factor& factor : term.products[p]) {
      double& product = result[p][static_cast<size_t>(factor.leaf->term_class)];
      product = factor.divides ? product / factor.leaf->value : product * factor.leaf->value;
    }
  }
  return result;
}

double ValueOf(Core core, const std::array<double, kPlaces>& places) {
  switch (core) {
    case Core::kOverlap:
      return places[kOuter] * OverlapOf(places[kFirst], places[kSecond], places[kWeight]);
    case Core::kHinge:
      return places[kOuter] * HingeOf(places[kFirst], places[kSecond]);
    case Core::kNone:
      break;
  }
  return places[kOuter];
}

}  // namespace opcost
