#include "costing/join.h"

#include <algorithm>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace opcost {
namespace {

constexpr size_t kMostCandidates = 64;  // consumers of one tensor that are looked at
constexpr int32_t kTwice = -2;          // a name that several nodes have

using NameOf = absl::string_view (*)(const ReportNode&);
absl::string_view OwnName(const ReportNode& node) { return node.name; }
absl::string_view OutputName(const ReportNode& node) {
  return node.outputs.empty() ? absl::string_view() : absl::string_view(node.outputs[0].name);
}

absl::flat_hash_map<absl::string_view, int32_t> Index(const std::vector<ReportNode>& nodes, NameOf name) {
  absl::flat_hash_map<absl::string_view, int32_t> index;
  index.reserve(nodes.size());
  for (size_t i = 0; i < nodes.size(); ++i) {
    const absl::string_view key = name(nodes[i]);
    if (key.empty()) continue;
    const auto [it, inserted] = index.try_emplace(key, static_cast<int32_t>(i));
    if (!inserted) it->second = kTwice;
  }
  return index;
}

class Joiner {
 public:
  Joiner(const Report& a, const Report& b) : a_(a), b_(b) {
    join_.b_of_a.assign(a.nodes.size(), kNoId);
    a_of_b_.assign(b.nodes.size(), kNoId);
  }

  NodeJoin Run() {
    join_.matched.by_name = ByName(&OwnName);
    join_.matched.by_tensor = ByName(&OutputName);
    // First with joined producers on both sides, which tells equal layers apart; then whatever is left.
    join_.matched.by_structure = ByStructure(/*neighbours=*/true) + ByStructure(/*neighbours=*/false);
    join_.matched.only_a = std::count(join_.b_of_a.begin(), join_.b_of_a.end(), kNoId);
    join_.matched.only_b = std::count(a_of_b_.begin(), a_of_b_.end(), kNoId);
    return std::move(join_);
  }

 private:
  void Join(size_t a, size_t b) {
    join_.b_of_a[a] = static_cast<int32_t>(b);
    a_of_b_[b] = static_cast<int32_t>(a);
  }

  int64_t ByName(NameOf name) {
    const auto index_a = Index(a_.nodes, name), index_b = Index(b_.nodes, name);
    int64_t joined = 0;
    for (size_t i = 0; i < a_.nodes.size(); ++i) {
      if (join_.b_of_a[i] != kNoId) continue;
      const absl::string_view key = name(a_.nodes[i]);
      const auto own = index_a.find(key), other = index_b.find(key);
      if (own == index_a.end() || own->second < 0 || other == index_b.end() || other->second < 0) continue;
      const size_t b = static_cast<size_t>(other->second);
      if (a_of_b_[b] != kNoId || b_.nodes[b].op != a_.nodes[i].op || b_.nodes[b].domain != a_.nodes[i].domain) continue;
      Join(i, b);
      ++joined;
    }
    return joined;
  }

  static void AppendShapes(const std::vector<ReportTensor>& tensors, std::string& key) {
    for (const ReportTensor& t : tensors) {
      absl::StrAppend(&key, " ", static_cast<int>(t.dtype), t.ranked ? "[" : "?");
      for (const ReportTensor::Extent& e : t.shape) absl::StrAppend(&key, e.value, e.symbol, ",");
    }
  }

  // Tensor name → node that writes it.
  static absl::flat_hash_map<absl::string_view, int32_t> Producers(const Report& report) {
    absl::flat_hash_map<absl::string_view, int32_t> producers;
    for (size_t i = 0; i < report.nodes.size(); ++i) {
      for (const ReportTensor& t : report.nodes[i].outputs) producers[t.name] = static_cast<int32_t>(i);
    }
    return producers;
  }

  // The joined producers of a node, in the numbering of A; "" when one is not joined yet.
  static bool AppendNeighbours(const ReportNode& node, const absl::flat_hash_map<absl::string_view, int32_t>& producers,
                               absl::Span<const int32_t> number, std::string& key) {
    bool any = false;
    for (const ReportTensor& t : node.inputs) {
      const auto it = producers.find(t.name);
      if (it == producers.end()) continue;
      const int32_t n = number.empty() ? it->second : number[static_cast<size_t>(it->second)];
      absl::StrAppend(&key, " <", n);
      any = any || n >= 0;
    }
    return any;
  }

