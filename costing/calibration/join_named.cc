// The nodes that a kernel names itself.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "costing/calibration/join_ownership.h"

namespace opcost {
namespace {

// The bodies of one node.
std::set<RegionId> RegionsOf(const Graph& graph, NodeId owner) {
  std::set<RegionId> regions;
  for (size_t r = 0; r < graph.regions.size(); ++r) {
    if (graph.regions[r].owner == owner) regions.insert(static_cast<RegionId>(r));
  }
  return regions;
}

class Claims {
 public:
  Claims(const NameIndex& index, Ownership& ownership) : index_(index), ownership_(ownership) {}

  void Run() {
    for (size_t k = 0; k < ownership_.run.kernels.size(); ++k) ClaimOne(k);
    trust_numbers_ = NumbersArePositions();
    for (size_t k = 0; k < ownership_.run.kernels.size(); ++k) ClaimByNumber(k);
    for (size_t k = 0; k < ownership_.run.kernels.size(); ++k) ownership_.named[k] = ownership_.kernels[k].nodes.size();
  }

 private:
  const MeasuredKernel& kernel(size_t k) const { return ownership_.run.kernels[k]; }
  const Graph& graph() const { return ownership_.graph; }

  // Of several nodes of one name: the one inside the body that the kernel ran in, then one that is still free.
  NodeId Choose(size_t k, const std::vector<NodeId>& nodes) const {
    std::vector<NodeId> fitting;
    const std::set<RegionId> bodies = BodiesAround(k);
    for (NodeId node : nodes) {
      const RegionId region = graph().nodes[static_cast<size_t>(node)].region;
      if (kernel(k).inside.empty() || bodies.empty() || bodies.count(region) != 0) fitting.push_back(node);
    }
    for (NodeId node : fitting) {
      if (ownership_.owner[static_cast<size_t>(node)] == kNone) return node;
    }
    return fitting.empty() ? kNone : fitting.front();
  }

  // The regions that the kernel can belong to; empty where the node around it was not found.
  std::set<RegionId> BodiesAround(size_t k) const {
    if (kernel(k).inside.empty()) return {0};
    const auto it = owner_of_body_.find(kernel(k).inside);
    return it == owner_of_body_.end() ? std::set<RegionId>() : RegionsOf(graph(), it->second);
  }

  void Give(size_t k, NodeId node, JoinWay way) {
    if (ownership_.kernels[k].way == JoinWay::kNone) ownership_.kernels[k].way = way;
    ownership_.Give(k, node);
    const Node& owned = graph().nodes[static_cast<size_t>(node)];
    if (!owned.bodies.empty()) owner_of_body_[kernel(k).name] = node;
  }

  // A list of names; neighbours are put together again where a node's own name holds the separator.
  bool ClaimParts(size_t k) {
    const std::vector<std::string>& parts = kernel(k).parts;
    bool found = false;
    for (size_t i = 0; i < parts.size();) {
      size_t taken = 0;
      std::string joined;
      for (size_t j = i; j < parts.size(); ++j) {
        absl::StrAppend(&joined, j > i ? " + " : "", parts[j]);
        if (!index_.Nodes(joined).empty()) taken = j - i + 1;
        if (taken > 0 && j > i + taken) break;
      }
      const std::string name = taken > 1 ? absl::StrCat(JoinParts(parts, i, taken)) : parts[i];
      found |= ClaimPart(k, name);
      i += std::max<size_t>(1, taken);
    }
    return found;
  }

  static std::string JoinParts(const std::vector<std::string>& parts, size_t first, size_t count) {
    std::string joined;
    for (size_t i = first; i < first + count; ++i) absl::StrAppend(&joined, i > first ? " + " : "", parts[i]);
    return joined;
  }

