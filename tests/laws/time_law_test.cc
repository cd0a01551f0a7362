// Law 3: time comes only from coefficients. Double every rate and halve every time: the total halves, exactly.
#include "gtest/gtest.h"
#include "tests/laws/corpus.h"

namespace opcost {
namespace {

TEST(TimeLaw, TwiceTheRatesAndHalfTheTimesIsHalfTheTotal) {
  for (const std::string& name : AllTargetNames()) {
    const Target target = LoadTarget(name);
    std::vector<double> values;
    for (const Coefficient& c : target.coefficients) {
      const bool rate = c.dimension == Dimension::kRate, time = c.dimension == Dimension::kTime;
      values.push_back(rate ? c.value() * 2 : time ? c.value() / 2 : c.value());
    }
    for (const CorpusModel& m : Corpus()) {
      const CountedModel& model = Counted(m, target);
      const Estimate estimate = *Estimate::Price(model, target);
      EXPECT_GT(estimate.Total(), 0) << name << " " << m.name;
      EXPECT_EQ(estimate.TotalUnder(values) * 2, estimate.Total()) << name << " " << m.name;
    }
  }
}

}  // namespace
}  // namespace opcost
