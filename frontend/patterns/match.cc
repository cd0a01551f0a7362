#include "frontend/patterns/match.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/functional/function_ref.h"

namespace opcost {
namespace {

constexpr int kMaxSteps = 4096;
constexpr int kMaxStar = 8;
constexpr double kValueTolerance = 1e-3;
constexpr int kVariables = 64;
constexpr uint8_t kInside = 1, kMayEscape = 2;

}  // namespace

bool NearLiteral(double value, double literal) {
  return std::abs(value - literal) <= kValueTolerance * std::max(std::abs(literal), kValueTolerance);
}

// One attempt: depth-first with continuations, so that a later mismatch returns to an earlier choice.
class Matcher::Search {
 public:
  using Next = absl::FunctionRef<bool()>;

  Search(Matcher& matcher, const Form& form, RegionId region)
      : view_(matcher.view_),
        taken_(matcher.taken_),
        inside_(matcher.inside_),
        form_(form),
        region_(region),
        through_quantization_(matcher.through_quantization_),
        nodes_(matcher.nodes_) {
    std::fill_n(bound_.begin(), form.variables, kNone);
  }

  bool Run(NodeId root, Match* match) {
    root_ = root;
    const TensorId out = view_.first_output[static_cast<size_t>(root)];
    if (out == kNone) return false;
    const bool found = MatchTerm(form_.root, out, [&] { return Closed(); });
    if (found) {
      match->nodes = nodes_;
      match->anchor = anchor_ == kNone ? root_ : anchor_;
      std::sort(match->nodes.begin(), match->nodes.end());
    }
    while (!nodes_.empty()) Pop();
    return found;
  }

 private:
  const FormTerm& At(int16_t id) const { return form_.terms[static_cast<size_t>(id)]; }

  void Push(NodeId n, uint8_t mark) {
    nodes_.push_back(n);
    inside_[static_cast<size_t>(n)] = mark;
  }
  void Pop() {
    inside_[static_cast<size_t>(nodes_.back())] = 0;
    nodes_.pop_back();
  }

  // Nothing but the root's outputs leaves.
  bool Closed() const {
    return std::all_of(nodes_.begin(), nodes_.end(), [&](NodeId n) {
      if (n == root_ || inside_[static_cast<size_t>(n)] == kMayEscape) return true;
      return std::all_of(view_.node(n).outputs.begin(), view_.node(n).outputs.end(),
                         [&](TensorId t) { return t == kNone || ReadInsideOnly(t); });
    });
  }
  bool ReadInsideOnly(TensorId t) const {
    const Tensor& tensor = view_.tensor(t);
    if (tensor.is_graph_output || IsRegionOutput(t)) return false;
    return std::all_of(tensor.consumers.begin(), tensor.consumers.end(), [&](NodeId reader) {
      return view_.IsStatic(reader) || inside_[static_cast<size_t>(reader)] != 0;
    });
  }
  bool IsRegionOutput(TensorId t) const {
    if (region_ == 0) return false;
    const std::vector<TensorId>& outputs = view_.graph.regions[static_cast<size_t>(region_)].outputs;
    return std::find(outputs.begin(), outputs.end(), t) != outputs.end();
  }

  bool MatchTerm(int16_t id, TensorId t, Next next) {
    if (--steps_ < 0 || t == kNone) return false;
    const FormTerm& term = At(id);
    switch (term.kind) {
      case FormTerm::Kind::kAny:
        return next();
      case FormTerm::Kind::kDynamic:
        return !view_.IsConstant(t) && next();
      case FormTerm::Kind::kConst:
        return MatchesConstant(term, t) && next();
      case FormTerm::Kind::kVariable:
        return MatchVariable(term, t, next);
      case FormTerm::Kind::kChoice:
        return std::any_of(term.children.begin(), term.children.end(),
                           [&](int16_t child) { return MatchTerm(child, t, next); });
      case FormTerm::Kind::kStar:
        return MatchStar(id, t, 0, next);
      case FormTerm::Kind::kNode:
        return MatchNode(id, t, next);
    }
    return false;
  }

  bool MatchesConstant(const FormTerm& term, TensorId t) const {
    if (!view_.IsConstant(t)) return false;
    if (!term.has_value) return true;
    double value = 0;
    return UniformValue(view_.graph, t, &value) && NearLiteral(value, term.value);
  }

  bool MatchVariable(const FormTerm& term, TensorId t, Next next) {
    TensorId& slot = bound_[static_cast<uint8_t>(term.variable)];
    if (slot != kNone)
      return slot == t && (term.children.empty() || MatchTerm(term.children[0], t, next)) && Done(term, next);
    slot = t;
    const bool found = term.children.empty() ? next() : MatchTerm(term.children[0], t, next);
    if (!found) slot = kNone;
    return found;
  }
  // A variable met again without a term of its own goes on; with one, the term has already gone on.
  static bool Done(const FormTerm& term, Next next) { return !term.children.empty() || next(); }

  // The node to try for a tensor; kNone when it cannot belong to the match.
  NodeId Candidate(TensorId t) const {
    const NodeId n = view_.LiveProducer(t);
    if (n == kNone || inside_[static_cast<size_t>(n)] != 0 || taken_[static_cast<size_t>(n)] != 0) return kNone;
    return view_.region[static_cast<size_t>(n)] == region_ ? n : kNone;
  }