  bool ClaimPart(size_t k, const std::string& name) {
    if (NodeId node = Choose(k, index_.Nodes(name)); node != kNone) {
      Give(k, node, JoinWay::kName);
      return true;
    }
    if (NodeId node = index_.Producer(name); node != kNone) {
      Give(k, node, JoinWay::kTensor);
      return true;
    }
    // The weights at which a region begins stand for what reads them.
    if (kernel(k).parts_are_ends) {
      for (NodeId node : index_.Readers(name)) Give(k, node, JoinWay::kName);
      if (!index_.Readers(name).empty()) return true;
    }
    if (NodeId node = Choose(k, index_.Simplified(Simplify(name))); node != kNone) {
      Give(k, node, JoinWay::kName);
      return true;
    }
    return false;
  }

  // "a;b;c" of a fused operator: the last name that is known ends it.
  bool ClaimOutputs(size_t k) {
    bool found = false;
    for (const std::string& output : kernel(k).output_names) {
      std::string rest = output;
      while (true) {
        const NodeId node = index_.Producer(rest);
        if (node != kNone) {
          Give(k, node, JoinWay::kTensor);
          found = true;
          break;
        }
        const size_t semicolon = rest.find(';');
        if (semicolon == std::string::npos) break;
        rest = rest.substr(semicolon + 1);
      }
    }
    return found;
  }

  void ClaimOne(size_t k) {
    const RuntimeName& name = ownership_.names[k];
    if (kernel(k).is_conversion || name.is_plumbing) {
      ownership_.kernels[k].way = JoinWay::kConversion;
      return;
    }
    if (ClaimParts(k)) return;
    if (!kernel(k).parts.empty() || name.base.empty()) {
      ClaimOutputs(k);
      return;
    }
    for (const std::string& text : {kernel(k).name, name.base}) {
      if (name.is_tensor && text == name.base) break;
      if (NodeId node = Choose(k, index_.Nodes(text)); node != kNone) {
        Give(k, node, JoinWay::kName);
        return;
      }
    }
    const NodeId producer = name.is_tensor ? index_.Producer(name.base) : kNone;
    if (producer != kNone) {
      Give(k, producer, JoinWay::kTensor);
      return;
    }
    ClaimOutputs(k);
  }

  // Whether a kernel's number is the position of its node: true where nothing was optimised. The named ones tell.
  bool NumbersArePositions() const {
    int64_t right = 0, wrong = 0;
    for (size_t k = 0; k < ownership_.run.kernels.size(); ++k) {
      if (ownership_.kernels[k].way != JoinWay::kName || kernel(k).index < 0) continue;
      const NodeId node = ownership_.kernels[k].nodes.front();
      const Node& owned = graph().nodes[static_cast<size_t>(node)];
      if (owned.op_type != kernel(k).op_type || owned.name != kernel(k).name) continue;
      ++(index_.At(owned.region, kernel(k).index) == node ? right : wrong);
    }
    return wrong == 0 || right > kMuchMore * wrong;
  }

  // "Relu_12", or no name at all: node 12, when it is a Relu. A rewritten graph keeps the numbers of the nodes that it
  // keeps.
  void ClaimByNumber(size_t k) {
    if (!trust_numbers_ || ownership_.kernels[k].way != JoinWay::kNone || kernel(k).index < 0) return;
    const std::string given = absl::StrCat(kernel(k).op_type, "_", kernel(k).index);
    if (!kernel(k).name.empty() && kernel(k).name != given) return;
    for (RegionId region : BodiesAround(k)) {
      const NodeId node = index_.At(region, kernel(k).index);
      if (node == kNone || ownership_.owner[static_cast<size_t>(node)] != kNone) continue;
      const Node& candidate = graph().nodes[static_cast<size_t>(node)];
      if (candidate.op_type != kernel(k).op_type || !candidate.name.empty()) continue;
      Give(k, node, JoinWay::kIndex);
      return;
    }
  }

  static constexpr int64_t kMuchMore = 20;
  const NameIndex& index_;
  Ownership& ownership_;
  std::map<std::string, NodeId> owner_of_body_;  // by the kernel's name
  bool trust_numbers_ = false;
};

}  // namespace

void ClaimNamed(const NameIndex& index, Ownership& ownership) { Claims(index, ownership).Run(); }

}  // namespace opcost
