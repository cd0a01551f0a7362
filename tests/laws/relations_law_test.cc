// Law 5: a better machine is never slower, more work is never faster, no estimate is below its limit without a reason.
#include <algorithm>
#include <cmath>
#include <map>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/laws/corpus.h"

namespace opcost {
namespace {

TEST(RelationsLaw, ABetterMachineIsNeverSlower) {
  for (const std::string& name : AllTargetNames()) {
    const Target target = LoadTarget(name);
    for (const CorpusModel& m : SmallCorpus()) {
      const CountedModel& model = Counted(m, target);
      const Estimate estimate = *Estimate::Price(model, target);
      std::vector<double> values;
      for (const Coefficient& c : target.coefficients) values.push_back(c.value());
      for (size_t i = 0; i < values.size(); ++i) {
        const Dimension dimension = target.coefficients[i].dimension;
        const std::string& key = target.coefficients[i].key;
        const bool abscissa = dimension == Dimension::kSize || key.find(".x") != std::string::npos;
        if (abscissa) continue;
        std::vector<double> better = values;
        better[i] *= dimension == Dimension::kTime ? 0.5 : 1.5;
        EXPECT_LE(estimate.TotalUnder(better), estimate.Total()) << name << " " << m.name << " " << key;
      }
    }
  }
}

TEST(RelationsLaw, NothingIsBelowItsLimitWithoutAReason) {
  for (const std::string& name : AllTargetNames()) {
    const Target target = LoadTarget(name);
    for (const CorpusModel& m : Corpus()) {
      const CountedModel& model = Counted(m, target);
      const Report report = Estimate::Price(model, target)->MakeReport(model);
      for (const ReportRow& row : report.rows) {
        if (row.t_s >= row.limit_s * (1 - 1e-14)) continue;
        bool excused = false;
        for (const Entry& e : target.entries) excused = excused || (e.key == row.entry && !e.may_beat_limit.empty());
        EXPECT_TRUE(excused) << name << " " << m.name << " " << row.name << " by " << row.entry << ": " << row.t_s
                             << " below " << row.limit_s;
        if (!excused) break;
      }
    }
  }
}

// Where a curve of work makes more work faster: the first sizes of the stretches, in FLOP, of 1 % steps from 1 kFLOP.
std::vector<double> Faster(const Target& target, const Curve& curve) {
  std::vector<double> values, starts;
  for (const Coefficient& c : target.coefficients) values.push_back(c.value());
  bool before = false;
  for (double x = 1e3; x < 1e11; x *= 1.01) {
    const double now = x / EvaluateCurve(curve, x, values), next = x * 1.01 / EvaluateCurve(curve, x * 1.01, values);
    const bool faster = next < now * (1 - 1e-12);
    if (faster && !before) starts.push_back(x);
    before = faster;
  }
  return starts;
}

// Where the shipped curves do it, all of it and nothing else. The seed's: the jumps up at 1, 50 and 200 MFLOP, and the
// segments from 10 and 500 MFLOP in which the efficiency grows faster than the work.
struct Known {
  const char* curve;
  std::vector<double> starts;
};
const std::vector<Known>& KnownJumps() {
  static const auto* const kKnown = new std::vector<Known>{
      {"jetson-orin-agx conv2d.fp32.efficiency", {1e6, 1e7, 5e7, 5.01e8}},
      {"jetson-orin-agx conv2d_bn.fp32.efficiency", {1e6, 1e7, 5e7, 2e8, 5.01e8}},
      {"jetson-orin-agx matmul.fp32.efficiency", {1e6, 1e7, 5e7}},
      {"jetson-orin-agx mbconv.fp32.efficiency", {3.0e7}},
  };
  return *kKnown;
}

TEST(RelationsLaw, MoreWorkIsNeverFasterButForTheListedJumps) {
  std::map<std::string, std::vector<double>> found;
  for (const std::string& name : AllTargetNames()) {
    const Target target = LoadTarget(name);
    for (const Curve& curve : target.curves) {
      if (curve.x != Metric::kMatrixFlops && curve.x != Metric::kFlops) continue;
      const std::vector<double> starts = Faster(target, curve);
      if (!starts.empty()) found[absl::StrCat(target.id, " ", curve.key)] = starts;
    }
  }
  for (const Known& known : KnownJumps()) {
    const auto it = found.find(known.curve);
    ASSERT_NE(it, found.end()) << known.curve << " no longer does";
    ASSERT_EQ(it->second.size(), known.starts.size()) << known.curve;
    for (size_t i = 0; i < known.starts.size(); ++i) {
      EXPECT_NEAR(it->second[i] / known.starts[i], 1, 0.02) << known.curve;  // steps of 1 %
    }
    found.erase(it);
  }
  for (const auto& [curve, starts] : found) ADD_FAILURE() << curve << " at " << starts.front();
}

TEST(RelationsLaw, TwoProductsAreNotFasterThanOne) {
  // On the one target whose curve is monotone, through the whole pipeline.
  const Target target = LoadTarget("i7-12700k:seed");
  const auto products =
      std::find_if(Corpus().begin(), Corpus().end(), [](const CorpusModel& m) { return m.name == "products"; });
  ASSERT_NE(products, Corpus().end());
  const CountedModel& model = Counted(*products, target);
  const Report report = Estimate::Price(model, target)->MakeReport(model);
  double last = 0;
  int64_t macs = 0;
  for (const ReportRow& row : report.rows) {
    EXPECT_GT(row.work.Get(Resource::kMatrixMacs), macs);
    EXPECT_GE(row.t_s, last);
    last = row.t_s;
    macs = row.work.Get(Resource::kMatrixMacs);
  }
}

}  // namespace
}  // namespace opcost
