// Back to what the file says, so that it can be inferred under other bindings without being built again.
#include <algorithm>

#include "frontend/instantiate.h"

namespace opcost::internal {

void Rewind(Instantiation& in) {
  for (Tensor& t : in.graph.tensors) {
    if (t.kind == TensorKind::kInitializer) continue;
    t.type = TypeClass::kTensor;
    t.dtype = DType::kUnknown;
    t.shape.reset();
    t.value = kNone;
    t.is_constant = false;
    if (t.kind == TensorKind::kConstant) t.kind = TensorKind::kActivation;
  }
  std::fill(in.depends_on_data.begin(), in.depends_on_data.end(), uint8_t{0});
  std::fill(in.from_data.begin(), in.from_data.end(), uint8_t{0});
  for (Region& region : in.graph.regions) {
    region.trips = 1;
    region.trips_assumed = false;
    region.dead = false;
    for (const TensorId input : region.inputs) in.from_data[static_cast<size_t>(input)] = 1;
  }
  in.graph.bindings.clear();
  in.rich_types.clear();
  in.sequences.clear();
  in.sequence_budget = kSequenceBudget;
  in.round_budget = kRoundBudget;
  in.symbol_owner.clear();
  in.at_most.clear();
  in.symbols_met.clear();
  in.told.clear();
  in.unbound.clear();
  in.shapes_rebound = false;
  in.unresolved_downstream = 0;
  in.failure.clear();
}

}  // namespace opcost::internal
