#include "ops/count.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "ops/registry.h"
#include "ops/rule.h"
#include "ops/tally.h"

namespace opcost {

absl::string_view Name(RuleStatus status) {
  constexpr std::array<const char*, 4> kNames = {"exact", "convention", "bound", "fallback"};
  return kNames[static_cast<size_t>(status)];
}

namespace {

constexpr const char* kUnknownRule = "unknown";

const char* InWords(Resource resource) {
  constexpr std::array<const char*, static_cast<size_t>(Resource::kCount)> kWords = {"MACs",
                                                                                     "vector operations",
                                                                                     "transcendentals",
                                                                                     "integer operations",
                                                                                     "activation bytes read",
                                                                                     "weight bytes read",
                                                                                     "bytes written",
                                                                                     "dispatches"};
  return kWords[static_cast<size_t>(resource)];
}

absl::Status Overflow(const Node& node, Resource resource) {
  return absl::InvalidArgumentError(absl::StrCat("node '", node.id.empty() ? node.name : node.id, "' (", node.op_type,
                                                 "): ", InWords(resource),
                                                 " overflow 64 bits, expected extents whose product is below 2^63"));
}

}  // namespace

absl::StatusOr<NodeCount> CountNode(const Graph& graph, const Node& node) {
  NodeCount count;
  Tally tally(graph, node, count);
  if (const Rule* rule = FindRule(node.domain, node.op_type, node.opset); rule != nullptr) {
    count.rule = rule->name;
    count.status = rule->status;
    rule->count(tally, *rule);
  } else {
    count.rule = kUnknownRule;
    count.status = RuleStatus::kFallback;
  }
  const Resource overflow = tally.Finish();
  if (overflow != Resource::kCount) return Overflow(node, overflow);
  return count;
}

std::vector<RuleInfo> AllRules() {
  std::vector<RuleInfo> infos;
  for (absl::Span<const Rule> table : RuleTables()) {
    for (const Rule& rule : table) {
      RuleInfo info;
      info.domain = rule.domain[0] == '\0' ? "ai.onnx" : rule.domain;
      info.op_type = rule.op_type;
      info.since_version = rule.first;
      info.rule = rule.name;
      info.status = rule.status;
      info.formula = rule.formula;
      infos.push_back(std::move(info));
    }
  }
  std::sort(infos.begin(), infos.end(), [](const RuleInfo& a, const RuleInfo& b) {
    if (a.domain != b.domain) return a.domain < b.domain;
    if (a.op_type != b.op_type) return a.op_type < b.op_type;
    return a.since_version < b.since_version;
  });
  return infos;
}

}  // namespace opcost
