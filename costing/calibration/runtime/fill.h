// Elements of tensors from a seed: the same bytes everywhere.
#ifndef OPCOST_COSTING_CALIBRATION_RUNTIME_FILL_H_
#define OPCOST_COSTING_CALIBRATION_RUNTIME_FILL_H_

#include <cstdint>

#include "costing/calibration/runtime/host_tensor.h"

namespace opcost {

// Uniform in [low, high), rounded to the type; types of 8 bits and less get patterns without infinities.
void FillFloats(double low, double high, uint64_t seed, HostTensor& tensor);
// 0 or 1 in wide types, so that they are valid indices; any small number in those of 8 bits and less.
void FillIntegers(uint64_t seed, HostTensor& tensor);
// 0 or 1.
void FillBits(uint64_t seed, HostTensor& tensor);
// Every element, of an integer type of at least 8 bits or bool.
void FillWith(int64_t value, HostTensor& tensor);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_RUNTIME_FILL_H_
