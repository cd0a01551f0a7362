// A Transpose in front of a Reshape: merges with one that is a Transpose itself, and moves behind one that splits axes.
#include <optional>
#include <utility>
#include <vector>

#include "frontend/runtime/move_transposes.h"

namespace opcost::internal {
namespace {

// From 1.29 a Reshape that only splits axes lets a Transpose pass.
constexpr int kSplitsSince = 29;

// The axes of `from` that are those of `to`; nullopt unless only axes of extent 1 change places.
std::optional<Perm> AsTranspose(const std::vector<int64_t>& from, const std::vector<int64_t>& to) {
  if (from.size() != to.size()) return std::nullopt;
  std::vector<int64_t> left = from;
  Perm perm;
  for (int64_t extent : to) {
    size_t at = 0;
    for (; at < left.size() && left[at] != extent; ++at) {
      if (left[at] > 1 && extent != 1) return std::nullopt;
    }
    if (at == left.size()) return std::nullopt;
    left[at] = -1;
    perm.push_back(static_cast<int64_t>(at));
  }
  return perm;
}

// The axes of `to`, first and one behind the last, that an axis of `from` becomes; nullopt unless each becomes axes of
// its own.
std::optional<std::vector<std::pair<size_t, size_t>>> SplitAxes(const std::vector<int64_t>& from,
                                                                const std::vector<int64_t>& to) {
  if (to.size() <= from.size()) return std::nullopt;
  std::vector<std::pair<size_t, size_t>> runs;
  size_t at = 0;
  for (int64_t extent : from) {
    const size_t first = at;
    int64_t product = 1;
    do {
      if (at == to.size()) return std::nullopt;
      product *= to[at++];
    } while (product < extent);
    if (product != extent) return std::nullopt;
    runs.emplace_back(first, at);
  }
  if (at != to.size()) return std::nullopt;
  return runs;
}

// What is split before the Transpose stands in the order of the axes there.
bool MoveBehindSplit(Move& move, const std::vector<std::pair<size_t, size_t>>& runs, const std::vector<int64_t>& to) {
  std::vector<int64_t> shape;
  Perm behind(to.size());
  for (int64_t axis : Inverse(move.perm)) {
    const auto [first, end] = runs[static_cast<size_t>(axis)];
    for (size_t d = first; d < end; ++d) {
      behind[d] = static_cast<int64_t>(shape.size());
      shape.push_back(to[d]);
    }
  }
  UntransposeInputs(move);
  move.rewrite.SetInput(move.node, 1, move.rewrite.AddInts("shape", std::move(shape)));
  TransposeOutputs(move, behind);
  return true;
}

}  // namespace

bool MoveReshape(Move& move) {
  Rewrite& r = move.rewrite;
  const auto from = r.Extents(r.Input(move.node, 0)), to = r.Extents(r.Output(move.node));
  if (!from || !to || !r.IsConstant(r.Input(move.node, 1))) return false;
  if (const std::optional<Perm> perm = AsTranspose(*from, *to)) return MergeTransposes(move, *perm);
  if (move.minor_version < kSplitsSince) return false;
  const auto runs = SplitAxes(*from, *to);
  return runs && MoveBehindSplit(move, *runs, *to);
}

}  // namespace opcost::internal
