// The quantised bias of a convolution: a kernel on integers adds it as it stands, so its scale has to be the product of
// those of the input and the weight, and its zero point 0. Looked at from 1.27 on.
#include <algorithm>
#include <cmath>
#include <vector>

#include "frontend/runtime/passes.h"

namespace opcost::internal {
namespace {

constexpr int kSince = 27;
// How far the scale may be off, as the runtime compares it.
constexpr double kAbsolute = 1e-6, kRelative = 1e-2;

// Empty when they are not known.
const std::vector<double>& Floats(Rewrite& rewrite, TensorId t) {
  static const auto* const kUnknown = new std::vector<double>;
  const int32_t value = t == kNone ? kNone : rewrite.tensor(t).value;
  return value == kNone ? *kUnknown : rewrite.graph().values[static_cast<size_t>(value)].floats;
}

bool HasZeroPoint(Rewrite& rewrite, NodeId dq) {
  const auto points = rewrite.IntValues(rewrite.Input(dq, 2));
  return points && std::any_of(points->begin(), points->end(), [](int64_t p) { return p != 0; });
}

}  // namespace

bool BiasFits(Rewrite& rewrite, const RuntimeOptions& options, NodeId input, NodeId weight, NodeId bias) {
  if (options.minor_version < kSince) return true;
  if (HasZeroPoint(rewrite, bias)) return false;
  const std::vector<double>& x = Floats(rewrite, rewrite.Input(input, 1));
  const std::vector<double>& w = Floats(rewrite, rewrite.Input(weight, 1));
  const std::vector<double>& b = Floats(rewrite, rewrite.Input(bias, 1));
  // Not in the file: as whoever quantises writes them.
  if (x.size() != 1 || w.empty() || b.empty()) return true;
  if (b.size() != w.size() && b.size() != 1 && w.size() != 1) return false;
  for (size_t i = 0; i < std::max(b.size(), w.size()); ++i) {
    const double expected = x[0] * w[w.size() == 1 ? 0 : i];
    if (std::abs(b[b.size() == 1 ? 0 : i] - expected) > kAbsolute + kRelative * std::abs(expected)) return false;
  }
  return true;
}

}  // namespace opcost::internal
