// Inputs for kernels that are measured side by side: about so many elements, in shapes that networks have.
#ifndef OPCOST_COSTING_CALIBRATION_GENERATE_SIZED_INPUTS_H_
#define OPCOST_COSTING_CALIBRATION_GENERATE_SIZED_INPUTS_H_

#include <cstdint>

#include "costing/calibration/generate/net.h"

namespace opcost::generate {

// [1, C, H, W].
T MapOf(Net& net, int64_t elements);
// [1, tokens, width].
T TokensOf(Net& net, int64_t elements);
// One or the other, of at most so many.
T AnyBelow(Net& net, int64_t most);
// Elements: from what stays in the first cache to what no cache holds.
int64_t Size(Net& net);

}  // namespace opcost::generate

#endif  // OPCOST_COSTING_CALIBRATION_GENERATE_SIZED_INPUTS_H_
