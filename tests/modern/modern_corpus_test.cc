// Today's exports as an oracle: types and shapes that ONNX Runtime measured for every tensor, and MACs that PyTorch's
// own counter gave for the network each file was exported from.
//
// models.tsv: model, bindings, input shapes, MACs (PyTorch), MACs (nodes × measured shapes), note. shapes.tsv:
// "@model", then a line a tensor. exceptions.tsv: what is known not to hold and why, checked both ways.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "costing/analyze.h"
#include "frontend/load.h"
#include "hardware/read_target.h"

namespace opcost {
namespace {

struct Measured {
  std::string dtype;
  std::string extents;  // "1,3,224,224"
};

struct Case {
  std::string model;
  LoadOptions options;
  std::string macs;  // "" where nobody counted
  std::map<std::string, Measured> tensors;
};

std::vector<std::vector<std::string>> ReadRows(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line[0] != '#') rows.push_back(absl::StrSplit(line, '\t'));
  }
  return rows;
}

int64_t Number(absl::string_view text) {
  int64_t value = -1;
  EXPECT_TRUE(absl::SimpleAtoi(text, &value)) << text;
  return value;
}

// Bindings that the files' symbols do not have by that name are left to `input shapes`.
Case MakeCase(const std::vector<std::string>& row) {
  Case c{.model = row[0]};
  for (absl::string_view part : absl::StrSplit(row[2], ';', absl::SkipEmpty())) {
    const size_t split = part.rfind('=');
    std::vector<int64_t>& shape = c.options.shapes[std::string(part.substr(0, split))];
    for (absl::string_view extent : absl::StrSplit(part.substr(split + 1), 'x', absl::SkipEmpty())) {
      shape.push_back(Number(extent));
    }
  }
  if (row[2].empty()) {
    for (absl::string_view part : absl::StrSplit(row[1], ';', absl::SkipEmpty())) {
      const std::vector<std::string> pair = absl::StrSplit(part, '=');
      c.options.dims[pair[0]] = Number(pair[1]);
    }
  }
  // Where the two counts differ, the note of the corpus says why the file's own graph has the second.
  c.macs = row[4].empty() || row[4] == "0" ? row[3] : row[4];
  return c;
}

std::vector<Case> ReadCorpus() {
  std::vector<Case> cases;
  for (const auto& row : ReadRows("tests/modern/models.tsv")) cases.push_back(MakeCase(row));
  std::map<std::string, Measured>* tensors = nullptr;
  for (const auto& row : ReadRows("tests/modern/shapes.tsv")) {
    if (row[0][0] == '@' && row.size() == 1) {
      for (Case& c : cases) {
        if ("@" + c.model == row[0]) tensors = &c.tensors;
      }
    } else {
      (*tensors)[row[0]] = {row[1], row[2]};
    }
  }
  return cases;
}

// "model<TAB>what<TAB>reason": `what` is "macs", "uncountable", "fallback", "dtype", or a tensor's name, or "*" for any
// tensor.
std::map<std::string, std::map<std::string, std::string>> Exceptions() {
  std::map<std::string, std::map<std::string, std::string>> exceptions;
  for (const auto& row : ReadRows("tests/modern/exceptions.tsv")) exceptions[row[0]][row[1]] = row[2];
  return exceptions;
}

// "" when equal, "unresolved" when some extent is not known and the known ones agree, else the contradiction.
// `stand_in`: the measured run had another element type, and only extents are compared.
std::string Compare(const Tensor& tensor, const Measured& measured, bool stand_in) {
  if (Name(tensor.dtype) != measured.dtype && !stand_in) {
    return absl::StrCat("is ", Name(tensor.dtype), ", measured ", measured.dtype);
  }
  if (!tensor.shape) return "unresolved";
  const std::vector<std::string> want = absl::StrSplit(measured.extents, ',', absl::SkipEmpty());
  std::vector<std::string> got;
  for (const Dim& dim : *tensor.shape) got.push_back(dim.known() ? absl::StrCat(dim.extent) : "?");
  const std::string text = absl::StrCat("is [", absl::StrJoin(got, ","), "], measured [", measured.extents, "]");
  if (got.size() != want.size()) return text;
  bool unresolved = false;
  for (size_t i = 0; i < got.size(); ++i) {
    if (got[i] == "?") {
      unresolved = true;
    } else if (got[i] != want[i]) {
      return text;
    }
  }
  return unresolved ? "unresolved" : "";
}

