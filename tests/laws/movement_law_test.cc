// Law 2: every coefficient of every shipped profile moves something in the corpus, or is listed here with a reason; and
// what is listed moves nothing.
#include <array>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/laws/corpus.h"

namespace opcost {
namespace {

struct Exception {
  const char* key;  // beginning of "target key"
  const char* reason;
};
constexpr const char* kTensorCores =
    "fp32 products run as TF32, which is their limit, and the seed's curves are relative to a reference rate";
// Everything that no model of the corpus reaches.
constexpr std::array<Exception, 4> kExceptions = {{
    {"jetson-orin-agx:15w peak.fp32_flops_per_s", kTensorCores},
    {"jetson-orin-agx:30w peak.fp32_flops_per_s", kTensorCores},
    {"jetson-orin-agx:50w peak.fp32_flops_per_s", kTensorCores},
    {"jetson-orin-agx:maxn peak.fp32_flops_per_s", kTensorCores},
}};

// Totals, limits and capacity of every model of the corpus that the target computes natively.
struct Seen {
  double total = 0, limit = 0, capacity = 0;
  bool operator==(const Seen&) const = default;
};

TEST(MovementLaw, EveryCoefficientMovesSomethingOrIsListed) {
  std::set<std::string> used_exceptions;
  std::string unmoved;
  for (const std::string& name : AllTargetNames()) {
    const Target target = LoadTarget(name);
    std::vector<const CountedModel*> models;
    for (const CorpusModel& m : CorpusFor(target)) models.push_back(&Counted(m, target));
    const auto see = [&](const Target& t) {
      std::vector<Seen> seen;
      for (const CountedModel* model : models) {
        const Estimate estimate = *Estimate::Price(*model, t);
        const Report report = estimate.MakeReport(*model);
        seen.push_back(
            {report.totals.t_s, report.totals.limit_s, static_cast<double>(report.memory.capacity_bytes.value_or(0))});
      }
      return seen;
    };
    // What moves a total under an override needs no report (law 1 says that it is the same).
    std::vector<Estimate> estimates;
    std::vector<double> values;
    for (const CountedModel* model : models) estimates.push_back(*Estimate::Price(*model, target));
    for (const Coefficient& c : target.coefficients) values.push_back(c.value());
    std::optional<std::vector<Seen>> before;
    for (size_t i = 0; i < target.coefficients.size(); ++i) {
      const Coefficient& c = target.coefficients[i];
      bool moves = false;
      for (double value :
           {c.value() * 3, c.value() / 3, c.value() * 1.005, c.value() * 1.002, c.value() * 0.998, 1e-3}) {
        Target edited = target;
        if (moves || !SetCoefficient(edited, c.key, value).ok()) continue;
        std::vector<double> moved = values;
        moved[i] = value;
        for (const Estimate& e : estimates) moves = moves || e.TotalUnder(moved) != e.Total();
        if (moves || c.dimension == Dimension::kRatio || c.key.find(".x[") != std::string::npos) continue;
        if (!before) before = see(target);
        moves = see(edited) != *before;
      }
      const std::string full = absl::StrCat(name, " ", c.key);
      bool listed = false;
      for (const Exception& e : kExceptions) {
        if (!absl::StartsWith(full, e.key)) continue;
        listed = true;
        used_exceptions.insert(e.key);
      }
      if (moves == listed) absl::StrAppend(&unmoved, full, moves ? " moves but is listed\n" : " moves nothing\n");
    }
  }
  EXPECT_EQ(unmoved, "");
  EXPECT_EQ(used_exceptions.size(), kExceptions.size());
}

}  // namespace
}  // namespace opcost
