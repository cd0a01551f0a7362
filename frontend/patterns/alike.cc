#include "frontend/patterns/alike.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "absl/strings/match.h"
#include "frontend/patterns/classify.h"
#include "frontend/patterns/form.h"
#include "frontend/patterns/graph_view.h"
#include "frontend/patterns/match.h"
#include "frontend/patterns/predicates.h"
#include "frontend/patterns/rules.h"

namespace opcost {
namespace {

// Where rules look at extents and at the values of constants: collected from the forms.
struct Looks {
  struct At {
    OpSet ops;
    Predicate predicate;
  };
  std::vector<At> at_extents;
  std::vector<double> literals = {0, 6};  // of Relu6
  OpSet with_literals;                    // operators that have a literal among their arguments
};

void Collect(const Form& form, Looks& looks) {
  for (const FormTerm& term : form.terms) {
    for (const Predicate predicate : term.predicates) {
      if (ReadsExtents(predicate)) looks.at_extents.push_back({term.ops, predicate});
    }
    if (term.has_value) looks.literals.push_back(term.value);
    const bool literal = std::any_of(term.children.begin(), term.children.end(),
                                     [&](int16_t child) { return form.terms[static_cast<size_t>(child)].has_value; });
    if (literal) looks.with_literals |= term.ops;
  }
}

const Looks& AllLooks() {
  static const auto* const kLooks = [] {
    auto* looks = new Looks;
    for (const auto family : AllFamilies()) {
      for (const CompiledRule& rule : Compiled(family)) Collect(rule.form, *looks);
    }
    looks->with_literals.set(OpByName("Clip"));
    // The two sides of a residual sum are as long as each other.
    Looks::At sums{.predicate = FindPredicate("same_shapes")};
    for (const char* op : {"Add", "Sum", "ms.SkipLayerNormalization", "ms.SkipSimplifiedLayerNormalization"}) {
      sums.ops.set(OpByName(op));
    }
    looks->at_extents.push_back(sums);
    return looks;
  }();
  return *kLooks;
}

double Uniform(const Graph& graph, TensorId id) {
  double value = 0;
  return UniformValue(graph, id, &value) ? value : std::numeric_limits<double>::quiet_NaN();
}

// Values that differ are lengths and shapes. They matter where a rule compares them with a number or reads them as
// axes, and nodes that only compute shapes are in no rule.
bool SameValue(const GraphView& a, const GraphView& b, TensorId id) {
  const Tensor &x = a.tensor(id), &y = b.tensor(id);
  if ((x.value == kNone) != (y.value == kNone)) return false;
  if (x.value == kNone) return true;
  const TensorValue& v = a.graph.values[static_cast<size_t>(x.value)];
  const TensorValue& w = b.graph.values[static_cast<size_t>(y.value)];
  if (v.ints == w.ints && v.floats == w.floats) return true;
  const Looks& looks = AllLooks();
  bool axes = false, compared = false;
  for (const NodeId n : x.consumers) {
    if (a.IsStatic(n)) continue;
    axes = axes || absl::StartsWith(a.node(n).op_type, "Reduce");
    compared = compared || looks.with_literals[a.op[static_cast<size_t>(n)]];
  }
  if (axes || !compared) return !axes;
  const double p = Uniform(a.graph, id), q = Uniform(b.graph, id);
  return std::all_of(looks.literals.begin(), looks.literals.end(),
                     [&](double literal) { return NearLiteral(p, literal) == NearLiteral(q, literal); });
}

bool SameTensor(const GraphView& a, const GraphView& b, TensorId id) {
  const Tensor &x = a.tensor(id), &y = b.tensor(id);
  return x.dtype == y.dtype && x.type == y.type && x.kind == y.kind && x.is_constant == y.is_constant &&
         x.consumers.size() == y.consumers.size() && x.shape.has_value() == y.shape.has_value() &&
         (!x.shape || x.shape->size() == y.shape->size()) && SameValue(a, b, id);
}

bool SameNode(const GraphView& a, const GraphView& b, NodeId id) {
  const Node &x = a.node(id), &y = b.node(id);
  const OpId op = a.op[static_cast<size_t>(id)];
  if (op != b.op[static_cast<size_t>(id)] || a.IsStatic(id) != b.IsStatic(id)) return false;
  if (x.inputs != y.inputs || x.outputs != y.outputs || PatternOf(a.graph, x) != PatternOf(b.graph, y)) return false;
  for (const Looks::At& look : AllLooks().at_extents) {
    if (look.ops[op] && look.predicate(a.graph, x) != look.predicate(b.graph, y)) return false;
  }
  if (!IsConvolution(x)) return true;
  // Channels are compared with each other, so the weight has to be the same.
  for (size_t slot = 1; slot < x.inputs.size(); ++slot) {
    if (x.inputs[slot] != kNone && a.tensor(x.inputs[slot]).shape != b.tensor(x.inputs[slot]).shape) return false;
  }
  return true;
}

}  // namespace

bool ClassifyAlike(const Graph& a, const Graph& b) {
  if (a.structure_sha256 != b.structure_sha256 || a.nodes.size() != b.nodes.size() ||
      a.tensors.size() != b.tensors.size() || a.regions.size() != b.regions.size()) {
    return false;
  }
  for (size_t i = 0; i < a.regions.size(); ++i) {
    if (a.regions[i].dead != b.regions[i].dead) return false;
  }
  const GraphView view_a(a), view_b(b);
  for (size_t i = 0; i < a.tensors.size(); ++i) {
    if (!SameTensor(view_a, view_b, static_cast<TensorId>(i))) return false;
  }
  for (size_t i = 0; i < a.nodes.size(); ++i) {
    if (!SameNode(view_a, view_b, static_cast<NodeId>(i))) return false;
  }
  return true;
}

}  // namespace opcost
