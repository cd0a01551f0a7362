// Networks to calibrate with: small ONNX models, made from a seed, whose kernels are those that real models have.
//
// Nothing is downloaded and no real model is needed, so no family of models is special. Weights are named but not
// stored (external data without a file): who measures supplies random ones. Every network is valid ONNX with static
// shapes. Integer inputs are indices or masks: any of 0 and 1 is valid for all of them.
#ifndef OPCOST_COSTING_CALIBRATION_GENERATE_GENERATE_H_
#define OPCOST_COSTING_CALIBRATION_GENERATE_GENERATE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace opcost {

struct GeneratedNetwork {
  std::string name;    // "mobile-003"
  std::string family;  // "mobile"
  std::string model;   // a serialised ModelProto
};

struct NetworkFamily {
  std::string name;
  std::string summary;  // what it is for, one line
};
const std::vector<NetworkFamily>& NetworkFamilies();

// The `index`-th network of a family: the same bytes for the same seed, everywhere. NotFound names the nearest family.
absl::StatusOr<GeneratedNetwork> GenerateNetwork(absl::string_view family, int64_t index, uint64_t seed);

struct NetworkChoice {
  std::string family;
  int64_t index;
};
// The order to measure in: after each round every family has one network more, so that whoever stops early has seen
// all of them. Families that carry most of real models' time come more than once a round. `count` of them.
std::vector<NetworkChoice> NetworkOrder(int64_t count);
// Networks in one round.
int64_t NetworksInRound();

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_GENERATE_GENERATE_H_
