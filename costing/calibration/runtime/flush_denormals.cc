#include "costing/calibration/runtime/flush_denormals.h"

#include "absl/strings/str_format.h"

#ifdef __SSE2__
#include <xmmintrin.h>
#endif

namespace opcost {

#ifdef __SSE2__

namespace {
// Of MXCSR (Intel SDM, volume 1, 10.2.3): flush to zero, and denormals are zeros.
constexpr unsigned int kFlush = 0x8000U, kZeros = 0x0040U;
}  // namespace

FlushDenormals::FlushDenormals() : before_(_mm_getcsr()) { _mm_setcsr(before_ | kFlush | kZeros); }
FlushDenormals::~FlushDenormals() { _mm_setcsr(before_); }
bool FlushDenormals::IsSupported() { return true; }

#else

FlushDenormals::FlushDenormals() = default;
FlushDenormals::~FlushDenormals() = default;
bool FlushDenormals::IsSupported() { return false; }

#endif

std::string DenormalNote(double best_s, double flushed_s) {
  constexpr double kTold = 0.05, kPercent = 100, kMilli = 1000;
  const double share = 1 - flushed_s / best_s;
  if (share < kTold) return "";
  return absl::StrFormat(
      "denormal numbers take %.0f %% of the run: with them as zeros (session.set_denormal_as_zero) it "
      "takes %.4g ms; no prediction knows of them, and masks of -100 before a softmax leave them",
      kPercent * share, kMilli * flushed_s);
}

}  // namespace opcost
