// The test table: for each rule at least one node with its work spelt out as arithmetic.
#ifndef OPCOST_TESTS_OPS_ROWS_H_
#define OPCOST_TESTS_OPS_ROWS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "base/dtype.h"

namespace opcost {

// What one execution costs; every quantity is checked, those not written are 0.
struct Want {
  int64_t macs = 0;
  int64_t ops = 0;   // vector operations
  int64_t ints = 0;  // integer operations
  int64_t trans = 0;
  int64_t act = 0;      // activation bytes read
  int64_t weight = 0;   // weight bytes read
  int64_t written = 0;  // bytes written
  int64_t launches = 1;
  int64_t masked = -1;  // MACs that a mask or window leaves
  bool incomplete = false;
};

struct Row {
  const char* op;
  const char* inputs;
  const char* outputs;
  const char* attributes;
  Want want;
  int opset = 28;
};

absl::Span<const Row> ConvRows();
absl::Span<const Row> ProductRows();
absl::Span<const Row> AttentionRows();
absl::Span<const Row> RecurrentRows();
absl::Span<const Row> QuantizedRows();
absl::Span<const Row> ElementwiseRows();
absl::Span<const Row> NormalizationRows();
absl::Span<const Row> ReductionRows();
absl::Span<const Row> MovementRows();
absl::Span<const Row> SignalRows();
absl::Span<const Row> ControlRows();
absl::Span<const Row> TraditionalMlRows();
absl::Span<const Row> ContribRows();
absl::Span<const Row> GenerationRows();

inline std::vector<Row> AllRows() {
  std::vector<Row> rows;
  for (absl::Span<const Row> family :
       {ConvRows(), ProductRows(), AttentionRows(), RecurrentRows(), QuantizedRows(), ElementwiseRows(),
        NormalizationRows(), ReductionRows(), MovementRows(), SignalRows(), ControlRows(), TraditionalMlRows(),
        ContribRows(), GenerationRows()}) {
    rows.insert(rows.end(), family.begin(), family.end());
  }
  return rows;
}

}  // namespace opcost

#endif  // OPCOST_TESTS_OPS_ROWS_H_
