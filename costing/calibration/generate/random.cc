#include "costing/calibration/generate/random.h"

#include <algorithm>
#include <cmath>

namespace opcost::generate {

// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
uint64_t Random::Next() {
  state_ += 0x9E3779B97F4A7C15U;
  uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

double Random::Uniform() {
  constexpr int kMantissaBits = 53;
  return std::ldexp(static_cast<double>(Next() >> (64 - kMantissaBits)), -kMantissaBits);
}

int64_t Random::Between(int64_t low, int64_t high) {
  const uint64_t range = static_cast<uint64_t>(std::max(low, high) - low) + 1;
  return low + static_cast<int64_t>(Next() % range);
}

int64_t Random::LogBetween(int64_t low, int64_t high) {
  high = std::max(low, high);
  const double from = std::log(static_cast<double>(low)), to = std::log(static_cast<double>(high));
  return std::clamp<int64_t>(std::llround(std::exp(from + Uniform() * (to - from))), low, high);
}

// FNV-1a over the name, then the numbers.
uint64_t SeedOf(absl::string_view name, int64_t index, uint64_t seed) {
  uint64_t hash = 0xCBF29CE484222325U;
  const auto mix = [&](uint64_t byte) { hash = (hash ^ byte) * 0x100000001B3U; };
  for (char c : name) mix(static_cast<uint8_t>(c));
  for (const uint64_t number : {static_cast<uint64_t>(index), seed}) {
    for (int shift = 0; shift < 64; shift += 8) mix((number >> shift) & 0xFF);
  }
  return hash;
}

}  // namespace opcost::generate
