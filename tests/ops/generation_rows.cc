#include "rows.h"

namespace opcost {
namespace {

const Row kRows[] = {
    // 6 numbers of 8 bytes: 12 words of 11, and 9 for each number.
    {"com.microsoft:MurmurHash3", "i64[2,3]", "u32[2,3]", "", {.ints = 12 * 11 + 6 * 9, .act = 48, .written = 24}, 1},
    {"com.microsoft:MurmurHash3", "str[3]", "u32[3]", "", {.ints = 27, .written = 12, .incomplete = true}, 1},
    // 10 tokens: 3 products and 2 xors; 40 hashes: a remainder and an offset.
    {"com.microsoft:NGramHashMapping",
     "i64[2,5] w:i64[3] w:i64[4] - w:i64[4]",
     "i64[2,5,4]",
     "max_ngram_size=3 n_head_per_ngram=2 pad_id=0",
     {.ints = 10 * 5 + 40 * 2, .act = 80, .weight = 8 * 11, .written = 320},
     1},
    {"com.microsoft:VarlenNGramHashMapping",
     "i32[7] w:i32[2] w:i32[3] i32[3]",
     "i32[7,3]",
     "max_ngram_size=2 n_head_per_ngram=3 pad_id=0",
     {.ints = 7 * 3 + 21, .act = 40, .weight = 20, .written = 84},
     1},
    // 5 places of 3 tokens in each of 2 sequences.
    {"com.microsoft:NGramRepeatBlock",
     "i64[2,7] f32[2,11]",
     "f32[2,11]",
     "ngram_size=3",
     {.ints = 2 * 5 * 3, .act = 112 + 88, .written = 88},
     1},
    {"com.microsoft:BifurcationDetector",
     "i64[11] i64[5] i64[] i64[3]",
     "i64[7] i64[]",
     "max_ngram_size=2",
     {.ints = 3 + 11 * 2, .act = 8 * 20, .written = 64},
     1},
    // 6 words of 7 characters, 6 places of a window of 2, 5 filters; more characters are looked up than the table has.
    {"com.microsoft:WordConvEmbedding",
     "i32[2,3,7] w:f32[5,1,2,4] w:f32[5] w:f32[11,4]",
     "f32[2,3,5]",
     "",
     {.macs = 180 * 2 * 4, .ops = 360, .trans = 180, .act = 168, .weight = 4 * (40 + 5 + 44), .written = 120},
     1},
    // Nothing but traffic is known.
    {"com.microsoft:BeamSearch",
     "i32[2,3] w:i32[1] - w:i32[1] w:i32[1]",
     "i32[2,1,7]",
     "",
     {.act = 24, .weight = 12, .written = 56},
     1},
    {"com.microsoft:WhisperBeamSearch",
     "f32[2,3,5] w:i32[1] - w:i32[1] w:i32[1]",
     "i32[2,1,7]",
     "",
     {.act = 120, .weight = 12, .written = 56},
     1},
    {"com.microsoft:GreedySearch", "i32[2,3] w:i32[1]", "i32[2,7]", "", {.act = 24, .weight = 4, .written = 56}, 1},
    {"com.microsoft:Sampling", "i32[2,3] w:i32[1]", "i32[2,7]", "", {.act = 24, .weight = 4, .written = 56}, 1},
    {"com.microsoft:EPContext", "f32[2,3]", "f32[2,5]", "", {.act = 24, .written = 40}, 1},
    {"com.microsoft:Snpe", "f32[2,3]", "f32[2,5]", "", {.act = 24, .written = 40}, 1},
};

}  // namespace

absl::Span<const Row> GenerationRows() { return kRows; }

}  // namespace opcost
