#include "costing/calibration/runtime/reference_speed.h"

#include "costing/calibration/statistics.h"

namespace opcost {
namespace {

constexpr double kSlower = 1.10;  // than usual

}  // namespace

void ReferenceSpeed::Add(double seconds) { times_.push_back(seconds); }

double ReferenceSpeed::usual_s() const { return Median(times_); }

bool ReferenceSpeed::IsSlow(double seconds) const { return !times_.empty() && seconds > kSlower * usual_s(); }

}  // namespace opcost
