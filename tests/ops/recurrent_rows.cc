#include "rows.h"

namespace opcost {
namespace {

const Row kRows[] = {
    // Worked: T 100, B 1, I = H = 64: 3,276,800 MACs, 32,000 T, 25,600 gate ops, biases 4 per unit.
    {"LSTM",
     "f32[100,1,64] w:f32[1,256,64] w:f32[1,256,64] w:f32[1,512]",
     "f32[100,1,1,64]",
     "hidden_size=64",
     {.macs = 3276800,
      .ops = 25600 + 25600,
      .trans = 32000,
      .act = 25600,
      .weight = 4 * (2 * 16384 + 512),
      .written = 25600}},
    // GRU, the same with one output only.
    {"GRU",
     "f32[100,1,64] w:f32[1,192,64] w:f32[1,192,64]",
     "- f32[1,1,64]",
     "hidden_size=64",
     {.macs = 2457600,
      .ops = 100 * 64 * 5,
      .trans = 100 * 64 * 3,
      .act = 25600,
      .weight = 4 * 2 * 12288,
      .written = 256}},
    // Both directions, T 3, B 2, I 5, H 7; the shapes carry the factor 2.
    {"RNN",
     "f32[3,2,5] w:f32[2,7,5] w:f32[2,7,7] w:f32[2,14]",
     "f32[3,2,2,7]",
     "hidden_size=7 direction=bidirectional",
     {.macs = 6 * (70 + 98), .ops = 6 * 14, .trans = 6 * 14, .act = 120, .weight = 4 * (70 + 98 + 28), .written = 336}},
    // Relu instead of tanh: an operation, no transcendental.
    {"RNN",
     "f32[3,2,5] w:f32[1,7,5] w:f32[1,7,7]",
     "f32[3,1,2,7]",
     "hidden_size=7 activations=s:Relu",
     {.macs = 6 * (35 + 49), .ops = 6 * 7, .act = 120, .weight = 4 * (35 + 49), .written = 168}},
    // layout = 1 swaps T and B; sequence_lens 3 and 1 make T · B 4; peepholes 6 ops.
    {"LSTM",
     "f32[2,3,5] w:f32[1,28,5] w:f32[1,28,7] - w:i32[2]=3,1 - - w:f32[1,21]",
     "f32[2,3,1,7]",
     "hidden_size=7 layout=1",
     {.macs = 4 * (140 + 196),
      .ops = 4 * 7 * (4 + 6),
      .trans = 4 * 7 * 5,
      .act = 120,
      .weight = 4 * (140 + 196) + 8 + 84,
      .written = 168}},
    // 6 rows; a memory of 9 steps of 6, attention 4 wide: keys 2 · 9 · 24, query 6 · 28, 54 scores of 4 and their
    // context of 6, attention layer 6 · 104.
    {"com.microsoft:AttnLSTM",
     "f32[3,2,5] w:f32[1,28,5] w:f32[1,28,7] w:f32[1,56] - - - - w:f32[1,7,4] w:f32[1,6,4] w:f32[1,4] f32[2,9,6] - "
     "w:f32[1,13,8]",
     "f32[3,1,2,7]",
     "hidden_size=7",
     {.macs = 6 * (140 + 196) + 432 + 168 + 540 + 624,
      .ops = 42 * 8 + 54 * 4 + 54 * 4,
      .trans = 42 * 5 + 54 * 4 + 54,
      .act = 4 * (30 + 108),
      .weight = 4 * (140 + 196 + 56 + 28 + 24 + 4 + 104),
      .written = 168},
     1},
    // W and R are transposed: [1, I, 4H] and [1, H, 4H].
    {"com.microsoft:DynamicQuantizeLSTM",
     "f32[3,2,5] w:i8[1,5,28] w:i8[1,7,28] w:f32[1,56] - - - - w:f32[1] w:i8[1] w:f32[1] w:i8[1]",
     "f32[3,1,2,7]",
     "hidden_size=7",
     {.macs = 6 * (140 + 196),
      .ops = 30 * 4 + 6 * 7 * 8,
      .trans = 6 * 7 * 5,
      .act = 120,
      .weight = 140 + 196 + 224 + 10,
      .written = 168},
     1},
};

}  // namespace

absl::Span<const Row> RecurrentRows() { return kRows; }

}  // namespace opcost
