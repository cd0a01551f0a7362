// Numbers that look random and are the same everywhere: no distribution of the standard library, whose results differ
// between implementations.
#ifndef OPCOST_COSTING_CALIBRATION_GENERATE_RANDOM_H_
#define OPCOST_COSTING_CALIBRATION_GENERATE_RANDOM_H_

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "absl/strings/string_view.h"

namespace opcost::generate {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Next();
  double Uniform();                            // [0, 1)
  int64_t Between(int64_t low, int64_t high);  // both included; `low` where `high` is less
  bool Chance(double probability) { return Uniform() < probability; }
  // Uniform in the logarithm, rounded; ends as in Between. Sizes of real layers are spread like that.
  int64_t LogBetween(int64_t low, int64_t high);
  template <typename T>
  T Pick(std::initializer_list<T> from) {
    return from.begin()[Between(0, static_cast<int64_t>(from.size()) - 1)];
  }

 private:
  uint64_t state_;
};

// One number from a name, an index and a seed.
uint64_t SeedOf(absl::string_view name, int64_t index, uint64_t seed);

}  // namespace opcost::generate

#endif  // OPCOST_COSTING_CALIBRATION_GENERATE_RANDOM_H_
