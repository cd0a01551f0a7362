// ONNX's own backend suite as an oracle: every case loads, is counted and priced, and the types and shapes of its
// outputs, inferred without looking at the stored ones, equal them. What stays unresolved is in unresolved.tsv with its
// reason, checked both ways.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "costing/analyze.h"
#include "frontend/load.h"
#include "hardware/read_target.h"

namespace opcost {
namespace {

std::string Folder() {
  const char* folder = std::getenv("OPCOST_BACKEND_SUITE");
  return folder == nullptr ? "" : folder;
}

struct Case {
  std::string name;
  std::map<std::string, std::vector<int64_t>> shapes;  // of inputs that the model leaves open
  std::map<std::string, std::string> outputs;          // name → "float32[2,3]"
};

std::vector<int64_t> Extents(const std::string& text) {
  std::vector<int64_t> extents;
  for (absl::string_view part : absl::StrSplit(text, ',', absl::SkipEmpty())) {
    int64_t extent = -1;
    EXPECT_TRUE(absl::SimpleAtoi(part, &extent)) << text;
    extents.push_back(extent);
  }
  return extents;
}

std::vector<Case> ReadIndex() {
  std::ifstream file(Folder() + "/suite.tsv");
  std::vector<Case> cases;
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> fields = absl::StrSplit(line, '\t');
    Case c{.name = fields[0]};
    for (size_t i = 1; i < fields.size(); ++i) {
      const size_t split = fields[i].rfind('=');
      const std::string key = fields[i].substr(0, split), value = fields[i].substr(split + 1);
      if (key[0] == '#') {
        c.shapes[key.substr(1)] = Extents(value);
      } else {
        c.outputs[key] = value;
      }
    }
    cases.push_back(c);
  }
  return cases;
}

std::string ClassPrefix(const Tensor& tensor) {
  if (tensor.type == TypeClass::kOptional) return "optional:";
  if (tensor.type == TypeClass::kSequence) return "sequence:";
  if (tensor.type == TypeClass::kMap) return "map:";
  return "";
}

// In the notation of the index; "?" where an extent, the rank or the type is not known.
std::string Describe(const Tensor& tensor) {
  const std::string prefix = ClassPrefix(tensor);
  if (prefix == "map:") return "map:unknown";
  const std::string head = absl::StrCat(prefix, Name(tensor.dtype));
  if (!prefix.empty()) return head;
  if (!tensor.shape) return head + "?";
  std::vector<std::string> extents;
  for (const Dim& dim : *tensor.shape) extents.push_back(dim.known() ? absl::StrCat(dim.extent) : "?");
  return absl::StrCat(head, "[", absl::StrJoin(extents, ","), "]");
}

bool Unresolved(const std::string& description) {
  return absl::StrContains(description, "?") || absl::StrContains(description, "unknown");
}

// Each known extent of `got` agrees with `want`.
bool Contradicts(const std::string& got, const std::string& want) {
  if (!Unresolved(got)) return got != want;
  const std::vector<std::string> a = absl::StrSplit(got, absl::ByAnyChar("[,]")),
                                 b = absl::StrSplit(want, absl::ByAnyChar("[,]"));
  if (absl::EndsWith(got, "?")) return false;  // rank unknown
  if (a.size() != b.size()) return true;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && a[i] != "?" && !absl::StrContains(a[i], "unknown")) return true;
  }
  return false;
}

std::map<std::string, std::string> ListedUnresolved() {
  std::ifstream file("tests/backend/unresolved.tsv");
  std::map<std::string, std::string> listed;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::vector<std::string> fields = absl::StrSplit(line, '\t');
    EXPECT_EQ(fields.size(), 2u) << line;
    listed[fields[0]] = fields.back();
  }
  return listed;
}

TEST(BackendSuite, LoadsPricesAndInfersEveryCase) {
  ASSERT_FALSE(Folder().empty()) << "set OPCOST_BACKEND_SUITE to the folder that tests/backend/generate.py wrote";
  const std::vector<Case> cases = ReadIndex();
  ASSERT_GT(cases.size(), 1900u);
  const absl::StatusOr<Target> target = FindTarget("tests/profiles/edge.toml", {});
  ASSERT_TRUE(target.ok()) << target.status();

  std::map<std::string, std::string> listed = ListedUnresolved();
  int wrong = 0, not_loaded = 0;
  for (const Case& c : cases) {
    LoadOptions options;
    options.shapes = c.shapes;
    absl::StatusOr<Graph> graph = LoadModel(absl::StrCat(Folder(), "/", c.name, ".onnx"), options);
    if (!graph.ok()) {
      ++not_loaded;
      ADD_FAILURE() << c.name << ": " << graph.status();
      continue;
    }
    std::vector<std::string> unresolved;
    for (TensorId output : graph->outputs) {
      const Tensor& tensor = graph->tensors[static_cast<size_t>(output)];
      const std::string got = Describe(tensor);
      const auto want = c.outputs.find(tensor.name);
      ASSERT_NE(want, c.outputs.end()) << c.name << ": no output " << tensor.name;
      if (Contradicts(got, want->second)) {
        ++wrong;
        ADD_FAILURE() << c.name << ": " << tensor.name << " is " << got << ", stored " << want->second;
      } else if (Unresolved(got) && got != want->second) {
        unresolved.push_back(absl::StrCat(tensor.name, " is ", got, ", stored ", want->second));
      }
    }
    const bool is_listed = listed.erase(c.name) > 0;
    EXPECT_EQ(is_listed, !unresolved.empty())
        << c.name << (is_listed ? " is listed as unresolved and is resolved" : " is unresolved and not listed: ")
        << absl::StrJoin(unresolved, "; ");
    const absl::StatusOr<CountedModel> model = CountModel(*std::move(graph), {.runtime = target->runtime});
    ASSERT_TRUE(model.ok()) << c.name << ": " << model.status();
    const absl::StatusOr<Estimate> estimate = Estimate::Price(*model, *target);
    ASSERT_TRUE(estimate.ok()) << c.name << ": " << estimate.status();
    const Report report = estimate->MakeReport(*model);
    const absl::Status conserved = CheckConservation(report);
    EXPECT_TRUE(conserved.ok()) << c.name << ": " << conserved;
  }
  for (const auto& [name, reason] : listed) ADD_FAILURE() << name << " is listed as unresolved and is not in the suite";
  EXPECT_EQ(not_loaded, 0) << "of " << cases.size();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace opcost
