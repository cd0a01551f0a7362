#include "frontend/validate_names.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace opcost::internal {
namespace {

// Bytes of the UTF-8 sequence that `lead` starts, and the smallest code point that needs that many.
struct Utf8Row {
  uint8_t mask, lead;
  int bytes;
  uint32_t smallest;
};
constexpr Utf8Row kUtf8Rows[] = {
    {0x80, 0x00, 1, 0}, {0xe0, 0xc0, 2, 0x80}, {0xf0, 0xe0, 3, 0x800}, {0xf8, 0xf0, 4, 0x10000}};

// Length of the sequence at the front of `text`, or 0 when there is none.
size_t Utf8Length(absl::string_view text) {
  const auto lead = static_cast<uint8_t>(text[0]);
  for (const Utf8Row& row : kUtf8Rows) {
    if ((lead & row.mask) != row.lead) continue;
    if (text.size() < static_cast<size_t>(row.bytes)) return 0;
    uint32_t code = lead & static_cast<uint8_t>(~row.mask);
    for (int i = 1; i < row.bytes; ++i) {
      const auto next = static_cast<uint8_t>(text[i]);
      if ((next & 0xc0) != 0x80) return 0;
      code = code << 6 | (next & 0x3f);
    }
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    return code >= row.smallest && code <= 0x10ffff && !surrogate ? row.bytes : 0;
  }
  return 0;
}

bool IsAscii(absl::string_view text) {
  constexpr uint64_t kHighBits = 0x8080808080808080;
  for (; text.size() >= sizeof(uint64_t); text.remove_prefix(sizeof(uint64_t))) {
    uint64_t chunk;
    std::memcpy(&chunk, text.data(), sizeof(chunk));
    if (chunk & kHighBits) return false;
  }
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<uint8_t>(c) < 0x80; });
}

absl::Status NotUtf8(const std::vector<Scope>& scopes, absl::string_view what, absl::string_view name) {
  return absl::InvalidArgumentError(
      absl::StrCat(Place(scopes), what, " '", absl::CHexEscape(name), "' has a name that is not UTF-8, expected text"));
}

std::string Definer(const Scope& scope, int index) {
  return index == Scope::kOutside ? "an input or initializer" : NodeLabel(scope.list, index);
}

absl::Status DefineOne(std::vector<Scope>& scopes, absl::string_view name, int definer) {
  Scope& scope = scopes.back();
  const auto [at, fresh] = scope.producers.try_emplace(name, definer);
  if (!fresh) {
    return absl::InvalidArgumentError(absl::StrCat(Place(scopes), "value '", name, "' is defined twice, by ",
                                                   Definer(scope, at->second), " and ", Definer(scope, definer),
                                                   ", expected one definition"));
  }
  return IsUtf8(name) ? absl::OkStatus() : NotUtf8(scopes, "value", name);
}

