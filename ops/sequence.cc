// Sequences, optionals and strings. Containers hand tensors on without copying them; splitting and joining copies. Work
// on strings is not counted: it has no arithmetic, and the size of the data is not in the file.
#include "ops/rule.h"

namespace opcost {
namespace {

void Handle(Tally& t, const Rule&) { t.View(); }

// The sequence holds what the tensor holds: as many bytes are written as read, or the other way round.
void SplitToSequence(Tally& t, const Rule&) { t.Writes(0, BytesOf(t.InType(0), t.InElements(0))); }
void ConcatFromSequence(Tally& t, const Rule&) { t.Reads(0, BytesOf(t.OutType(0), t.OutElements(0))); }

// Reads and writes whatever size is known.
void Text(Tally&, const Rule&) {}

constexpr const char* kHandle = "hands tensors on: 0 bytes, 0 dispatches";
constexpr const char* kText = "bytes only, where their number is known";

constexpr Rule kRules[] = {
    {kOnnx, "SequenceConstruct", 11, kNewest, Handle, "sequence", kC, kHandle},
    {kOnnx, "SequenceEmpty", 11, kNewest, Handle, "sequence", kC, kHandle},
    {kOnnx, "SequenceInsert", 11, kNewest, Handle, "sequence", kC, kHandle},
    {kOnnx, "SequenceErase", 11, kNewest, Handle, "sequence", kC, kHandle},
    {kOnnx, "SequenceAt", 11, kNewest, Handle, "sequence", kC, kHandle},
    {kOnnx, "SequenceLength", 11, kNewest, Handle, "sequence", kC, kHandle},
    {kOnnx, "Optional", 15, kNewest, Handle, "sequence", kC, kHandle},
    {kOnnx, "OptionalGetElement", 15, kNewest, Handle, "sequence", kC, kHandle},
    {kOnnx, "OptionalHasElement", 15, kNewest, Handle, "sequence", kC, kHandle},
    {kMl, "ZipMap", 1, kNewest, Handle, "sequence", kC, kHandle},
    {kOnnx, "SplitToSequence", 11, kNewest, SplitToSequence, "move", kC, "reads and writes the tensor"},
    {kOnnx, "ConcatFromSequence", 11, kNewest, ConcatFromSequence, "move", kC, "reads and writes the tensor"},
    {kOnnx, "StringConcat", 20, kNewest, Text, "text", kC, kText},
    {kOnnx, "StringSplit", 20, kNewest, Text, "text", kC, kText},
    {kOnnx, "StringNormalizer", 10, kNewest, Text, "text", kC, kText},
    {kOnnx, "RegexFullMatch", 20, kNewest, Text, "text", kC, kText},
    {kOnnx, "TfIdfVectorizer", 9, kNewest, Text, "text", kC, kText},
    {kMicrosoft, "Tokenizer", 1, kNewest, Text, "text", kC, kText},
};

}  // namespace

absl::Span<const Rule> SequenceRules() { return kRules; }

}  // namespace opcost
