#include "costing/calibration/runtime/fill.h"

#include <bit>
#include <cstring>

namespace opcost {
namespace {

// SplitMix64 (Steele, Lea and Flood, 2014): one multiplication chain an element, as weights may have a billion.
class Stream {
 public:
  explicit Stream(uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ULL + 1) {}
  uint64_t Next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }
  double Uniform() { return static_cast<double>(Next() >> 11) * 0x1p-53; }

 private:
  uint64_t state_;
};

// Normal halves of magnitudes that matter here: no rounding to even, no denormals.
uint16_t ToHalf(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint32_t sign = bits >> 16 & 0x8000U;
  const int exponent = static_cast<int>(bits >> 23 & 0xFFU) - 127 + 15;
  if (exponent <= 0) return static_cast<uint16_t>(sign);
  if (exponent >= 31) return static_cast<uint16_t>(sign | 0x7BFFU);
  return static_cast<uint16_t>(sign | static_cast<uint32_t>(exponent) << 10 | (bits >> 13 & 0x3FFU));
}

uint16_t ToBrain(float value) { return static_cast<uint16_t>(std::bit_cast<uint32_t>(value) >> 16); }

template <typename Element, typename Make>
void Each(HostTensor& tensor, Make make) {
  const size_t n = tensor.bytes.size() / sizeof(Element);
  for (size_t i = 0; i < n; ++i) {
    const Element element = make();
    std::memcpy(tensor.bytes.data() + i * sizeof element, &element, sizeof element);
  }
}

template <typename Make>
void EachInteger(HostTensor& tensor, Make make) {
  switch (BitWidth(tensor.dtype)) {
    case 64:
      return Each<int64_t>(tensor, make);
    case 32:
      return Each<int32_t>(tensor, [&] { return static_cast<int32_t>(make()); });
    case 16:
      return Each<int16_t>(tensor, [&] { return static_cast<int16_t>(make()); });
    default:
      return Each<int8_t>(tensor, [&] { return static_cast<int8_t>(make()); });
  }
}

}  // namespace

void FillFloats(double low, double high, uint64_t seed, HostTensor& tensor) {
  Stream stream(seed);
  const auto next = [&] { return low + (high - low) * stream.Uniform(); };
  switch (tensor.dtype) {
    case DType::kFloat64:
    case DType::kComplex128:
      return Each<double>(tensor, next);
    case DType::kFloat32:
    case DType::kComplex64:
      return Each<float>(tensor, [&] { return static_cast<float>(next()); });
    case DType::kFloat16:
      return Each<uint16_t>(tensor, [&] { return ToHalf(static_cast<float>(next())); });
    case DType::kBFloat16:
      return Each<uint16_t>(tensor, [&] { return ToBrain(static_cast<float>(next())); });
    default:
      // Exponents in the lower half: small numbers in each of the narrow formats.
      return Each<uint8_t>(tensor, [&] { return static_cast<uint8_t>(stream.Next() & 0xB7U); });
  }
}

void FillIntegers(uint64_t seed, HostTensor& tensor) {
  if (BitWidth(tensor.dtype) > 8 || tensor.dtype == DType::kBool) return FillBits(seed, tensor);
  Stream stream(seed);
  Each<uint8_t>(tensor, [&] { return static_cast<uint8_t>(stream.Next() & 0x3FU); });
}

void FillBits(uint64_t seed, HostTensor& tensor) {
  Stream stream(seed);
  EachInteger(tensor, [&] { return static_cast<int64_t>(stream.Next() >> 63); });
}

void FillWith(int64_t value, HostTensor& tensor) {
  EachInteger(tensor, [&] { return value; });
}

}  // namespace opcost
