// Types that a loop carries from round to round, until they stop changing.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/regions.h"

namespace opcost::internal {
namespace {

// Beyond this nesting a loop body is inferred once, with carried extents unknown: two passes a level would double the
// work with every level.
constexpr int kDeepestRepeated = 4;

int Depth(Instantiation& in, RegionId id) {
  int depth = 0;
  for (RegionId r = id; r != kNone; r = RegionAt(in, r).parent) ++depth;
  return depth;
}

// Carried types that differ between two rounds lose the extents in which they differ.
bool Widen(std::vector<Inferred>& carried, const std::vector<Inferred>& next) {
  bool changed = false;
  for (size_t i = 0; i < carried.size() && i < next.size(); ++i) {
    Inferred& now = carried[i];
    if (now.dtype == DType::kUnknown && next[i].dtype != DType::kUnknown) {
      now = next[i];
      now.value = kNone;
      now.elements = nullptr;
      changed = true;
      continue;
    }
    if (now.value != next[i].value && now.value != kNone) {
      now.value = kNone;
      changed = true;
    }
    if (now.elements != next[i].elements && now.elements != nullptr) {
      now.elements = nullptr;
      changed = true;
    }
    if (!now.shape || !next[i].shape) {
      changed = changed || now.shape.has_value();
      now.shape.reset();
    } else if (now.shape->size() != next[i].shape->size()) {
      now.shape.reset();
      changed = true;
    } else {
      for (size_t d = 0; d < now.shape->size(); ++d) {
        if ((*now.shape)[d] == (*next[i].shape)[d] || (*now.shape)[d] == Dim{}) continue;
        (*now.shape)[d] = Dim{};
        changed = true;
      }
    }
  }
  return changed;
}

}  // namespace

// Names the extents that a loop changes, so that the body can be typed with them.
void AssignCarried(Instantiation& in, TensorId id, Inferred inferred) {
  if (inferred.shape) {
    for (size_t axis = 0; axis < inferred.shape->size(); ++axis) {
      Dim& d = (*inferred.shape)[axis];
      if (d.known() || d.symbol != kNone) continue;
      const std::string name = absl::StrCat(in.TensorAt(id).name, ":", axis);
      in.symbols_met.insert(name);
      const auto assumed = in.options.assume.find(name);
      if (assumed != in.options.assume.end()) {
        d.extent = assumed->second;
      } else {
        d.symbol = InternSymbol(in, name);
      }
    }
  }
  Assign(in, id, inferred);
}

// Runs the body until the carried types hold. `fixed` inputs come first and never change.
absl::Status Iterate(Instantiation& in, RegionId body, size_t fixed, std::vector<Inferred> carried,
                     size_t skip_outputs) {
  const size_t notes = in.graph.notes.size();
  const int64_t downstream = in.unresolved_downstream;
  const bool repeat = Depth(in, body) <= kDeepestRepeated;
  for (int pass = 0; pass < 4; ++pass) {
    in.graph.notes.resize(notes);
    in.unresolved_downstream = downstream;
    for (size_t i = 0; i < carried.size(); ++i) {
      const TensorId t = RegionAt(in, body).inputs[fixed + i];
      if (!repeat || pass == 3) {
        carried[i].value = kNone;
        carried[i].elements = nullptr;
        if (carried[i].shape) carried[i].shape->assign(carried[i].shape->size(), Dim{});
      }
      AssignCarried(in, t, carried[i]);
    }
    if (absl::Status s = InferRegion(in, body); !s.ok()) return s;
    if (!repeat || pass == 3) break;
    std::vector<Inferred> next;
    const std::vector<TensorId>& outputs = RegionAt(in, body).outputs;
    for (size_t i = 0; i < carried.size() && skip_outputs + i < outputs.size(); ++i) {
      next.push_back(Describe(in, outputs[skip_outputs + i]));
    }
    if (!Widen(carried, next)) break;
  }
  return absl::OkStatus();
}

}  // namespace opcost::internal