absl::Status DefineInputs(std::vector<Scope>& scopes) {
  const NodeList list = scopes.back().list;
  if (list.function) {
    for (const std::string& name : list.function->input()) {
      if (absl::Status status = DefineOne(scopes, name, Scope::kOutside); !status.ok()) return status;
    }
    return absl::OkStatus();
  }
  for (const onnx::ValueInfoProto& input : list.graph->input()) {
    if (input.name().empty()) {
      return absl::InvalidArgumentError(absl::StrCat(Place(scopes), "an input has no name, expected one"));
    }
    if (absl::Status status = DefineOne(scopes, input.name(), Scope::kOutside); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// Up to IR 3 every initialiser was an input too, and still may be: only a second initialiser defines a name again.
absl::Status DefineInitializers(std::vector<Scope>& scopes) {
  const onnx::GraphProto* graph = scopes.back().list.graph;
  if (!graph) return absl::OkStatus();
  absl::flat_hash_map<absl::string_view, int> seen;
  const auto define = [&](absl::string_view name) {
    if (!seen.try_emplace(name, 0).second) {
      return absl::InvalidArgumentError(
          absl::StrCat(Place(scopes), "initializer '", name, "' is defined twice, expected one definition"));
    }
    if (!IsUtf8(name)) return NotUtf8(scopes, "initializer", name);
    scopes.back().producers.try_emplace(name, Scope::kOutside);
    return absl::OkStatus();
  };
  seen.reserve(graph->initializer_size());
  for (const onnx::TensorProto& tensor : graph->initializer()) {
    if (absl::Status status = define(tensor.name()); !status.ok()) return status;
  }
  for (const onnx::SparseTensorProto& sparse : graph->sparse_initializer()) {
    if (absl::Status status = define(sparse.values().name()); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// A node of a cycle among the nodes that still wait for others: walking backwards from any of them ends in one.
int NodeOnCycle(const Scope& scope, const std::vector<int>& waiting) {
  const int nodes = scope.list.nodes->size();
  std::vector<int> before(nodes, -1);
  int at = -1;
  for (const auto& [producer, reader] : scope.edges) {
    if (waiting[producer] > 0 && waiting[reader] > 0) {
      before[reader] = producer;
      at = reader;
    }
  }
  std::vector<bool> visited(nodes, false);
  while (!visited[at]) {
    visited[at] = true;
    at = before[at];
  }
  return at;
}

}  // namespace

bool IsUtf8(absl::string_view text) {
  if (IsAscii(text)) return true;
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string NodeLabel(const NodeList& list, int index) {
  const onnx::NodeProto& node = list.nodes->Get(index);
  const std::string name = node.name().empty() ? absl::StrCat(index) : absl::StrCat("'", node.name(), "'");
  return absl::StrCat("node ", name, " (", node.op_type(), ")");
}

std::string Place(const std::vector<Scope>& scopes) {
  std::string place;
  for (size_t i = 0; i < scopes.size(); ++i) {
    const NodeList& list = scopes[i].list;
    if (list.function) absl::StrAppend(&place, "function '", list.function->name(), "': ");
    if (i > 0)
      absl::StrAppend(&place, NodeLabel(scopes[i - 1].list, scopes[i - 1].current), ", graph '", list.graph->name(),
                      "': ");
  }
  return place;
}

absl::Status Define(std::vector<Scope>& scopes) {
  Scope& scope = scopes.back();
  const int nodes = scope.list.nodes->size();
  scope.producers.reserve(nodes + (scope.list.graph ? scope.list.graph->initializer_size() : 0));
  if (absl::Status status = DefineInputs(scopes); !status.ok()) return status;
  if (absl::Status status = DefineInitializers(scopes); !status.ok()) return status;
  for (int i = 0; i < nodes; ++i) {
    for (const std::string& name : scope.list.nodes->Get(i).output()) {
      if (name.empty()) continue;
      if (absl::Status status = DefineOne(scopes, name, i); !status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

bool Read(std::vector<Scope>& scopes, absl::string_view name) {
  for (size_t level = scopes.size(); level-- > 0;) {
    Scope& scope = scopes[level];
    const auto found = scope.producers.find(name);
    if (found == scope.producers.end()) continue;
    if (found->second != Scope::kOutside && scope.current < scope.list.nodes->size()) {
      scope.edges.emplace_back(found->second, scope.current);
    }
    return true;
  }
  return false;
}

absl::Status CheckAcyclic(const std::vector<Scope>& scopes) {
  const Scope& scope = scopes.back();
  const bool in_order =
      std::all_of(scope.edges.begin(), scope.edges.end(), [](const auto& edge) { return edge.first < edge.second; });
  if (in_order) return absl::OkStatus();

  // Kahn's algorithm: nodes whose inputs are all there, again and again.
  const int nodes = scope.list.nodes->size();
  std::vector<int> first(nodes + 1, 0), waiting(nodes, 0);
  for (const auto& [producer, reader] : scope.edges) {
    ++first[producer + 1];
    ++waiting[reader];
  }
  for (int i = 0; i < nodes; ++i) first[i + 1] += first[i];
  std::vector<int> readers(scope.edges.size()), next(first.begin(), first.end() - 1), ready;
  for (const auto& [producer, reader] : scope.edges) readers[next[producer]++] = reader;
  for (int i = 0; i < nodes; ++i) {
    if (waiting[i] == 0) ready.push_back(i);
  }
  int done = 0;
  for (; !ready.empty(); ++done) {
    const int node = ready.back();
    ready.pop_back();
    for (int i = first[node]; i < first[node + 1]; ++i) {
      if (--waiting[readers[i]] == 0) ready.push_back(readers[i]);
    }
  }
  if (done == nodes) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(Place(scopes), NodeLabel(scope.list, NodeOnCycle(scope, waiting)),
                                                 " depends on its own output, expected a graph without cycles"));
}

}  // namespace opcost::internal
