// Random damage to models, repeatable by seed: to their bytes, and to their messages (which still parse then).
#ifndef OPCOST_TESTS_FRONTEND_MUTATE_H_
#define OPCOST_TESTS_FRONTEND_MUTATE_H_

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "onnx/onnx_pb.h"

namespace opcost::testing_internal {

using Random = std::mt19937_64;

// Below `count`, which is above 0.
inline uint64_t Below(Random& random, uint64_t count) { return random() % count; }

// Flips bits, cuts, splices, repeats ranges, overwrites numbers and lengths. `donor` gives foreign pieces.
std::string MutateBytes(std::string bytes, const std::string& donor, Random& random);

// Swaps names, operators, attributes; puts extreme numbers into extents, attributes and small tensors.
void MutateMessage(onnx::ModelProto& model, Random& random);

// Bytes of the smallest models in tests/models and of a few that use bodies, functions, sparse tensors and odd types.
std::vector<std::string> SeedModels();

}  // namespace opcost::testing_internal

#endif  // OPCOST_TESTS_FRONTEND_MUTATE_H_