  int64_t ByStructure(bool neighbours) {
    if (std::count(join_.b_of_a.begin(), join_.b_of_a.end(), kNoId) == 0) return 0;
    const auto producers_a = Producers(a_), producers_b = Producers(b_);
    // Open nodes of B by key, in execution order; each is given away once. With neighbours, a join opens further keys,
    // so A is walked in order and B's keys are made when their producers are joined: one pass over both in step.
    absl::flat_hash_map<std::string, std::vector<int32_t>> open;
    int64_t joined = 0;
    if (!neighbours) {
      for (size_t i = b_.nodes.size(); i > 0; --i) {
        if (a_of_b_[i - 1] == kNoId) open[KeyOf(b_.nodes[i - 1])].push_back(static_cast<int32_t>(i - 1));
      }
      for (size_t i = 0; i < a_.nodes.size(); ++i) {
        if (join_.b_of_a[i] == kNoId) joined += Take(open[KeyOf(a_.nodes[i])], i);
      }
      return joined;
    }
    const auto consumers_b = ConsumersOfB(producers_b);
    for (size_t i = 0; i < a_.nodes.size(); ++i) {
      if (join_.b_of_a[i] != kNoId) continue;
      joined += TakeNeighbour(i, producers_a, producers_b, consumers_b);
    }
    return joined;
  }

  std::string KeyOf(const ReportNode& node) const {
    std::string key = absl::StrCat(node.domain, "::", node.op);
    AppendShapes(node.inputs, key);
    key += " ->";
    AppendShapes(node.outputs, key);
    return key;
  }

  int64_t Take(std::vector<int32_t>& candidates, size_t a) {
    if (candidates.empty()) return 0;
    Join(a, static_cast<size_t>(candidates.back()));
    candidates.pop_back();
    return 1;
  }

  std::vector<std::vector<int32_t>> ConsumersOfB(
      const absl::flat_hash_map<absl::string_view, int32_t>& producers) const {
    std::vector<std::vector<int32_t>> consumers(b_.nodes.size());
    for (size_t i = 0; i < b_.nodes.size(); ++i) {
      for (const ReportTensor& t : b_.nodes[i].inputs) {
        const auto it = producers.find(t.name);
        if (it != producers.end()) consumers[static_cast<size_t>(it->second)].push_back(static_cast<int32_t>(i));
      }
    }
    return consumers;
  }

  // Among the consumers of the node's joined producer: the first open one with the same operator, shapes and producers.
  int64_t TakeNeighbour(size_t a, const absl::flat_hash_map<absl::string_view, int32_t>& producers_a,
                        const absl::flat_hash_map<absl::string_view, int32_t>& producers_b,
                        const std::vector<std::vector<int32_t>>& consumers_b) {
    const ReportNode& node = a_.nodes[a];
    int32_t producer = kNoId;
    for (const ReportTensor& t : node.inputs) {
      const auto it = producers_a.find(t.name);
      if (it != producers_a.end() && producer == kNoId) producer = join_.b_of_a[static_cast<size_t>(it->second)];
    }
    if (producer == kNoId) return 0;
    std::string wanted = KeyOf(node);
    AppendNeighbours(node, producers_a, {}, wanted);
    const absl::Span<const int32_t> consumers = consumers_b[static_cast<size_t>(producer)];
    for (int32_t c : consumers.subspan(0, kMostCandidates)) {
      const ReportNode& candidate = b_.nodes[static_cast<size_t>(c)];
      if (a_of_b_[static_cast<size_t>(c)] != kNoId || candidate.op != node.op) continue;
      std::string key = KeyOf(candidate);
      AppendNeighbours(candidate, producers_b, a_of_b_, key);
      if (key != wanted) continue;
      Join(a, static_cast<size_t>(c));
      return 1;
    }
    return 0;
  }

  const Report& a_;
  const Report& b_;
  NodeJoin join_;
  std::vector<int32_t> a_of_b_;
};

}  // namespace

NodeJoin JoinNodes(const Report& a, const Report& b) { return Joiner(a, b).Run(); }

}  // namespace opcost
