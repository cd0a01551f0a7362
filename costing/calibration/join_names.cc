#include "costing/calibration/join_names.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace opcost {
namespace {

const std::vector<NodeId> kNoNodes;

// "_token_12" off the end: it only makes a name unique.
void DropToken(absl::string_view& name) {
  const size_t at = name.rfind("_token_");
  if (at == absl::string_view::npos) return;
  const absl::string_view digits = name.substr(at + 7);
  const bool numeric = !digits.empty() && std::all_of(digits.begin(), digits.end(),
                                                      [](unsigned char c) { return absl::ascii_isdigit(c); });
  if (numeric) name = name.substr(0, at);
}

// "/QuickGeluFusion/", "/MatMulAddFusion", several times. False when there is none.
bool DropFusion(absl::string_view& name, RuntimeName& result) {
  absl::string_view rest = name;
  absl::ConsumeSuffix(&rest, "/");
  const size_t slash = rest.rfind('/');
  if (slash == absl::string_view::npos || !absl::EndsWith(rest, "Fusion")) return false;
  result.merged_siblings |= absl::EndsWith(rest, "GatherSliceToSplitFusion");
  name = rest.substr(0, slash);
  return true;
}

bool DropSuffix(absl::string_view suffix, absl::string_view& name) {
  return name.size() > suffix.size() && absl::ConsumeSuffix(&name, suffix);
}

// "layer1.0/conv1" of "layer1/layer1.0/conv1": each part of a traced module's path repeats those before it.
std::string ModulePath(absl::string_view scope) {
  std::vector<absl::string_view> parts = absl::StrSplit(scope, '/', absl::SkipEmpty());
  std::vector<absl::string_view> kept;
  for (size_t i = 0; i < parts.size(); ++i) {
    const bool repeated = i + 1 < parts.size() && absl::StartsWith(parts[i + 1], absl::StrCat(parts[i], "."));
    if (!repeated) kept.push_back(parts[i]);
  }
  return absl::StrJoin(kept, "/");
}

}  // namespace

RuntimeName ParseRuntimeName(absl::string_view name) {
  RuntimeName result;
  result.is_fused = absl::ConsumePrefix(&name, "fused ");
  absl::ConsumePrefix(&name, "InsertedPrecisionFreeCast_");
  DropToken(name);
  if (DropSuffix("_new_reshape", name)) DropToken(name);
  if (DropSuffix("_nchwc", name)) {
    result.is_tensor = true;
    result.stands_for_one = DropSuffix("_bn", name) || DropSuffix("_mul", name);
  }
  DropSuffix("/duplicated", name);
  while (DropFusion(name, result)) result.is_fused = true;
  result.is_plumbing = name == "gemm_input_reshape" || name == "gemm_output_reshape";
  result.base = std::string(name);
  return result;
}

std::string Simplify(absl::string_view name) {
  std::string text(name);
  for (char& c : text) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return text;
}

NameIndex::NameIndex(const Graph& graph) : graph_(graph), by_region_(graph.regions.size()) {
  const auto add = [](Names& names, const std::string& name, NodeId node) {
    if (name.empty()) return;
    std::vector<NodeId>& nodes = names[name];
    if (nodes.empty() || nodes.back() != node) nodes.push_back(node);
  };
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    const NodeId id = static_cast<NodeId>(n);
    add(nodes_, node.name, id);
    if (node.id != node.name) add(nodes_, node.id, id);
    add(simplified_, Simplify(absl::StripPrefix(node.name, "/")), id);
    add(simplified_, Simplify(ModulePath(node.scope)), id);
    // Runtimes make stored tensors of constants when they read the file.
    if (node.op_type != "Constant") by_region_[static_cast<size_t>(node.region)].push_back(id);
  }
  for (size_t t = 0; t < graph.tensors.size(); ++t)
    tensors_.try_emplace(graph.tensors[t].name, static_cast<TensorId>(t));
}

const std::vector<NodeId>& NameIndex::Nodes(const std::string& name) const {
  const auto it = nodes_.find(name);
  return it == nodes_.end() ? kNoNodes : it->second;
}

NodeId NameIndex::Producer(const std::string& tensor) const {
  for (const std::string& name : {tensor, absl::StrCat(tensor, ":0")}) {
    const auto it = tensors_.find(name);
    if (it != tensors_.end()) return graph_.tensors[static_cast<size_t>(it->second)].producer;
  }
  return kNone;
}

std::vector<NodeId> NameIndex::Readers(const std::string& weight) const {
  const auto it = tensors_.find(weight);
  if (it == tensors_.end()) return {};
  const Tensor& tensor = graph_.tensors[static_cast<size_t>(it->second)];
  return IsWeight(tensor) ? tensor.consumers : std::vector<NodeId>{};
}

const std::vector<NodeId>& NameIndex::Simplified(const std::string& name) const {
  const auto it = simplified_.find(name);
  return it == simplified_.end() ? kNoNodes : it->second;
}

NodeId NameIndex::At(RegionId region, int64_t index) const {
  const std::vector<NodeId>& nodes = by_region_[static_cast<size_t>(region)];
  return index >= 0 && index < static_cast<int64_t>(nodes.size()) ? nodes[static_cast<size_t>(index)] : kNone;
}

}  // namespace opcost
