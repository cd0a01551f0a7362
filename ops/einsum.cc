// Einsum, parsed whole: blanks, capital letters, `...`, implicit outputs, repeated labels, any number of operands.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "ops/rule.h"

namespace opcost {
namespace {

// 52 letters, then the axes of `...` counted from the last.
constexpr int kLetters = 52;
constexpr int kMaxLabels = 128;
using LabelSet = std::vector<int>;  // sorted, distinct

// ASCII order, as the implicit output sorts: capitals first.
int LabelOf(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return 26 + (c - 'a');
  return kNone;
}

struct Equation {
  std::vector<std::string> terms;  // blanks removed
  std::string output;
  bool explicit_output = false;
};

Equation Split(absl::string_view text) {
  Equation e;
  std::string current;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ' ' || c == '\t' || c == '\n') continue;
    if (c == '-' || c == '>') {
      e.explicit_output = true;
      continue;
    }
    if (c == ',' && !e.explicit_output) {
      e.terms.push_back(current);
      current.clear();
      continue;
    }
    (e.explicit_output ? e.output : current) += c;
  }
  e.terms.push_back(current);
  return e;
}

// The labels of a term in the order of its axes; `ellipsis_rank` axes stand for `...`. False for what is no term.
bool LabelsOf(const std::string& term, int ellipsis_rank, std::vector<int>& labels) {
  for (size_t i = 0; i < term.size(); ++i) {
    if (term.compare(i, 3, "...") == 0) {
      for (int axis = ellipsis_rank; axis > 0; --axis) labels.push_back(kLetters + axis - 1);
      i += 2;
      continue;
    }
    const int label = LabelOf(term[i]);
    if (label == kNone) return false;
    labels.push_back(label);
  }
  return true;
}

int Letters(const std::string& term) {
  return static_cast<int>(std::count_if(term.begin(), term.end(), [](char c) { return c != '.'; }));
}

LabelSet Sorted(std::vector<int> labels) {
  std::sort(labels.begin(), labels.end());
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  return labels;
}

LabelSet Union(const LabelSet& a, const LabelSet& b) {
  LabelSet r = a;
  r.insert(r.end(), b.begin(), b.end());
  return Sorted(std::move(r));
}

LabelSet Intersection(const LabelSet& a, const LabelSet& b) {
  LabelSet r;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(r));
  return r;
}

struct Contraction {
  std::vector<LabelSet> operands;
  LabelSet output;
  std::array<Amount, kMaxLabels> extents;
};

// Labels and extents of all operands. False when the equation does not fit the operands' ranks.
bool Read(const Tally& t, Contraction& c) {
  const Equation e = Split(t.String("equation", ""));
  if (e.terms.size() != static_cast<size_t>(t.num_inputs())) return false;
  c.extents.fill(Amount(1));
  int widest_ellipsis = 0;
  std::vector<int> seen;
  for (size_t i = 0; i < e.terms.size(); ++i) {
    const int rank = t.InRank(static_cast<int>(i));
    const int ellipsis = rank - Letters(e.terms[i]);
    if (rank < 0 || ellipsis < 0 || ellipsis > kMaxLabels - kLetters) return false;
    widest_ellipsis = std::max(widest_ellipsis, ellipsis);
    std::vector<int> labels;
    if (!LabelsOf(e.terms[i], ellipsis, labels) || static_cast<int>(labels.size()) != rank) return false;
    for (int axis = 0; axis < rank; ++axis) {
      // Extents of 1 broadcast.
      Amount& extent = c.extents[static_cast<size_t>(labels[static_cast<size_t>(axis)])];
      extent = Max(extent, t.InDim(static_cast<int>(i), axis));
    }
    seen.insert(seen.end(), labels.begin(), labels.end());
    c.operands.push_back(Sorted(std::move(labels)));
  }
  std::vector<int> output;
  if (e.explicit_output) {
    if (!LabelsOf(e.output, widest_ellipsis, output)) return false;
  } else {
    // Without "->": `...` and each letter that occurs once.
    for (int label : Sorted(seen)) {
      if (label >= kLetters || std::count(seen.begin(), seen.end(), label) == 1) output.push_back(label);
    }
  }
  c.output = Sorted(std::move(output));
  return true;
}

Amount Product(const Contraction& c, const LabelSet& labels) {
  Amount n = 1;
  for (int label : labels) n = n * c.extents[static_cast<size_t>(label)];
  return n;
}

// Two operands: the product of all distinct labels' extents, as MACs if a label is contracted, else as operations (a
// multiplication for each element of Y). More operands: left to right; a better order is not searched for. One operand
// has no MACs: numel(X) operations where it sums, none where it only permutes.
void Einsum(Tally& t, const Rule&) {
  Contraction c;
  if (!Read(t, c)) return t.Incomplete();
  const DType dtype = t.InType(0);
  if (c.operands.size() == 1) {
    if (Intersection(c.operands[0], c.output).size() < c.operands[0].size()) t.Ops(dtype, t.InElements(0));
    return;
  }
  LabelSet left = c.operands[0];
  for (size_t i = 1; i < c.operands.size(); ++i) {
    LabelSet needed = c.output;
    for (size_t j = i + 1; j < c.operands.size(); ++j) needed = Union(needed, c.operands[j]);
    const LabelSet both = Union(left, c.operands[i]);
    left = Intersection(both, needed);
    const Amount size = Product(c, both);
    left.size() < both.size() ? t.Macs(dtype, size) : t.Ops(dtype, size);
  }
}

constexpr Rule kRules[] = {
    {kOnnx, "Einsum", 12, kNewest, Einsum, "einsum", kE,
     "MACs ∏ extents of all distinct labels if one is contracted, else numel(Y) ops; operands left to right; one "
     "operand "
     "0 MACs"},
};

}  // namespace

absl::Span<const Rule> EinsumRules() { return kRules; }

}  // namespace opcost
