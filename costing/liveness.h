// Which activations are alive when: the schedule of a model, row by row.
#ifndef OPCOST_COSTING_LIVENESS_H_
#define OPCOST_COSTING_LIVENESS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "costing/analyze.h"
#include "costing/caches.h"

namespace opcost {

// Bytes of activations while a row runs, and when it is done.
struct LiveStep {
  int32_t row = kNone;  // index into Classification::subgraphs
  int64_t live_bytes = 0;
  int64_t after_bytes = 0;
};

struct LiveTensor {
  TensorId tensor = kNone;  // the first of those that share the memory
  int64_t bytes = 0;
};

// The rows run in order; a tensor is born with its row and dies with its last consumer's, graph outputs never. What
// stays inside a fused row takes no memory, a view shares its source's, a present that is written into its past shares
// that, and an element-wise operator writes over an input of the same size that dies with it. While a body runs, the
// row that owns it runs too.
class Liveness {
 public:
  Liveness(const CountedModel& model, const std::vector<KeyValueCache>& caches);

  // Every tensor's size was known.
  bool complete() const { return complete_; }
  // What lives before the first row: the inputs.
  int64_t FromStart(RegionId region) const;
  // The rows of the region, as they run.
  std::vector<LiveStep> Timeline(RegionId region) const;
  // What is alive while a row runs, largest first: it adds up to the step's live_bytes.
  std::vector<LiveTensor> AliveAt(int32_t row) const;

 private:
  // What several tensors may share: a view and its source.
  struct Storage {
    TensorId tensor = kNone;
    int64_t bytes = 0;
    RegionId region = 0;
    int32_t born = kNone;        // row; kNone: lives from the region's start
    int32_t dies = kNone;        // last row that reads it
    bool internal = true;        // only seen inside the row it is born in
    int32_t overwrites = kNone;  // the storage whose place it takes
  };

  const Subgraph& RowOf(int32_t row) const { return model_.classification.subgraphs[static_cast<size_t>(row)]; }
  const Storage& At(int32_t s) const { return storages_[static_cast<size_t>(s)]; }
  int32_t PlaceOf(int32_t row) const { return place_[static_cast<size_t>(row)]; }
  RegionId RegionOfRow(int32_t row) const;
  int32_t RowOfNode(NodeId node) const { return model_.classification.subgraph_of[static_cast<size_t>(node)]; }
  NodeId InRegion(NodeId consumer, RegionId region) const;
  std::optional<int64_t> BytesOf(TensorId id) const;
  TensorId ViewedBy(TensorId id) const;

  void PlaceRows();
  void MakeStorages(const std::vector<KeyValueCache>& caches);
  void Place(TensorId id);
  int32_t StorageFor(TensorId id);
  void Extend(TensorId id, Storage& storage) const;
  void Outlive(int32_t row, Storage& storage) const;
  bool IsRegionOutput(TensorId id) const;
  void ListByRow();
  void FindOverwritten();
  int64_t PeakOf(RegionId region) const;
  RegionId LargestBody(const Subgraph& row) const;

  const CountedModel& model_;
  const Graph& graph_;
  const bool folds_;
  bool complete_ = true;
  std::vector<TensorId> past_of_;           // by TensorId: the buffer that a present is written into
  std::vector<int32_t> place_;              // by row
  std::vector<std::vector<int32_t>> rows_;  // by RegionId, as they run
  std::vector<Storage> storages_;
  std::vector<int32_t> storage_of_;               // by TensorId
  std::vector<std::vector<int32_t>> from_start_;  // by RegionId
  // By row; most have one or two.
  std::vector<absl::InlinedVector<int32_t, 2>> born_, dying_;
};

}  // namespace opcost

#endif  // OPCOST_COSTING_LIVENESS_H_