class ModernCorpus : public testing::Test {
 protected:
  static void SetUpTestSuite() { cases_ = new std::vector<Case>(ReadCorpus()); }
  static void TearDownTestSuite() { delete cases_; }
  static std::vector<Case>* cases_;
};
std::vector<Case>* ModernCorpus::cases_ = nullptr;

std::string Path(const Case& c) { return absl::StrCat("tests/models/modern/", c.model, ".onnx"); }

TEST_F(ModernCorpus, EveryMeasuredShapeIsInferred) {
  auto exceptions = Exceptions();
  int64_t compared = 0;
  for (const Case& c : *cases_) {
    const absl::StatusOr<Graph> graph = LoadModel(Path(c), c.options);
    ASSERT_TRUE(graph.ok()) << c.model << ": " << graph.status();
    std::map<std::string, std::string> wrong, unresolved;
    for (const Tensor& tensor : graph->tensors) {
      const auto measured = c.tensors.find(tensor.name);
      if (measured == c.tensors.end() || tensor.region != 0 || tensor.type != TypeClass::kTensor) continue;
      ++compared;
      const std::string difference = Compare(tensor, measured->second, exceptions[c.model].contains("dtype"));
      if (difference == "unresolved") {
        unresolved[tensor.name] = difference;
      } else if (!difference.empty()) {
        wrong[tensor.name] = difference;
      }
    }
    auto& known = exceptions[c.model];
    for (const auto& [name, difference] : wrong) ADD_FAILURE() << c.model << ": " << name << " " << difference;
    if (known.contains("*")) {
      EXPECT_FALSE(unresolved.empty()) << c.model << " is listed as partly unresolved and is resolved";
      continue;
    }
    for (const auto& [name, unused] : unresolved) {
      EXPECT_TRUE(known.contains(name)) << c.model << ": " << name << " is unresolved, measured ["
                                        << c.tensors.at(name).extents << "]";
    }
  }
  EXPECT_GT(compared, 25000);
}

TEST_F(ModernCorpus, MacsEqualTheFrameworksCount) {
  auto exceptions = Exceptions();
  const absl::StatusOr<Target> target = FindTarget("tests/profiles/edge.toml", {});
  ASSERT_TRUE(target.ok()) << target.status();
  for (Case& c : *cases_) {
    if (c.model == "torch_script_loop_ts") c.options.trips["/Loop"] = 5;
    absl::StatusOr<Graph> graph = LoadModel(Path(c), c.options);
    ASSERT_TRUE(graph.ok()) << c.model << ": " << graph.status();
    const absl::StatusOr<CountedModel> model = CountModel(*std::move(graph), {.runtime = {.rule_set = "none"}});
    ASSERT_TRUE(model.ok()) << c.model << ": " << model.status();
    const absl::StatusOr<Estimate> estimate = Estimate::Price(*model, *target);
    ASSERT_TRUE(estimate.ok()) << c.model << ": " << estimate.status();
    const Report report = estimate->MakeReport(*model);
    EXPECT_TRUE(CheckConservation(report).ok()) << c.model << ": " << CheckConservation(report);

    const auto& known = exceptions[c.model];
    EXPECT_EQ(report.coverage.unknown.empty(), !known.contains("fallback"))
        << c.model << ": " << (report.coverage.unknown.empty() ? "no fallback" : report.coverage.unknown[0].op);
    if (c.macs.empty() || known.contains("uncountable")) continue;
    // A listed exception begins with the count that is right for the file and says why it differs.
    const int64_t want =
        known.contains("macs") ? Number(std::string(known.at("macs"), 0, known.at("macs").find(' '))) : Number(c.macs);
    EXPECT_EQ(report.totals.macs, want) << c.model;
  }
}

}  // namespace
}  // namespace opcost
