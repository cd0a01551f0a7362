// What detectors do with their boxes behind the heads, as exporters write it for each class: what is above a threshold,
// its boxes and scores, the best of them; then suppression of what overlaps.
#include <algorithm>

#include "costing/calibration/generate/families.h"
#include "costing/calibration/generate/layers.h"

namespace opcost::generate {
namespace {

constexpr double kOverlap = 0.5;
constexpr double kApart = 64;  // extents of a box: most boxes are of another class

// Boxes of all classes at once: those of another class are moved aside, as torchvision does it.
void Suppress(Net& net, int64_t candidates) {
  const T aside = Mul(net, net.Input({candidates, 1}), net.Scalar(kApart));
  const T boxes = Reshape(net, Add(net, net.Input({candidates, 4}), aside), {1, candidates, 4});
  net.Output(net.Op("NonMaxSuppression", {boxes, net.Input({1, 1, candidates}), net.Ints({candidates}),
                                          net.Floats({1}, {static_cast<float>(kOverlap)})}));
}

}  // namespace

void BuildSuppression(Net& net) {
  for (int i = 0; i < 4; ++i) {
    const int64_t cells = net.random.LogBetween(300, 9000), classes = net.random.Pick<int64_t>({20, 80, 91});
    const T boxes = net.Input({cells, 4}), scores = net.Input({cells, classes});
    const T column = net.Op("Gather", {scores, net.Int(1)}, {{"axis", int64_t{1}}});
    const T above = net.Op("Greater", {column, net.Scalar(0)});
    net.Output(net.Op("NonZero", {above}));
    const int64_t chosen = std::max<int64_t>(2, cells / net.random.Pick<int64_t>({1, 2, 8}));
    const T places = net.Input({chosen, 1}, DType::kInt64);
    net.Output(net.Op("GatherND", {boxes, places}));
    const T kept = net.Op("GatherND", {column, places});
    const std::vector<T> best =
        net.Ops("TopK", {kept, net.Ints({std::min<int64_t>(300, chosen)})}, {{"axis", int64_t{-1}}}, 2);
    net.Output(net.Op("Gather", {boxes, best[1]}));
    net.Output(best[0]);
    Suppress(net, net.random.LogBetween(100, 6000));
  }
}

}  // namespace opcost::generate
