// What can be drawn of a profile: for every entry the rate that it says is achieved at each size, and what was
// measured.
//
// An efficiency form is drawn as its rate at x. A time form depends on several amounts; it is drawn along its first
// one, with the launch and all terms on that amount: the most that it allows. Other terms take measured points below
// the line.
#ifndef OPCOST_COSTING_CALIBRATION_CURVE_PICTURE_H_
#define OPCOST_COSTING_CALIBRATION_CURVE_PICTURE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "costing/calibration/validate.h"
#include "hardware/target.h"

namespace opcost {

// A rate at a size: units of the metric in a second.
struct RateAt {
  double x = 0, rate = 0;
};

struct PicturePoint {
  double x = 0, rate = 0;
  double std_dev = 0;  // of the rate; 0 unknown
  int64_t n = 0;       // observations behind it; 0 unknown
  Evidence evidence = Evidence::kMeasured;
};

// A kernel that the entry was not fitted on: what it took, and what the whole form says.
struct PictureKernel {
  std::string network, kernel;
  double x = 0, measured = 0, predicted = 0;  // rates
};

struct CurvePicture {
  std::string key;   // of the entry: "kernel.conv_blocked.fp32"
  std::string form;  // "efficiency" or "time"
  Metric metric = Metric::kFlops;
  std::string provenance;
  std::vector<RateAt> line;
  std::vector<RateAt> beside;  // of the other profile; empty where it has no rate over this metric
  std::string beside_key;      // of the entry that answers there
  std::vector<PicturePoint> points;
  std::vector<PictureKernel> kernels;              // by ascending x
  std::optional<std::pair<double, double>> range;  // calibrated
  std::optional<double> relative_spread;
  // How far the points lie from the line, and the kernels from their predictions: mean absolute relative deviation.
  std::optional<double> point_gap, kernel_gap;
  double outside_share = 0;  // of the kernels' time, on sizes outside the range
};

struct PictureSet {
  std::vector<CurvePicture> pictures;  // in the profile's order
  std::vector<std::string> not_drawn;  // "kernel.view.any: a launch alone, no size"
};

// `beside` (may be null) is another profile, or another mode, to draw under the lines. `kernels` are those of a
// validation with all its kernels kept, or empty.
PictureSet MakePictures(const Target& target, const Target* beside, const std::vector<KernelError>& kernels);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_CURVE_PICTURE_H_