  bool MatchNode(int16_t id, TensorId t, Next next) {
    const FormTerm& term = At(id);
    const OpId op = view_.producer_op[static_cast<size_t>(t)];
    const bool here = term.ops[op];
    if (!here && !IsPassive(op)) return false;
    const NodeId n = Candidate(t);
    if (n == kNone) return false;
    if (!here) return MatchThrough(id, n, next);
    if (!term.any_output && view_.first_output[static_cast<size_t>(n)] != t) return false;
    if (!MayHaveArguments(term, view_.Inputs(n))) return false;
    for (Predicate predicate : term.predicates) {
      if (!predicate(view_.graph, view_.node(n))) return false;
    }
    const NodeId anchor_before = anchor_;
    Push(n, term.may_escape ? kMayEscape : kInside);
    if (term.anchor) anchor_ = n;
    if (MatchArguments(term, view_.Inputs(n), next)) return true;
    anchor_ = anchor_before;
    Pop();
    return false;
  }

  bool IsPassive(OpId op) const { return view_.IsPassive(op) || (through_quantization_ && view_.IsQuantization(op)); }

  // Identity and Dropout do nothing: look behind them.
  bool MatchThrough(int16_t id, NodeId n, Next next) {
    if (view_.Inputs(n).empty()) return false;
    const TensorId out = view_.first_output[static_cast<size_t>(n)];
    const bool quantizes = view_.IsQuantization(view_.op[static_cast<size_t>(n)]);
    if (!nodes_.empty() && !quantizes && view_.live_readers[static_cast<size_t>(out)] != 1) return false;
    Push(n, kInside);
    if (MatchTerm(id, view_.Inputs(n)[0], next)) return true;
    Pop();
    return false;
  }

  // Most attempts end at the operator before: seen without trying.
  bool MayStart(int16_t id, TensorId t) const {
    if (t == kNone) return false;
    const FormTerm& term = At(id);
    const OpId op = view_.producer_op[static_cast<size_t>(t)];
    return term.starts_anywhere || term.starts[op] || IsPassive(op);
  }
  bool MayHaveArguments(const FormTerm& term, absl::Span<const TensorId> inputs) const {
    const std::vector<int16_t>& wanted = term.children;
    if (wanted.empty()) return true;
    if (term.any_position) {
      return std::any_of(inputs.begin(), inputs.end(), [&](TensorId t) { return MayStart(wanted[0], t); });
    }
    if (inputs.size() < wanted.size()) return false;
    if (term.commutative) {
      return inputs.size() == 2 && ((MayStart(wanted[0], inputs[0]) && MayStart(wanted[1], inputs[1])) ||
                                    (MayStart(wanted[0], inputs[1]) && MayStart(wanted[1], inputs[0])));
    }
    for (size_t i = 0; i < wanted.size(); ++i) {
      if (!MayStart(wanted[i], inputs[i])) return false;
    }
    return true;
  }

  bool MatchArguments(const FormTerm& term, absl::Span<const TensorId> inputs, Next next) {
    if (term.children.empty()) return next();
    if (term.any_position) {
      return std::any_of(inputs.begin(), inputs.end(),
                         [&](TensorId t) { return MatchTerm(term.children[0], t, next); });
    }
    if (term.commutative) {
      if (inputs.size() != 2) return false;
      const auto in_order = [&](size_t first) {
        return MatchTerm(term.children[0], inputs[first],
                         [&] { return MatchTerm(term.children[1], inputs[1 - first], next); });
      };
      return in_order(0) || in_order(1);
    }
    return MatchFrom(term, inputs, 0, next);
  }

  bool MatchFrom(const FormTerm& term, absl::Span<const TensorId> inputs, size_t slot, Next next) {
    if (slot == term.children.size()) return next();
    if (slot >= inputs.size()) return false;
    return MatchTerm(term.children[slot], inputs[slot], [&] { return MatchFrom(term, inputs, slot + 1, next); });
  }

  // The longest run first.
  bool MatchStar(int16_t id, TensorId t, int depth, Next next) {
    if (--steps_ < 0 || t == kNone) return false;
    const FormTerm& term = At(id);
    const bool here = depth < kMaxStar && term.ops[view_.producer_op[static_cast<size_t>(t)]];
    const NodeId n = here ? Candidate(t) : kNone;
    if (n != kNone && (n == root_ || ReadOnce(t))) {
      Push(n, kInside);
      for (TensorId input : view_.Inputs(n)) {
        if (MatchStar(id, input, depth + 1, next)) return true;
      }
      Pop();
    }
    return MatchTerm(term.children[0], t, next);
  }
  bool ReadOnce(TensorId t) const {
    return view_.live_readers[static_cast<size_t>(t)] == 1 && !view_.tensor(t).is_graph_output;
  }

  const GraphView& view_;
  const std::vector<uint8_t>& taken_;
  std::vector<uint8_t>& inside_;
  const Form& form_;
  const RegionId region_;
  const bool through_quantization_;
  NodeId root_ = kNone, anchor_ = kNone;
  int steps_ = kMaxSteps;
  std::array<TensorId, kVariables> bound_;
  std::vector<NodeId>& nodes_;  // empty before and after an attempt
};

Matcher::Matcher(const GraphView& view, const std::vector<uint8_t>& taken, bool through_quantization)
    : view_(view), taken_(taken), through_quantization_(through_quantization), inside_(view.graph.nodes.size(), 0) {}

bool Matcher::Find(const Form& form, NodeId root, Match* match) {
  if (view_.IsStatic(root) || taken_[static_cast<size_t>(root)] != 0) return false;
  return Search(*this, form, view_.region[static_cast<size_t>(root)]).Run(root, match);
}

}  // namespace opcost
