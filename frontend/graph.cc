#include "frontend/graph.h"

#include <array>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/checked.h"

namespace opcost {

absl::string_view Name(NoteKind kind) {
  constexpr std::array<const char*, 10> kNames = {
      "unbound_symbol", "unresolved_shape", "data_dependent", "assumption", "unknown_operator", "missing_data",
      "model",          "precision",        "profile",        "coverage"};
  return kNames[static_cast<size_t>(kind)];
}

const Attribute* FindAttribute(const Node& node, absl::string_view name) {
  for (const Attribute& attribute : node.attributes) {
    if (attribute.name == name) return &attribute;
  }
  return nullptr;
}

int64_t IntAttribute(const Node& node, absl::string_view name, int64_t fallback) {
  const Attribute* a = FindAttribute(node, name);
  return a != nullptr && a->kind == Attribute::Kind::kInt ? a->i : fallback;
}

double FloatAttribute(const Node& node, absl::string_view name, double fallback) {
  const Attribute* a = FindAttribute(node, name);
  return a != nullptr && a->kind == Attribute::Kind::kFloat ? a->f : fallback;
}

absl::string_view StringAttribute(const Node& node, absl::string_view name, absl::string_view fallback) {
  const Attribute* a = FindAttribute(node, name);
  return a != nullptr && a->kind == Attribute::Kind::kString ? absl::string_view(a->s) : fallback;
}

const std::vector<int64_t>& IntsAttribute(const Node& node, absl::string_view name) {
  static const std::vector<int64_t>* const kEmpty = new std::vector<int64_t>();
  const Attribute* a = FindAttribute(node, name);
  return a != nullptr && a->kind == Attribute::Kind::kInts ? a->ints : *kEmpty;
}

std::optional<int64_t> NumElements(const Shape& shape) {
  std::optional<int64_t> n = 1;
  bool zero = false;
  for (const Dim& dim : shape) {
    if (!dim.known()) return std::nullopt;
    zero = zero || dim.extent == 0;
    n = CheckedMul(n, dim.extent);
  }
  return zero ? 0 : n;
}

std::optional<int64_t> ByteSize(const Tensor& tensor) {
  if (!tensor.shape || tensor.dtype == DType::kUnknown) return std::nullopt;
  const std::optional<int64_t> n = NumElements(*tensor.shape);
  if (!n) return std::nullopt;
  const int64_t bytes = PackedBytes(tensor.dtype, *n);
  if (bytes < 0) return std::nullopt;
  return bytes;
}

std::string ToString(const Shape& shape, const Graph& graph) {
  std::vector<std::string> parts;
  for (const Dim& dim : shape) {
    if (dim.known()) {
      parts.push_back(absl::StrCat(dim.extent));
    } else {
      parts.push_back(dim.symbol == kNone ? "?" : graph.symbols[static_cast<size_t>(dim.symbol)]);
    }
  }
  return absl::StrCat("[", absl::StrJoin(parts, ", "), "]");
}

bool IsDead(const Graph& graph, RegionId region) {
  for (RegionId r = region; r != kNone; r = graph.regions[static_cast<size_t>(r)].parent) {
    if (graph.regions[static_cast<size_t>(r)].dead) return true;
  }
  return false;
}

std::optional<int64_t> Repeats(const Graph& graph, RegionId region) {
  std::optional<int64_t> n = 1;
  for (RegionId r = region; r != kNone; r = graph.regions[static_cast<size_t>(r)].parent) {
    n = CheckedMul(n, graph.regions[static_cast<size_t>(r)].trips);
  }
  return n;
}

}  // namespace opcost
