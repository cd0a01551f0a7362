#include "costing/calibration/generate/sized_inputs.h"

#include <algorithm>

namespace opcost::generate {

T MapOf(Net& net, int64_t elements) {
  constexpr int64_t kMostChannels = 2048;
  int64_t side = net.random.Pick<int64_t>({7, 14, 28, 56, 20, 40, 80});
  while (elements / (side * side) > kMostChannels) side *= 2;
  return net.Input({1, std::max<int64_t>(1, elements / (side * side)), side, side});
}

T TokensOf(Net& net, int64_t elements) {
  const int64_t width = net.random.Pick<int64_t>({64, 128, 256, 384, 512, 768, 1024, 3072});
  return net.Input({1, std::max<int64_t>(1, elements / width), width});
}

T AnyBelow(Net& net, int64_t most) {
  const int64_t elements = net.random.LogBetween(1000, most);
  return net.random.Chance(0.5) ? MapOf(net, elements) : TokensOf(net, elements);
}

int64_t Size(Net& net) { return net.random.LogBetween(500, 5000000); }

}  // namespace opcost::generate
