#include "rows.h"

namespace opcost {
namespace {

constexpr Want kFree = {.launches = 0};

const Row kRows[] = {
    // The bodies' nodes are counted by themselves.
    {"If", "bool[]", "f32[2,3]", "", kFree},
    {"Loop", "w:i64[] - f32[2,3]", "f32[2,3]", "", kFree},
    {"Scan", "f32[2,3] f32[5,2,3]", "f32[2,3] f32[5,2,3]", "num_scan_inputs=1", kFree},
    {"SequenceMap", "seq:f32[2,3]", "seq:f32[2,3]", "", kFree},
    // Containers hand tensors on.
    {"SequenceConstruct", "f32[2,3] f32[2,3]", "seq:f32[2,3]", "", kFree},
    {"SequenceEmpty", "", "seq:f32*", "", kFree},
    {"SequenceInsert", "seq:f32* f32[2,3]", "seq:f32*", "", kFree},
    {"SequenceErase", "seq:f32*", "seq:f32*", "", kFree},
    {"SequenceAt", "seq:f32[2,3] i64[]", "f32[2,3]", "", kFree},
    {"SequenceLength", "seq:f32[2,3]", "i64[]", "", kFree},
    {"Optional", "f32[2,3]", "f32[2,3]", "", kFree},
    {"OptionalGetElement", "f32[2,3]", "f32[2,3]", "", kFree},
    {"OptionalHasElement", "f32[2,3]", "bool[]", "", kFree},
    {"ai.onnx.ml:ZipMap", "f32[2,3]", "seq:f32*", "", kFree, 1},
    {"SplitToSequence", "f32[7,3] w:i64[]", "seq:f32[?,3]", "", {.act = 84, .weight = 8, .written = 84}},
    {"ConcatFromSequence", "seq:f32[?,3]", "f32[7,3]", "axis=0", {.act = 84, .written = 84}},
    // The size of strings is not in the file: a lower bound.
    {"StringConcat", "str[3] str[3]", "str[3]", "", {.incomplete = true}},
    {"StringSplit", "str[3]", "str[3,5] i64[3]", "", {.written = 24, .incomplete = true}},
    {"StringNormalizer", "str[3]", "str[3]", "", {.incomplete = true}},
    {"RegexFullMatch", "str[3]", "bool[3]", "", {.written = 3, .incomplete = true}},
    {"TfIdfVectorizer", "i64[2,7]", "f32[2,11]", "", {.act = 112, .written = 88}},
    {"com.microsoft:Tokenizer", "str[3]", "str[3,5]", "", {.incomplete = true}, 1},
    // Losses: 2 · 5 targets of 3 classes.
    {"NegativeLogLikelihoodLoss", "f32[2,3,5] i64[2,5]", "f32[]", "", {.ops = 20, .act = 40 + 80, .written = 4}},
    {"SoftmaxCrossEntropyLoss",
     "f32[2,3,5] i64[2,5] w:f32[3]",
     "f32[]",
     "",
     {.ops = 120 + 30, .trans = 30 + 10, .act = 120 + 80, .weight = 12, .written = 4}},
    // Optimisers: 2 · 3 parameters.
    {"ai.onnx.preview.training:Adagrad",
     "f32[] i64[] f32[2,3] f32[2,3] f32[2,3]",
     "f32[2,3] f32[2,3]",
     "",
     {.ops = 48, .trans = 6, .act = 4 + 8 + 72, .written = 48},
     1},
    {"ai.onnx.preview.training:Momentum",
     "f32[] i64[] f32[2,3] f32[2,3] f32[2,3]",
     "f32[2,3] f32[2,3]",
     "",
     {.ops = 42, .act = 84, .written = 48},
     1},
    {"ai.onnx.preview.training:Adam",
     "f32[] i64[] f32[2,3] f32[2,3] f32[2,3] f32[2,3]",
     "f32[2,3] f32[2,3] f32[2,3]",
     "",
     {.ops = 78, .trans = 6, .act = 108, .written = 72},
     1},
};

}  // namespace

absl::Span<const Row> ControlRows() { return kRows; }

}  // namespace opcost
