#include "costing/calibration/join_model.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "costing/calibration/join_names.h"
#include "costing/calibration/join_ownership.h"
#include "costing/calibration/join_roles.h"

namespace opcost {
namespace {

constexpr std::array<absl::string_view, kJoinWays> kWays = {"name",      "tensor",     "index", "structure",
                                                            "remainder", "conversion", "none"};
constexpr std::array<absl::string_view, kNodeFates> kFates = {"covered", "folded", "not_taken", "missing"};
// Less of the time than this finds a node: the profile is of another model.
constexpr double kOtherModel = 0.2;
// More of the matched time than this ran on other sizes: the model is bound otherwise.
constexpr double kOtherSizes = 0.5;

NodeId Anchor(const Graph& graph, const std::vector<NodeId>& nodes) {
  NodeId anchor = kNone;
  int weight = -1;
  for (NodeId node : nodes) {
    const int other = Weight(RoleOf(graph.nodes[static_cast<size_t>(node)].op_type));
    if (other <= weight) continue;
    weight = other;
    anchor = node;
  }
  return anchor;
}

std::string ShapeText(const std::vector<int64_t>& dims) { return absl::StrCat("[", absl::StrJoin(dims, ", "), "]"); }

// Whether some node of the kernel writes a tensor of the measured size. Channels may be rounded up to whole blocks, and
// runtimes may view a tensor otherwise: the number of elements must agree up to that.
bool HasModelsSize(const Graph& graph, const MeasuredKernel& kernel, const std::vector<NodeId>& nodes,
                   std::string& text) {
  constexpr int64_t kWidestBlock = 32;
  if (kernel.outputs.empty() || !kernel.outputs[0].is_present) return true;
  int64_t measured = 1;
  for (int64_t d : kernel.outputs[0].dims) measured *= d;
  bool known = false;
  std::string shown;
  for (NodeId node : nodes) {
    for (TensorId output : graph.nodes[static_cast<size_t>(node)].outputs) {
      if (output == kNone || !graph.tensors[static_cast<size_t>(output)].shape) continue;
      const Shape& shape = *graph.tensors[static_cast<size_t>(output)].shape;
      const std::optional<int64_t> elements = NumElements(shape);
      if (!elements) continue;
      known = true;
      shown = ToString(shape, graph);
      if (*elements == measured) return true;
      const int64_t channels = shape.size() > 1 ? shape[1].extent : 0;
      for (int64_t block = 4; channels > 0 && block <= kWidestBlock; block *= 2) {
        const int64_t padded = (channels + block - 1) / block * block;
        if (*elements / channels * padded == measured) return true;
      }
    }
  }
  if (!known) return true;
  text = absl::StrCat("measured ", ShapeText(kernel.outputs[0].dims), ", the model has ", shown);
  return false;
}

void CheckSizes(const Graph& graph, const MeasuredRun& run, ModelJoin& join) {
  for (size_t k = 0; k < join.kernels.size(); ++k) {
    const JoinedKernel& joined = join.kernels[k];
    std::string text;
    // A moved Transpose may work on a part.
    if (joined.way == JoinWay::kStructure || joined.way == JoinWay::kRemainder) continue;
    if (joined.nodes.empty() || HasModelsSize(graph, run.kernels[k], joined.nodes, text)) continue;
    ++join.other_sizes;
    join.other_sizes_s += run.kernels[k].seconds;
    if (join.first_other_size.empty()) {
      join.first_other_size = absl::StrCat(graph.nodes[static_cast<size_t>(joined.anchor)].id, ": ", text);
    }
  }
}

// Branches of which no node has an entry, while the If around them has one.
std::vector<uint8_t> BranchesNotTaken(const Ownership& ownership) {
  const Graph& graph = ownership.graph;
  std::vector<uint8_t> ran(graph.regions.size(), 0);
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    if (ownership.owner[n] != kNone) ran[static_cast<size_t>(graph.nodes[n].region)] = 1;
  }
  std::vector<uint8_t> not_taken(graph.regions.size(), 0);
  for (size_t r = 0; r < graph.regions.size(); ++r) {
    const Region& region = graph.regions[r];
    const bool branch = region.kind == RegionKind::kThen || region.kind == RegionKind::kElse;
    const bool around = region.owner != kNone && ownership.owner[static_cast<size_t>(region.owner)] != kNone;
    not_taken[r] = branch && around && ran[r] == 0 ? 1 : 0;
  }
  return not_taken;
}

}  // namespace

absl::string_view Name(JoinWay way) { return kWays[static_cast<size_t>(way)]; }
absl::string_view Name(NodeFate fate) { return kFates[static_cast<size_t>(fate)]; }

ModelJoin JoinModel(const Graph& graph, const MeasuredRun& run, const JoinOptions& options) {
  Ownership ownership = StartOwnership(graph, run);
  ClaimNamed(NameIndex(graph), ownership);
  ClaimPredicted(options, ownership);
  ClaimLandmarks(ownership);
  ClaimInOrder(ownership);
  HandOutTheRest(ownership);

  ModelJoin join{.kernels = std::move(ownership.kernels)};
  for (size_t k = 0; k < join.kernels.size(); ++k) {
    JoinedKernel& joined = join.kernels[k];
    std::sort(joined.nodes.begin(), joined.nodes.end());
    joined.anchor = Anchor(graph, joined.nodes);
    const double seconds = run.kernels[k].seconds;
    join.seconds += seconds;
    if (!joined.nodes.empty()) join.matched_s += seconds;
    if (joined.nodes.empty() && joined.way == JoinWay::kConversion) join.conversion_s += seconds;
  }
  const std::vector<uint8_t> not_taken = BranchesNotTaken(ownership);
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    const bool skipped = not_taken[static_cast<size_t>(graph.nodes[n].region)] != 0;
    join.fates.push_back(ownership.owner[n] != kNone ? NodeFate::kCovered
                         : ownership.folded[n] != 0  ? NodeFate::kFolded
                         : skipped                   ? NodeFate::kNotTaken
                                                     : NodeFate::kMissing);
  }
  CheckSizes(graph, run, join);
  return join;
}

absl::Status CheckJoin(const Graph& graph, const MeasuredRun& run, const ModelJoin& join) {
  const double rest = join.seconds - join.conversion_s;
  const double share = rest > 0 ? join.matched_s / rest : 0;
  const int64_t matched = std::count_if(join.kernels.begin(), join.kernels.end(),
                                        [](const JoinedKernel& kernel) { return !kernel.nodes.empty(); });
  if (share < kOtherModel) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "%s: %d of its %d kernels, %.1f %% of their time, are nodes of %s; expected a profile of this model", run.path,
        matched, run.kernels.size(), 100 * share, graph.path));
  }
  if (join.matched_s > 0 && join.other_sizes_s / join.matched_s > kOtherSizes) {
    return absl::InvalidArgumentError(absl::StrCat(run.path, ": ", join.other_sizes,
                                                   " kernels ran on other sizes than ", graph.path, " has (",
                                                   join.first_other_size, "); bind them with --dim or --shape"));
  }
  return absl::OkStatus();
}

}  // namespace opcost
