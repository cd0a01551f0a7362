// Groups of elementwise operators that one kernel replaces: the forms are data, with the level they belong to.
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/patterns/match.h"
#include "frontend/patterns/rules.h"
#include "frontend/runtime/passes.h"

namespace opcost::internal {
namespace {

enum class Operands : uint8_t {
  kDynamic,            // what is no constant
  kDynamicAndVectors,  // and the constants of more than one element, in the order of the nodes
};

// Of the forms of Gelu only those that divide by √2: the runtime does not see a product.
constexpr const char* kGelu =
    "(Mul(Mul($s:_, Add(Erf(Div($s, #1.41421)), #1)), #0.5) | Mul($s:_, Mul(Add(Erf(Div($s, #1.41421)), #1), #0.5)) | "
    "Mul(Mul($s:_, #0.5), Add(Erf(Div($s, #1.41421)), #1)))";

struct KernelRule {
  const char* form;
  const char* domain;
  const char* op_type;
  RuntimeLevel level;
  int min_opset;  // of ai.onnx
  int max_opset;
  Operands operands;
};

constexpr const char* kMs = "com.microsoft";
constexpr int kAnyOpset = 1000;

constexpr std::array<KernelRule, 9> kRules = {{
    {"Clip(Relu(_))", "", "Clip", RuntimeLevel::kBasic, 0, kAnyOpset, Operands::kDynamicAndVectors},
    {kGelu, "", "Gelu", RuntimeLevel::kBasic, 20, kAnyOpset, Operands::kDynamic},
    {"Add(Mul(?Cast(%centred(_)), #), #)", "", "LayerNormalization", RuntimeLevel::kBasic, 17, kAnyOpset,
     Operands::kDynamicAndVectors},
    {kGelu, kMs, "Gelu", RuntimeLevel::kExtended, 0, kAnyOpset, Operands::kDynamic},
    {"Add(Mul(?Cast(%centred(_)), #), #)", "", "LayerNormalization", RuntimeLevel::kExtended, 0, 16,
     Operands::kDynamicAndVectors},
    {"Mul(?Cast((Mul($x, Div(#1, %root(ReduceMean{last}(%square($x))))) | Div($x, "
     "%root(ReduceMean{last}(%square($x)))))), #)",
     "", "SimplifiedLayerNormalization", RuntimeLevel::kExtended, 0, kAnyOpset, Operands::kDynamicAndVectors},
    {"(ms.Gelu(Add{vector}(~, #)) | Gelu(Add{vector}(~, #)))", kMs, "BiasGelu", RuntimeLevel::kExtended, 0, kAnyOpset,
     Operands::kDynamicAndVectors},
    {"%gelu_tanh(_)", kMs, "FastGelu", RuntimeLevel::kExtended, 0, kAnyOpset, Operands::kDynamic},
    {"(Mul($x, Sigmoid(Mul($x, #))) | %silu(_))", kMs, "QuickGelu", RuntimeLevel::kExtended, 0, kAnyOpset,
     Operands::kDynamic},
}};

const std::vector<Form>& Forms() {
  static const std::vector<Form>* const kForms = [] {
    auto* forms = new std::vector<Form>;
    for (const KernelRule& rule : kRules) forms->push_back(CompileForm(rule.form).value());
    return forms;
  }();
  return *kForms;
}

std::vector<TensorId> OperandsOf(Rewrite& rewrite, const KernelRule& rule, const Match& match) {
  std::vector<TensorId> dynamic, constants;
  for (NodeId n : match.nodes) {
    for (TensorId t : rewrite.node(n).inputs) {
      if (t == kNone) continue;
      const NodeId producer = rewrite.Producer(t);
      if (producer != kNone && std::binary_search(match.nodes.begin(), match.nodes.end(), producer)) continue;
      std::vector<TensorId>& list = rewrite.IsConstant(t) ? constants : dynamic;
      if (std::find(list.begin(), list.end(), t) == list.end()) list.push_back(t);
    }
  }
  if (rule.operands == Operands::kDynamic) return dynamic;
  for (TensorId t : constants) {
    if (rewrite.Rank(t) > 0 || rule.op_type == std::string("Clip")) dynamic.push_back(t);
  }
  return dynamic;
}

// The bias has one element for each of the innermost axis.
bool HasRowBias(Rewrite& rewrite, const Match& match) {
  for (NodeId n : match.nodes) {
    for (TensorId t : rewrite.node(n).inputs) {
      if (rewrite.IsConstant(t) && rewrite.Rank(t) == 1) return true;
    }
  }
  return false;
}

void Replace(Rewrite& rewrite, const KernelRule& rule, const Match& match) {
  const NodeId last = match.nodes.back();
  const Node like = rewrite.node(last);
  Node fused;
  fused.op_type = rule.op_type;
  fused.domain = rule.domain;
  fused.name = absl::StrCat(like.name, "/", rule.op_type);
  fused.id = absl::StrCat(like.id, "/", rule.op_type);
  fused.scope = like.scope;
  fused.opset = fused.since_version = fused.domain.empty() ? like.opset : 1;
  fused.inputs = OperandsOf(rewrite, rule, match);
  fused.outputs = {rewrite.Output(last)};
  std::vector<NodeId> origins;
  for (NodeId n : match.nodes) origins.insert(origins.end(), rewrite.origins(n).begin(), rewrite.origins(n).end());
  for (NodeId n : match.nodes) rewrite.Remove(n);
  rewrite.Add(std::move(fused), std::move(origins), false);
}

int OpsetOf(const Graph& graph) {
  const auto at = graph.opsets.find("ai.onnx");
  return at == graph.opsets.end() ? 1 : at->second;
}

bool Applies(const KernelRule& rule, const Graph& graph, RuntimeLevel level) {
  const int opset = OpsetOf(graph);
  return rule.level == level && opset >= rule.min_opset && opset <= rule.max_opset;
}

bool FuseForms(Rewrite& rewrite, RuntimeLevel level) {
  bool changed = false;
  for (size_t r = 0; r < kRules.size(); ++r) {
    if (!Applies(kRules[r], rewrite.graph(), level)) continue;
    std::vector<Match> found;
    {
      const GraphView view(rewrite.graph());
      std::vector<uint8_t> taken(rewrite.size(), 0);
      Matcher matcher(view, taken);
      for (size_t i = 0; i < rewrite.size(); ++i) {
        Match match;
        const NodeId n = static_cast<NodeId>(i);
        if (rewrite.node(n).region != 0 || view.op[i] == 0 || !Forms()[r].first[view.op[i]]) continue;
        if (!matcher.Find(Forms()[r], n, &match) || match.nodes.size() < 2) continue;
        for (NodeId m : match.nodes) taken[static_cast<size_t>(m)] = 1;
        found.push_back(std::move(match));
      }
    }
    bool any = false;
    for (const Match& match : found) {
      if (kRules[r].op_type == absl::string_view("BiasGelu") && !HasRowBias(rewrite, match)) continue;
      Replace(rewrite, kRules[r], match);
      any = true;
    }
    if (!any) continue;
    rewrite.Compact();
    changed = true;
  }
  return changed;
}

}  // namespace

bool FuseFormsBasic(Rewrite& rewrite, const RuntimeOptions&) { return FuseForms(rewrite, RuntimeLevel::kBasic); }

bool FuseFormsExtended(Rewrite& rewrite, const RuntimeOptions&) { return FuseForms(rewrite, RuntimeLevel::kExtended); }

}  // namespace opcost::internal
