// Control flow: the nodes of the bodies are counted by themselves, and how often a body runs stands in the graph's
// regions. The node that owns them does nothing.
#include "ops/rule.h"

namespace opcost {
namespace {

void Control(Tally& t, const Rule&) { t.View(); }

constexpr Rule kRules[] = {
    {kOnnx, "If", 1, kNewest, Control, "control", kE,
     "0; the branches' nodes count: the constant one, else the dearer"},
    {kOnnx, "Loop", 1, kNewest, Control, "control", kE, "0; the body's nodes count, times the trips"},
    {kOnnx, "Scan", 8, kNewest, Control, "control", kE, "0; the body's nodes count, times the extent of the scan axis"},
    {kOnnx, "SequenceMap", 17, kNewest, Control, "control", kE,
     "0; the body's nodes count, times the sequence's length"},
};

}  // namespace

absl::Span<const Rule> ControlRules() { return kRules; }

}  // namespace opcost
