// Swin and MaxViT: a map is cut into windows (or grids), attention runs in each, and the map is put together again. The
// cut is Reshape, a transposition of six axes, Reshape; so is the way back. Every other layer rolls the map before and
// back behind, each roll a Concat of two Slices by axis.
#include <algorithm>
#include <utility>
#include <vector>

#include "frontend/patterns/blocks.h"
#include "frontend/patterns/parts.h"
#include "frontend/patterns/walk.h"

namespace opcost {
namespace {

constexpr size_t kPartitionRank = 6;
constexpr int kRolledAxes = 2;

struct Partition {
  NodeId transpose = kNone;
  TensorId from = kNone;
  NodeId last = kNone;  // the second Reshape
};

NodeId OnlyReader(const GraphView& view, TensorId t) {
  NodeId only = kNone;
  for (NodeId reader : view.tensor(t).consumers) {
    if (view.IsStatic(reader)) continue;
    if (only != kNone) return kNone;
    only = reader;
  }
  return only;
}

std::vector<Partition> Partitions(const GraphView& view) {
  const OpId reshape = OpByName("Reshape");
  std::vector<Partition> found;
  for (NodeId n : view.nodes_of[OpByName("Transpose")]) {
    if (IntsAttribute(view.node(n), "perm").size() != kPartitionRank) continue;
    const TensorId in = view.Inputs(n)[0];
    const TensorId out = view.first_output[static_cast<size_t>(n)];
    const NodeId last = OnlyReader(view, out);
    const NodeId first = view.LiveProducer(in);
    if (first == kNone || last == kNone || view.op[static_cast<size_t>(first)] != reshape ||
        view.op[static_cast<size_t>(last)] != reshape) {
      continue;
    }
    found.push_back({n, view.Inputs(first)[0], last});
  }
  return found;
}

// The tensor that t is rolled from; t itself when it is not.
TensorId BeforeRoll(const GraphView& view, TensorId t) {
  const OpId concat = OpByName("Concat"), slice = OpByName("Slice");
  for (int i = 0; i < kRolledAxes; ++i) {
    if (view.producer_op[static_cast<size_t>(t)] != concat) break;
    const absl::Span<const TensorId> parts = view.Inputs(view.LiveProducer(t));
    if (parts.size() != 2 || parts[0] == kNone || parts[1] == kNone) break;
    if (view.producer_op[static_cast<size_t>(parts[0])] != slice) break;
    if (view.producer_op[static_cast<size_t>(parts[1])] != slice) break;
    const TensorId a = view.Inputs(view.LiveProducer(parts[0]))[0];
    const TensorId b = view.Inputs(view.LiveProducer(parts[1]))[0];
    if (a != b) break;
    t = a;
  }
  return t;
}

// The last node of the roll of what `last` makes; `last` itself when that is not rolled.
NodeId AfterRoll(const GraphView& view, NodeId last) {
  const OpId concat = OpByName("Concat"), slice = OpByName("Slice");
  for (int i = 0; i < kRolledAxes; ++i) {
    const TensorId out = view.first_output[static_cast<size_t>(last)];
    NodeId join = kNone;
    int slices = 0;
    for (NodeId reader : view.tensor(out).consumers) {
      if (view.IsStatic(reader)) continue;
      if (view.op[static_cast<size_t>(reader)] != slice) return last;
      const NodeId next = OnlyReader(view, view.first_output[static_cast<size_t>(reader)]);
      if (next == kNone || view.op[static_cast<size_t>(next)] != concat || (join != kNone && join != next)) return last;
      join = next;
      ++slices;
    }
    if (slices != 2) return last;
    last = join;
  }
  return last;
}

}  // namespace

std::vector<FoundBlock> FindWindowAttention(const Parts& parts) {
  const GraphView& view = parts.view;
  std::vector<FoundBlock> blocks;
  const std::vector<Partition> partitions = Partitions(view);
  Walk walk(view);
  for (size_t i = 0; i + 1 < partitions.size(); ++i) {
    const Partition& cut = partitions[i];
    const NodeId last = AfterRoll(view, partitions[i + 1].last);
    FoundBlock block;
    block.pattern = Pattern::kWindowAttention;
    block.anchor = last;
    const TensorId x = BeforeRoll(view, cut.from);
    if (!walk.Run(last, x, kNone, &block.nodes)) continue;
    const auto is_attention = [&](NodeId n) { return parts.is_attention[static_cast<size_t>(n)] != 0; };
    const auto attention = std::find_if(block.nodes.begin(), block.nodes.end(), is_attention);
    if (attention == block.nodes.end() || *attention < cut.transpose ||
        !std::binary_search(block.nodes.begin(), block.nodes.end(), partitions[i + 1].transpose)) {
      continue;
    }
    block.anchor = *attention;
    blocks.push_back(std::move(block));
    ++i;
  }
  return blocks;
}

}  // namespace opcost
