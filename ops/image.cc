// Resampling and boxes.
#include <algorithm>

#include "ops/rule.h"

namespace opcost {
namespace {

// Interpolating between `taps` points along each of `axes` axes: a product for each point and the sum of them.
Amount Interpolation(int taps, int axes) {
  Amount points = 1;
  for (int i = 0; i < axes; ++i) points = points * taps;
  return axes == 0 ? Amount(0) : points * 2 - 1;
}

int TapsOf(absl::string_view mode) {
  if (mode == "linear" || mode == "bilinear") return 2;
  if (mode == "cubic" || mode == "bicubic") return 4;
  return 0;
}

void Interpolate(Tally& t, absl::string_view mode, int axes) {
  if (TapsOf(mode) > 0) t.Ops(t.InType(0), t.OutElements(0) * Interpolation(TapsOf(mode), axes));
}

// Axes whose extent changes. Scales and sizes are read with the inputs.
void Resize(Tally& t, const Rule&) {
  int axes = 0;
  for (int axis = 0; axis < t.InRank(0); ++axis) {
    const Amount in = t.InDim(0, axis);
    const Amount out = t.OutDim(0, axis);
    if (in.complete && out.complete && in.value != out.value) ++axes;
  }
  Interpolate(t, t.String("mode", "nearest"), axes);
}

// X [N, C, spatial…], grid [N, spatial…, r].
void GridSample(Tally& t, const Rule&) { Interpolate(t, t.String("mode", "linear"), std::max(0, t.InRank(0) - 2)); }

// theta [N, r, r + 1], size: each coordinate r products and r sums.
void AffineGrid(Tally& t, const Rule&) { t.Ops(t.InType(0), t.OutElements(0) * t.InDim(0, 1) * 2); }

// X, rois, batch_indices. Each output is a mean (or maximum) of sampling_ratio² bilinear samples of 7 ops; adaptive
// sampling takes at most the map's extent divided by the output's.
void RoiAlign(Tally& t, const Rule&) {
  const int64_t ratio = t.Int("sampling_ratio", 0);
  Amount samples = Amount(ratio) * ratio;
  if (ratio <= 0) {
    samples = CeilDiv(t.InDim(0, 2), t.OutDim(0, 2)) * CeilDiv(t.InDim(0, 3), t.OutDim(0, 3));
    t.Bound();
  }
  t.Ops(t.InType(0), t.OutElements(0) * samples * 8);
}

void CropAndResize(Tally& t, const Rule&) { Interpolate(t, t.String("mode", "bilinear"), 2); }

// boxes [batch, N, 4], scores [batch, classes, N], max_output_boxes_per_class. Each kept box is compared with all
// others of its class: 13 ops an overlap (4 bounds, 2 extents, 2 clamps, area, union 2, ratio, compare). Sorting is
// left out.
void NonMaxSuppression(Tally& t, const Rule&) {
  const Amount lists = t.InDim(1, 0) * t.InDim(1, 1);
  const Amount boxes = t.InDim(1, 2);
  const std::optional<int64_t> limit = t.InInt(2);
  // Without the input nothing is selected; with an unknown one, everything may be.
  Amount kept = t.Has(2) ? boxes : Amount(0);
  if (limit) kept = Min(boxes, Amount(std::max<int64_t>(*limit, 0)));
  t.Ops(t.InType(0), lists * kept * boxes * 13);
  t.WritesAtMost(0, lists * kept * 3);
  t.Bound();
}

// A compressed image: its size says nothing of the work, so only bytes are counted.
void ImageDecoder(Tally& t, const Rule&) { t.Bound(); }

constexpr const char* kInterpolate = "per output element nearest 0, linear 2 · 2^r − 1 ops, cubic 2 · 4^r − 1, r axes";

constexpr Rule kRules[] = {
    {kOnnx, "Resize", 10, kNewest, Resize, "resample", kC, kInterpolate},
    {kOnnx, "Upsample", 1, kNewest, Resize, "resample", kC, kInterpolate},
    {kNchwc, "Upsample", 1, kNewest, Resize, "resample", kC, kInterpolate},
    {kOnnx, "GridSample", 16, kNewest, GridSample, "resample", kC, kInterpolate},
    {kMicrosoft, "GridSample", 1, kNewest, GridSample, "resample", kC, kInterpolate},
    {kOnnx, "AffineGrid", 20, kNewest, AffineGrid, "resample", kC, "2 · r ops per coordinate"},
    {kOnnx, "RoiAlign", 10, kNewest, RoiAlign, "resample", kC,
     "8 ops per sample, sampling_ratio² samples per output element; adaptive: an upper bound"},
    {kMicrosoft, "CropAndResize", 1, kNewest, CropAndResize, "resample", kC, "bilinear 7 ops per output element"},
    {kOnnx, "NonMaxSuppression", 10, kNewest, NonMaxSuppression, "nms", kB,
     "batch · classes · min(N, max boxes) · N overlaps of 13 ops: an upper bound; sorting uncounted"},
    {kOnnx, "ImageDecoder", 20, kNewest, ImageDecoder, "decode", kB, "bytes only"},
};

}  // namespace

absl::Span<const Rule> ImageRules() { return kRules; }

}  // namespace opcost
