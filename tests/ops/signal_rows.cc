#include "rows.h"

namespace opcost {
namespace {

const Row kRows[] = {
    // 3 transforms of 16 complex points: 5 · 16 · 4 = 320 operations each.
    {"DFT", "f32[3,16,2]", "f32[3,16,2]", "", {.ops = 960, .act = 384, .written = 384}},
    // A length of its own; the axis was an attribute before version 20.
    {"DFT",
     "f32[3,16,1] w:i64[]=32",
     "f32[3,32,2]",
     "axis=1",
     {.ops = 3 * 5 * 32 * 5, .act = 192, .weight = 8, .written = 768},
     17},
    // 5 frames of 8 in 2 signals: 5 · 8 · 3.
    {"STFT",
     "f32[2,40,1] w:i64[]=8 - w:i64[]=8",
     "f32[2,5,5,2]",
     "",
     {.ops = 10 * 120, .act = 320, .weight = 16, .written = 400}},
    {"com.microsoft:Rfft", "f32[3,16]", "f32[3,9,2]", "signal_ndim=1", {.ops = 960, .act = 192, .written = 216}, 1},
    {"com.microsoft:Irfft", "f32[3,9,2]", "f32[3,16]", "signal_ndim=1", {.ops = 960, .act = 216, .written = 192}, 1},
    {"HannWindow", "w:i64[]", "f32[7]", "", {.ops = 21, .trans = 7, .weight = 8, .written = 28}},
    {"HammingWindow", "w:i64[]", "f32[7]", "", {.ops = 21, .trans = 7, .weight = 8, .written = 28}},
    {"BlackmanWindow", "w:i64[]", "f32[7]", "", {.ops = 42, .trans = 14, .weight = 8, .written = 28}},
    {"MelWeightMatrix",
     "w:i64[] w:i64[] w:i64[] w:f32[] w:f32[]",
     "f32[9,5]",
     "",
     {.ops = 180, .weight = 32, .written = 180}},
    {"Det", "f32[2,3,3]", "f32[2]", "", {.ops = 2 * 18, .act = 72, .written = 8}},
    {"com.microsoft:Inverse", "f32[2,3,3]", "f32[2,3,3]", "", {.ops = 2 * 54, .act = 72, .written = 72}, 1},
    {"com.microsoft:CDist",
     "f32[3,5] f32[7,5]",
     "f32[3,7]",
     "metric=euclidean",
     {.ops = 3 * 105, .trans = 21, .act = 4 * (15 + 35), .written = 84},
     1},
    // Generators.
    {"ConstantOfShape", "w:i64[2]=3,5", "f32[3,5]", "", {.weight = 16, .written = 60}},
    {"EyeLike", "f32[3,5]", "f32[3,5]", "", {.written = 60}},
    {"Range", "w:i64[] w:i64[] w:i64[]", "i64[7]", "", {.ints = 14, .weight = 24, .written = 56}},
    {"com.microsoft:Range", "w:f32[] w:f32[]", "f32[7]", "", {.ops = 14, .weight = 8, .written = 28}, 1},
    {"RandomUniform", "", "f32[3,5]", "", {.ops = 30, .written = 60}},
    {"RandomUniformLike", "f32[3,5]", "f32[3,5]", "", {.ops = 30, .written = 60}},
    {"RandomNormal", "", "f32[3,5]", "", {.ops = 30, .trans = 30, .written = 60}},
    {"RandomNormalLike", "f32[3,5]", "f32[3,5]", "", {.ops = 30, .trans = 30, .written = 60}},
    {"Bernoulli", "f32[3,5]", "f32[3,5]", "", {.ops = 45, .act = 60, .written = 60}},
    // 3 rows of 5 classes, 7 samples each: exp and sum per class, 5 + 2 per sample.
    {"Multinomial",
     "f32[3,5]",
     "i32[3,7]",
     "sample_size=7",
     {.ops = 15 + 21 * 7, .trans = 15, .act = 60, .written = 84}},
};

}  // namespace

absl::Span<const Row> SignalRows() { return kRows; }

}  // namespace opcost
