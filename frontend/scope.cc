#include "frontend/scope.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "onnx/onnx_pb.h"

namespace opcost::internal {
namespace {

// The last part of a dotted module path, with its container kept before a mere index: "layer1.0" under "layer1" stays
// whole, "layer1.0.conv1" under "layer1.0" becomes "conv1". So both exporters give the same path.
std::string Shorten(absl::string_view path, absl::string_view parent) {
  if (parent.empty() || !absl::StartsWith(path, absl::StrCat(parent, "."))) return std::string(path);
  const absl::string_view rest = path.substr(parent.size() + 1);
  const bool index = !rest.empty() && std::all_of(rest.begin(), rest.end(), absl::ascii_isdigit);
  if (!index) return std::string(rest);
  const size_t dot = parent.rfind('.');
  const absl::string_view container = dot == absl::string_view::npos ? parent : parent.substr(dot + 1);
  return absl::StrCat(container, ".", rest);
}

// Module paths from the outermost in; the last names the operator itself.
std::string JoinModules(const std::vector<std::string>& paths) {
  std::vector<std::string> parts;
  absl::string_view parent;
  for (size_t i = 0; i + 1 < paths.size(); ++i) {
    if (paths[i].empty()) continue;
    parts.push_back(Shorten(paths[i], parent));
    parent = paths[i];
  }
  return absl::StrJoin(parts, "/");
}

}  // namespace

std::string ScopeFromNameScopes(absl::string_view name_scopes) {
  std::vector<std::string> paths;
  size_t at = 0;
  while ((at = name_scopes.find_first_of("'\"", at)) != absl::string_view::npos) {
    const size_t end = name_scopes.find(name_scopes[at], at + 1);
    if (end == absl::string_view::npos) break;
    paths.emplace_back(name_scopes.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  return JoinModules(paths);
}

std::string ScopeFromNamespace(absl::string_view name_space) {
  std::vector<std::string> paths;
  for (const absl::string_view part : absl::StrSplit(name_space, '/')) {
    const size_t colon = part.find(": ");
    paths.emplace_back(colon == absl::string_view::npos ? part : part.substr(0, colon));
  }
  if (paths.size() < 2) return "";
  return JoinModules(paths);
}

std::string ScopeOf(const onnx::NodeProto& node) {
  const std::string* name_space = nullptr;
  for (const auto& entry : node.metadata_props()) {
    if (entry.key() == "pkg.torch.onnx.name_scopes") return ScopeFromNameScopes(entry.value());
    if (entry.key() == "namespace") name_space = &entry.value();
  }
  if (name_space != nullptr) return ScopeFromNamespace(*name_space);
  absl::string_view name = node.name();
  const size_t slash = name.rfind('/');
  if (slash == absl::string_view::npos) return "";
  name = name.substr(0, slash);
  while (!name.empty() && name.front() == '/') name.remove_prefix(1);
  return std::string(name);
}

}  // namespace opcost::internal
