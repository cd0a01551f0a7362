#include "costing/calibration/runtime/reference_speed.h"

#include <algorithm>

namespace opcost {
namespace {

constexpr double kSlower = 1.10;  // than usual

}  // namespace

void ReferenceSpeed::Add(double seconds) {
  sorted_.insert(std::upper_bound(sorted_.begin(), sorted_.end(), seconds), seconds);
}

double ReferenceSpeed::usual_s() const { return sorted_.empty() ? 0 : sorted_[sorted_.size() / 2]; }

bool ReferenceSpeed::IsSlow(double seconds) const { return !sorted_.empty() && seconds > kSlower * usual_s(); }

}  // namespace opcost
