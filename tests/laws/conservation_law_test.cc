// Law 4: children sum to parents, rows to the total, coverage to the node count, a diff's terms to its delta.
#include "costing/diff.h"
#include "gtest/gtest.h"
#include "tests/laws/corpus.h"

namespace opcost {
namespace {

TEST(ConservationLaw, EveryReportAndEveryDiff) {
  for (const CorpusModel& m : SmallCorpus()) {
    std::optional<Report> previous;
    std::string previous_rules;
    for (const std::string& name : AllTargetNames()) {
      const Target target = LoadTarget(name);
      const CountedModel& model = Counted(m, target);
      Report report = Estimate::Price(model, target)->MakeReport(model);
      EXPECT_TRUE(CheckConservation(report).ok()) << m.name << ": " << CheckConservation(report);
      if (previous) {
        const Diff diff = MakeDiff(*previous, report, "a", "b");
        EXPECT_TRUE(CheckConservation(diff).ok()) << m.name << " " << name << ": " << CheckConservation(diff);
        // Another runtime has kernels that carry out no node, such as conversions of layouts.
        if (target.runtime.rule_set == previous_rules) {
          EXPECT_EQ(diff.matched.only_a + diff.matched.only_b, 0);
          EXPECT_EQ(diff.matched.share_of_time, 1);
        }
      }
      previous_rules = target.runtime.rule_set;
      previous = std::move(report);
    }
  }
}

TEST(ConservationLaw, DiffOfDifferentModels) {
  const Target target = LoadTarget("i7-12700k");
  std::optional<Report> previous;
  for (const CorpusModel& m : Corpus()) {
    const CountedModel& model = Counted(m, target);
    Report report = Estimate::Price(model, target)->MakeReport(model);
    if (previous) {
      const Diff diff = MakeDiff(*previous, report, "a", "b");
      EXPECT_TRUE(CheckConservation(diff).ok()) << m.name << ": " << CheckConservation(diff);
    }
    previous = std::move(report);
  }
}

}  // namespace
}  // namespace opcost
