// Types that a loop carries from round to round: what of them holds in every round.
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
// Every pass but the last widens something, so most loops need two.
constexpr int kManyPasses = 16;
constexpr int kFewPasses = 4;

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

// Nothing but the rank and the element type.
void Forget(Inferred& type) {
  type.value = kNone;
  type.elements = nullptr;
  if (type.shape) type.shape->assign(type.shape->size(), Dim{});
}

void NoteChanging(Instantiation& in, const std::string& tensor, size_t axis, const std::string& name) {
  in.Note(NoteKind::kDataDependent,
          absl::StrCat("axis ", axis, " of '", tensor, "' changes from round to round and stays the symbol '", name,
                       "'; give it a typical value with --assume ", name, "=N"),
          tensor);
}

}  // namespace

void NoteMark::Restore(Instantiation& in) const {
  in.graph.notes.erase(in.graph.notes.begin() + notes_, in.graph.notes.end());
  in.unresolved_downstream = downstream_;
}

void AssignCarried(Instantiation& in, TensorId id, Inferred inferred) {
  if (inferred.shape) {
    for (size_t axis = 0; axis < inferred.shape->size(); ++axis) {
      Dim& d = (*inferred.shape)[axis];
      if (d.known() || d.symbol != kNone) continue;
      const std::string name = ExtentName(in, id, axis);
      in.symbols_met.insert(name);
      const auto assumed = in.options.assume.find(name);
      if (assumed != in.options.assume.end()) {
        d.extent = assumed->second;
      } else {
        d.symbol = InternSymbol(in, name);
        NoteChanging(in, in.TensorAt(id).name, axis, name);
      }
    }
  }
  Assign(in, id, inferred);
}

bool MayRepeat(Instantiation& in, RegionId body) { return Depth(in, body) <= kDeepestRepeated; }

absl::Status Settle(Instantiation& in, RegionId body, size_t fixed, size_t skip_outputs,
                    std::vector<Inferred>& carried) {
  const NoteMark mark(in);
  const int passes = !MayRepeat(in, body) ? 1 : Depth(in, body) > 2 ? kFewPasses : kManyPasses;
  for (int pass = 1; pass <= passes; ++pass) {
    mark.Restore(in);
    for (size_t i = 0; i < carried.size(); ++i) {
      if (pass == passes) Forget(carried[i]);
      AssignCarried(in, RegionAt(in, body).inputs[fixed + i], carried[i]);
    }
    if (absl::Status s = InferRegion(in, body); !s.ok()) return s;
    std::vector<Inferred> next;
    const std::vector<TensorId>& outputs = RegionAt(in, body).outputs;
    for (size_t i = 0; i < carried.size() && skip_outputs + i < outputs.size(); ++i) {
      next.push_back(Describe(in, outputs[skip_outputs + i]));
    }
    if (pass < passes && !Widen(carried, next)) break;
  }
  return absl::OkStatus();
}

}  // namespace opcost::internal
