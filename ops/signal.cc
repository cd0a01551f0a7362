// Fourier transforms, windows, filter banks, dense decompositions.
#include <algorithm>
#include <cmath>

#include "ops/rule.h"

namespace opcost {
namespace {

// 5 · n · log2 n, rounded to the nearest integer.
Amount FourierOps(Amount n) {
  if (n.value <= 1 || n.overflow) return n.value <= 1 ? Amount(0) : n;
  const double ops = 5.0 * static_cast<double>(n.value) * std::log2(static_cast<double>(n.value));
  Amount r = n;
  r.overflow = ops >= 9.2e18;
  r.value = r.overflow ? 0 : static_cast<int64_t>(std::llround(ops));
  return r;
}

// input [.., n, .., 1 or 2], dft_length, axis (an attribute, default 1, before version 20).
void Dft(Tally& t, const Rule&) {
  int64_t axis = t.node().opset >= 20 ? t.InInt(2).value_or(-2) : t.Int("axis", 1);
  const Amount extent = t.InDim(0, static_cast<int>(axis));
  const Amount transforms = t.InElements(0) / extent / t.InDim(0, -1);
  const std::optional<int64_t> length = t.InInt(1);
  t.Ops(t.InType(0), transforms * FourierOps(length && *length > 0 ? Amount(*length) : extent));
}

// signal [B, L, 1 or 2], frame_step, window, frame_length; output [B, frames, bins, 2]. Applying the window is left
// out.
void Stft(Tally& t, const Rule&) {
  const std::optional<int64_t> length = t.InInt(3);
  const Amount n = length && *length > 0 ? Amount(*length) : t.InDim(2, 0);
  t.Ops(t.InType(0), t.OutDim(0, 0) * t.OutDim(0, 1) * FourierOps(n));
}

// X [.., n] to [.., n/2 + 1, 2], over the last `signal_ndim` axes; the inverse the other way round.
void RealDft(Tally& t, bool inverse) {
  Amount n = 1;
  for (int64_t i = 0; i < std::clamp<int64_t>(t.Int("signal_ndim", 1), 1, 3); ++i) {
    const int axis = -1 - static_cast<int>(i);
    n = n * (inverse ? t.OutDim(0, axis) : t.InDim(0, axis));
  }
  t.Ops(t.InType(0), (inverse ? t.OutElements(0) : t.InElements(0)) / n * FourierOps(n));
}

void Rfft(Tally& t, const Rule&) { RealDft(t, false); }
void Irfft(Tally& t, const Rule&) { RealDft(t, true); }

void Window(Tally& t, const Rule& rule) { t.Each(t.OutType(0), rule.per, t.OutElements(0)); }

// LU factors of each n × n matrix: 2/3 · n³ ops; the inverse 2 · n³.
void Det(Tally& t, const Rule&) {
  const Amount n = t.InDim(0, -1);
  t.Ops(t.InType(0), t.InElements(0) * n * 2 / 3);
}
void Inverse(Tally& t, const Rule&) { t.Ops(t.InType(0), t.InElements(0) * t.InDim(0, -1) * 2); }

// A [m, k], B [n, k]: subtract, square, add for each of m · n · k; the Euclidean form 1 T per pair.
void CDist(Tally& t, const Rule&) {
  t.Ops(t.InType(0), t.OutElements(0) * t.InDim(0, -1) * 3);
  if (t.String("metric", "sqeuclidean") == "euclidean") t.Transcendentals(t.InType(0), t.OutElements(0));
}

constexpr const char* kFourier = "5 · n · log2 n ops per transform";

constexpr Rule kRules[] = {
    {kOnnx, "DFT", 17, kNewest, Dft, "fourier", kC, kFourier},
    {kOnnx, "STFT", 17, kNewest, Stft, "fourier", kC, "5 · n · log2 n ops per frame"},
    {kMicrosoft, "Rfft", 1, kNewest, Rfft, "fourier", kC, kFourier},
    {kMicrosoft, "Irfft", 1, kNewest, Irfft, "fourier", kC, kFourier},
    {kOnnx, "HannWindow", 17, kNewest, Window, "window", kC, "1 T + 3 ops per element", {3, 1}},
    {kOnnx, "HammingWindow", 17, kNewest, Window, "window", kC, "1 T + 3 ops per element", {3, 1}},
    {kOnnx, "BlackmanWindow", 17, kNewest, Window, "window", kC, "2 T + 6 ops per element", {6, 2}},
    {kOnnx, "MelWeightMatrix", 17, kNewest, Window, "window", kC, "4 ops per element", {4, 0}},
    {kOnnx, "Det", 11, kNewest, Det, "dense_solve", kC, "2/3 · n³ ops per matrix"},
    {kMicrosoft, "Inverse", 1, kNewest, Inverse, "dense_solve", kC, "2 · n³ ops per matrix"},
    {kMicrosoft, "CDist", 1, kNewest, CDist, "distance", kC, "3 · m · n · k ops; Euclidean 1 T per pair"},
};

}  // namespace

absl::Span<const Rule> SignalRules() { return kRules; }

}  // namespace opcost
