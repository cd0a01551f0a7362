#include "frontend/patterns/form_requirements.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace opcost {
namespace {

// Fills in what can produce each term's tensor, from the arguments upwards; terms are shared, each is `done` once.
void FindStarts(Form& form, int16_t id, std::vector<bool>& done) {
  FormTerm& term = form.terms[static_cast<size_t>(id)];
  if (done[static_cast<size_t>(id)]) return;
  done[static_cast<size_t>(id)] = true;
  for (int16_t child : term.children) FindStarts(form, child, done);
  using Kind = FormTerm::Kind;
  const bool bare = term.kind == Kind::kVariable && term.children.empty();
  term.starts = term.ops;
  term.starts_anywhere = bare || term.kind == Kind::kAny || term.kind == Kind::kDynamic || term.kind == Kind::kConst;
  // The arguments of a node are behind it; those of all others may stand in their place.
  if (term.kind == Kind::kNode) return;
  for (int16_t child : term.children) {
    term.starts |= form.terms[static_cast<size_t>(child)].starts;
    term.starts_anywhere = term.starts_anywhere || form.terms[static_cast<size_t>(child)].starts_anywhere;
  }
}

// The sets of operators that every match of a term has a node of. Terms are shared, so each is worked out once.
class RequiredSets {
 public:
  explicit RequiredSets(const Form& form) : form_(form), known_(form.terms.size()) {}

  const std::vector<OpSet>& Of(int16_t id) {
    std::optional<std::vector<OpSet>>& known = known_[static_cast<size_t>(id)];
    if (!known) known = Find(form_.terms[static_cast<size_t>(id)]);
    return *known;
  }

 private:
  static bool Holds(const std::vector<OpSet>& sets, const OpSet& set) {
    return std::find(sets.begin(), sets.end(), set) != sets.end();
  }

  std::vector<OpSet> Find(const FormTerm& term) {
    std::vector<OpSet> all;
    if (term.kind == FormTerm::Kind::kChoice) {
      all = Of(term.children[0]);
      for (int16_t child : term.children) {
        const std::vector<OpSet>& other = Of(child);
        std::erase_if(all, [&](const OpSet& set) { return !Holds(other, set); });
      }
      return all;
    }
    if (term.kind == FormTerm::Kind::kNode) all.push_back(term.ops);
    for (int16_t child : term.children) {
      for (const OpSet& set : Of(child)) {
        if (!Holds(all, set)) all.push_back(set);
      }
    }
    return all;
  }

  const Form& form_;
  std::vector<std::optional<std::vector<OpSet>>> known_;
};

// Without the one that stands for all that no form names.
std::vector<OpId> Listed(const OpSet& ops) {
  std::vector<OpId> list;
  for (int op = 1; op < kMaxOps; ++op) {
    if (ops[static_cast<size_t>(op)]) list.push_back(static_cast<OpId>(op));
  }
  return list;
}

}  // namespace

void FindRequirements(Form& form) {
  std::vector<bool> done(form.terms.size(), false);
  FindStarts(form, form.root, done);
  form.first = form.terms[static_cast<size_t>(form.root)].starts;
  form.first.reset(0);
  const std::vector<OpSet> required = RequiredSets(form).Of(form.root);
  for (const OpSet& ops : required) form.required.push_back(Listed(ops));
}

}  // namespace opcost
