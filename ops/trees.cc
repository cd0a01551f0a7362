// Tree ensembles: rows · trees · depth compares, each tree as deep as its longest path. Which path a row takes depends
// on data, so this is an upper bound.
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "ops/rule.h"

namespace opcost {
namespace {

// Children of each inner node by index; kNone is a leaf.
using Branches = std::vector<std::pair<int64_t, int64_t>>;

// The longest paths of a forest, summed over its roots. Each node is visited once; what is no forest (a cycle, a child
// of two parents) would be visited more often, and the walk gives up.
struct Forest {
  const Branches& branches;
  Amount depths = 0;
  size_t visited = 0;

  void AddTree(int64_t root) {
    std::vector<int64_t> level = {root};
    while (!level.empty()) {
      std::vector<int64_t> next;
      for (int64_t node : level) {
        if (node < 0 || static_cast<size_t>(node) >= branches.size()) continue;
        if (++visited > branches.size()) {
          depths.complete = false;
          return;
        }
        for (int64_t child : {branches[node].first, branches[node].second}) {
          if (child != kNone) next.push_back(child);
        }
      }
      if (!next.empty()) depths = depths + 1;
      level = std::move(next);
    }
  }
};

void Compares(Tally& t, Amount depths, Amount nodes) {
  const DType dtype = IsFloat(t.InType(0)) ? t.InType(0) : DType::kFloat32;
  const Amount rows = t.InRank(0) == 1 ? Amount(1) : t.InDim(0, 0);
  t.Ops(dtype, rows * depths);
  // A threshold of 4 bytes for each compare, at most all of them.
  t.ReadsAttribute(DType::kFloat32, Min(rows * depths, nodes));
}

// nodes_treeids, nodes_nodeids and the children's node ids within the tree; a LEAF has none. The first node of a tree
// is its root.
void TreeEnsembleOfNodes(Tally& t, const Rule&) {
  const std::vector<int64_t>& trees = IntsAttribute(t.node(), "nodes_treeids");
  const std::vector<int64_t>& ids = IntsAttribute(t.node(), "nodes_nodeids");
  const std::vector<int64_t>& when_true = IntsAttribute(t.node(), "nodes_truenodeids");
  const std::vector<int64_t>& when_false = IntsAttribute(t.node(), "nodes_falsenodeids");
  const Attribute* modes = FindAttribute(t.node(), "nodes_modes");
  const size_t n = trees.size();
  if (modes == nullptr || ids.size() != n || when_true.size() != n || when_false.size() != n ||
      modes->strings.size() != n) {
    return t.Incomplete();
  }
  absl::flat_hash_map<std::pair<int64_t, int64_t>, int64_t> index;
  for (size_t i = 0; i < n; ++i) index.insert({{trees[i], ids[i]}, static_cast<int64_t>(i)});
  const auto find = [&](size_t i, int64_t id) -> int64_t {
    const auto found = index.find({trees[i], id});
    return found == index.end() ? kNone : found->second;
  };
  Branches branches(n, {kNone, kNone});
  int64_t inner = 0;
  for (size_t i = 0; i < n; ++i) {
    if (modes->strings[i] == "LEAF") continue;
    branches[i] = {find(i, when_true[i]), find(i, when_false[i])};
    ++inner;
  }
  Forest forest{branches};
  absl::flat_hash_set<int64_t> seen;
  for (size_t i = 0; i < n; ++i) {
    if (seen.insert(trees[i]).second) forest.AddTree(static_cast<int64_t>(i));
  }
  Compares(t, forest.depths, inner);
}

// tree_roots; children by index, into the leaves where nodes_trueleafs / nodes_falseleafs say so. A tree that is a
// single leaf has a node whose both children are leaves.
void TreeEnsemble(Tally& t, const Rule&) {
  const std::vector<int64_t>& roots = IntsAttribute(t.node(), "tree_roots");
  const std::vector<int64_t>& when_true = IntsAttribute(t.node(), "nodes_truenodeids");
  const std::vector<int64_t>& when_false = IntsAttribute(t.node(), "nodes_falsenodeids");
  const std::vector<int64_t>& true_leaf = IntsAttribute(t.node(), "nodes_trueleafs");
  const std::vector<int64_t>& false_leaf = IntsAttribute(t.node(), "nodes_falseleafs");
  const size_t n = when_true.size();
  if (when_false.size() != n || true_leaf.size() != n || false_leaf.size() != n) return t.Incomplete();
  Branches branches(n, {kNone, kNone});
  for (size_t i = 0; i < n; ++i) {
    // A leaf child still costs the compare that leads to it: it is a node outside the array.
    const auto child = [&](int64_t id, int64_t leaf) { return leaf != 0 ? static_cast<int64_t>(n) : id; };
    branches[i] = {child(when_true[i], true_leaf[i]), child(when_false[i], false_leaf[i])};
  }
  Forest forest{branches};
  for (int64_t root : roots) forest.AddTree(root);
  Compares(t, forest.depths, static_cast<int64_t>(n));
}

constexpr const char* kFormula = "rows · trees · depth compares, each tree as deep as its longest path: an upper bound";

constexpr Rule kRules[] = {
    {kMl, "TreeEnsembleClassifier", 1, kNewest, TreeEnsembleOfNodes, "tree_ensemble", kB, kFormula},
    {kMl, "TreeEnsembleRegressor", 1, kNewest, TreeEnsembleOfNodes, "tree_ensemble", kB, kFormula},
    {kMl, "TreeEnsemble", 5, kNewest, TreeEnsemble, "tree_ensemble", kB, kFormula},
};

}  // namespace

absl::Span<const Rule> TreeRules() { return kRules; }

}  // namespace opcost
