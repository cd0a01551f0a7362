// Law 1: a key changed through the public door moves the total as the tree re-evaluated under that override says, bit
// for bit; so does the profile's text, edited and read again.
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "hardware/read_target.h"
#include "tests/laws/corpus.h"

namespace opcost {
namespace {

// A value nearby that `--set` accepts; nullopt when the coefficient may not move at all.
std::optional<double> Nearby(Target target, const Coefficient& c) {
  for (double factor : {1.07, 0.93, 1.0001, 0.9999}) {
    const double value = c.value() == 0 ? 1e-5 : c.value() * factor;
    if (SetCoefficient(target, c.key, value).ok()) return value;
  }
  return std::nullopt;
}

TEST(EffectLaw, ReevaluationEqualsARunFromScratch) {
  int64_t moved = 0, refused = 0;
  for (const std::string& name : AllTargetNames()) {
    const Target target = LoadTarget(name);
    for (const CorpusModel& m : SmallCorpus()) {
      const CountedModel& model = Counted(m, target);
      const Estimate estimate = *Estimate::Price(model, target);
      for (size_t i = 0; i < target.coefficients.size(); ++i) {
        const std::optional<double> value = Nearby(target, target.coefficients[i]);
        if (!value) {
          ++refused;
          continue;
        }
        Target edited = target;
        ASSERT_TRUE(SetCoefficient(edited, target.coefficients[i].key, *value).ok());
        std::vector<double> values;
        for (const Coefficient& c : target.coefficients) values.push_back(c.value());
        values[i] = *value;
        const double scratch = Estimate::Price(model, edited)->Total();
        ASSERT_EQ(estimate.TotalUnder(values), scratch) << name << " " << m.name << " " << target.coefficients[i].key;
        moved += scratch != estimate.Total();
      }
    }
  }
  EXPECT_GT(moved, 500);  // the law is not kept by moving nothing
  // Points that share an x with a neighbour on either side cannot move.
  EXPECT_LT(refused, moved / 2);
}

TEST(EffectLaw, SensitivityIsTheMovement) {
  for (const char* name : {"i7-12700k:tiny", "i7-12700k", "jetson-orin-agx:50w", "a100-sxm-80gb"}) {
    const Target target = LoadTarget(name);
    const CountedModel& model = Counted(Corpus()[1], target);
    const Estimate estimate = *Estimate::Price(model, target);
    for (const Estimate::Effect& e : estimate.Sensitivity()) {
      std::vector<double> values;
      size_t id = 0;
      for (const Coefficient& c : target.coefficients) {
        if (c.key == e.key) id = values.size();
        values.push_back(c.value());
      }
      values[id] = e.value * 1.01;
      EXPECT_EQ(e.used ? e.seconds_per_percent : 0, estimate.TotalUnder(values) - estimate.Total()) << name << e.key;
      // Elasticities against a difference of 1e-7 either way.
      for (int side : {+1, -1}) {
        values[id] = e.value * (1 + side * 1e-7);
        const double difference = side * (estimate.TotalUnder(values) / estimate.Total() - 1) / 1e-7;
        EXPECT_NEAR(side > 0 ? e.elasticity_up : e.elasticity_down, difference, 1e-5) << name << " " << e.key;
      }
    }
  }
}

std::string ReadFile(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// `line` with the only number that equals `from` replaced; "" when there is none or more than one.
std::string Replaced(const std::string& line, double from, double to) {
  std::string result;
  int found = 0;
  for (size_t i = 0; i < line.size();) {
    const bool starts = (std::isdigit(line[i]) != 0) && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '[');
    if (!starts) {
      result += line[i++];
      continue;
    }
    char* end = nullptr;
    const double number = std::strtod(line.c_str() + i, &end);
    const size_t length = static_cast<size_t>(end - (line.c_str() + i));
    result += number == from ? absl::StrFormat("%.17e", to) : line.substr(i, length);
    found += number == from ? 1 : 0;
    i += length;
  }
  return found == 1 ? result : "";
}

TEST(EffectLaw, EqualsTheEditedFile) {
  int64_t edited = 0;
  for (const std::string& name : AllTargetNames()) {
    const Target target = LoadTarget(name);
    const CountedModel& model = Counted(Corpus()[0], target);
    const std::vector<std::string> lines = absl::StrSplit(ReadFile(target.path), '\n');
    for (const Coefficient& c : target.coefficients) {
      const std::string& source = c.layers.back().source;
      const size_t colon = source.find(".toml:");
      const std::optional<double> value = Nearby(target, c);
      if (colon == std::string::npos || !value) continue;
      const int line = std::atoi(source.c_str() + colon + 6);
      ASSERT_GT(line, 0) << source;
      std::vector<std::string> text = lines;
      std::string& changed = text[static_cast<size_t>(line) - 1];
      changed = Replaced(changed, c.value(), *value);
      if (changed.empty()) continue;
      const absl::StatusOr<Target> read = ReadTargetText(absl::StrJoin(text, "\n"), target.path, target.mode);
      if (!read.ok()) continue;  // a factor that another line derives from it, an order of points
      const CoefficientId id = read->Find(c.key);
      ASSERT_NE(id, kNoId);
      if (read->coefficients[static_cast<size_t>(id)].value() != *value) continue;  // a later layer hides the line
      Target through = target;
      ASSERT_TRUE(SetCoefficient(through, c.key, *value).ok());
      bool others_equal = read->coefficients.size() == through.coefficients.size();
      for (size_t i = 0; others_equal && i < through.coefficients.size(); ++i) {
        others_equal = through.coefficients[i].value() == read->coefficients[i].value();
      }
      if (!others_equal) continue;  // one line of the file, several coefficients (`like`)
      EXPECT_EQ(Estimate::Price(model, *read)->Total(), Estimate::Price(model, through)->Total()) << name << c.key;
      ++edited;
    }
  }
  EXPECT_GT(edited, 200);
}

}  // namespace
}  // namespace opcost
