// A synthetic transformer as exporters write it: layer normalisation, attention and GELU decomposed.
#ifndef OPCOST_TESTS_BENCH_TRANSFORMER_H_
#define OPCOST_TESTS_BENCH_TRANSFORMER_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace opcost::bench {

inline constexpr int kNodesPerLayer = 50;

struct TransformerOptions {
  // Rounded up to whole layers. 10,500 nodes hold 1.58 GB of weights.
  int nodes = 10500;
  // Written into the file; otherwise they are external data that is not there.
  bool weights = true;
  // Batch and tokens are symbols rather than 1 and 128.
  bool symbolic = false;
};

// Streams the model to `path`; memory does not grow with the weights.
absl::Status WriteTransformer(const std::string& path, const TransformerOptions& options);

}  // namespace opcost::bench

#endif  // OPCOST_TESTS_BENCH_TRANSFORMER_H_
