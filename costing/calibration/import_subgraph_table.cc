// Tab-separated times of eager PyTorch per subgraph: one header line, no quoting, several models and targets in a file.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/pattern.h"
#include "base/text.h"
#include "costing/calibration/importers.h"

namespace opcost {
namespace {

constexpr double kMilli = 1e-3;
constexpr std::array<absl::string_view, 5> kLosses = {"shapes and attributes (node names only)", "medians",
                                                      "threads, clocks and library versions",
                                                      "whole-model times: sums of subgraphs are not latencies",
                                                      "work of norms, activations, pools and softmax (FLOPs 0)"};

enum Column : size_t {
  kHardware,
  kMode,
  kPrecisionColumn,
  kBatch,
  kModel,
  kSubgraph,
  kOpClass,
  kNodeNames,
  kFlops,
  kWeightBytes,
  kActivationBytes,
  kMean,
  kStd,
  kMin,
  kSamples,
  kColumns
};
constexpr std::array<absl::string_view, kColumns> kNames = {
    "hardware_id",      "power_mode",  "precision",  "batch",      "model",
    "subgraph_id",      "op_class",    "node_names", "flops",      "weight_bytes",
    "activation_bytes", "lat_mean_ms", "lat_std_ms", "lat_min_ms", "samples"};
using Columns = std::array<size_t, kColumns>;
using Fields = std::vector<absl::string_view>;

absl::StatusOr<Columns> FindColumns(const Fields& header, const std::string& path) {
  Columns columns;
  for (size_t c = 0; c < kColumns; ++c) {
    const auto it = std::find(header.begin(), header.end(), kNames[c]);
    if (it == header.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ":1: no column '", kNames[c], "', expected ", absl::StrJoin(kNames, ", ")));
    }
    columns[c] = static_cast<size_t>(it - header.begin());
  }
  return columns;
}

// The source's classes and the pattern that each is. A class that times several modules together goes to the pattern
// that holds most of their work.
struct ClassRow {
  absl::string_view name;
  Pattern pattern;
};
constexpr std::array<ClassRow, 18> kClasses = {{
    {"conv_std", Pattern::kConv2d},
    {"conv_patchify", Pattern::kConv2d},
    {"conv_pw", Pattern::kPointwise},
    {"conv_dw", Pattern::kDepthwise},
    {"mbconv_pw+dw", Pattern::kMbconv},
    {"stem+dw", Pattern::kMbconv},
    {"se_block", Pattern::kSqueezeExcite},
    {"linear", Pattern::kMatmul},
    {"attention_mha", Pattern::kAttention},
    {"attn_math_uncounted", Pattern::kSoftmax},
    {"norm", Pattern::kLayernorm},
    {"pool", Pattern::kPool},
    {"eltwise_add", Pattern::kElementwise},
    {"eltwise_mul", Pattern::kElementwise},
    {"act_or_other_0flop", Pattern::kActivation},
    {"layout", Pattern::kMove},
    {"noop", Pattern::kFree},
    {"shape_host", Pattern::kFree},
}};

absl::StatusOr<Pattern> PatternOfClass(absl::string_view name, const std::string& where) {
  std::vector<std::string> names;
  for (const ClassRow& row : kClasses) {
    if (row.name == name) return row.pattern;
    names.emplace_back(row.name);
  }
  return absl::InvalidArgumentError(absl::StrCat(where, ": op_class '", name, "', expected one of ",
                                                 absl::StrJoin(names, ", "), DidYouMean(name, names)));
}

struct Line {
  const Fields& fields;
  const Columns& columns;
  std::string where;  // "path:12"

  absl::string_view Text(Column column) const { return fields[columns[column]]; }
  absl::StatusOr<double> Number(Column column, double above) const {
    double value = 0;
    if (!absl::SimpleAtod(Text(column), &value) || !(value >= above) || value > 1e18) {
      return absl::InvalidArgumentError(
          absl::StrCat(where, ": ", kNames[column], " = '", Text(column), "', expected a number >= ", above));
    }
    return value;
  }
};

absl::StatusOr<MeasuredKernel> ReadKernel(const Line& line) {
  std::array<double, kColumns> value{};
  for (Column c : {kFlops, kWeightBytes, kActivationBytes, kMean, kStd, kMin, kSamples}) {
    absl::StatusOr<double> number = line.Number(c, 0);
    if (!number.ok()) return number.status();
    value[c] = *number;
  }
  if (value[kMin] == 0 || value[kMean] < value[kMin] || value[kSamples] < 1) {
    return absl::InvalidArgumentError(absl::StrCat(line.where, ": lat_min_ms = ", value[kMin],
                                                   ", lat_mean_ms = ", value[kMean], ", samples = ", value[kSamples],
                                                   ", expected 0 < min <= mean and at least one sample"));
  }
  absl::StatusOr<Pattern> pattern = PatternOfClass(line.Text(kOpClass), line.where);
  if (!pattern.ok()) return pattern.status();
  MeasuredKernel kernel;
  kernel.op_type = std::string(Name(*pattern));
  kernel.name = absl::StrCat(line.Text(kSubgraph), " ", line.Text(kOpClass));
  kernel.parts = absl::StrSplit(line.Text(kNodeNames), ';', absl::SkipEmpty());
  kernel.counts = SourceCounts{value[kFlops], value[kWeightBytes], value[kActivationBytes]};
  kernel.seconds = value[kMin] * kMilli;
  kernel.median_seconds = value[kMean] * kMilli;
  kernel.spread = value[kStd] / value[kMean];
  kernel.repeats = static_cast<int64_t>(value[kSamples]);
  return kernel;
}

}  // namespace

bool RecognisesSubgraphTable(const ImportFile& file) {
  const absl::string_view head = absl::string_view(file.text).substr(0, file.text.find('\n'));
  return absl::StartsWith(head, "hardware_id\t") && absl::StrContains(head, "\tlat_min_ms\t");
}

absl::Span<const absl::string_view> SubgraphTableLosses() { return kLosses; }

absl::StatusOr<std::vector<MeasuredRun>> ImportSubgraphTable(const ImportFile& file) {
  const std::vector<absl::string_view> lines = absl::StrSplit(file.text, '\n');
  const Fields header = absl::StrSplit(lines[0], '\t');
  absl::StatusOr<Columns> columns = FindColumns(header, file.path);
  if (!columns.ok()) return columns.status();
  std::vector<MeasuredRun> runs;
  std::map<std::tuple<std::string, std::string, std::string, int, std::string>, size_t> index;
  std::map<std::pair<size_t, std::string>, size_t> seen;
  for (size_t i = 1; i < lines.size(); ++i) {
    if (lines[i].empty()) continue;
    const Fields fields = absl::StrSplit(lines[i], '\t');
    const std::string where = absl::StrCat(file.path, ":", i + 1);
    if (fields.size() != header.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat(where, ": ", fields.size(), " fields, expected ", header.size(), " (is the file truncated?)"));
    }
    const Line line{fields, *columns, where};
    absl::StatusOr<double> batch = line.Number(kBatch, 1);
    if (!batch.ok()) return batch.status();
    absl::StatusOr<MeasuredKernel> kernel = ReadKernel(line);
    if (!kernel.ok()) return kernel.status();
    RunFacts facts{.machine = std::string(line.Text(kHardware)),
                   .runtime = "pytorch-eager",
                   .mode = std::string(line.Text(kMode)),
                   .precision = std::string(line.Text(kPrecisionColumn)),
                   .batch = static_cast<int>(*batch)};
    if (facts.mode == "n/a") facts.mode = "";
    const std::string network(line.Text(kModel));
    const auto [it, inserted] =
        index.try_emplace({facts.machine, facts.mode, facts.precision, facts.batch, network}, runs.size());
    if (inserted) runs.push_back({.network = network, .path = file.path, .facts = facts});
    const auto [first, fresh] = seen.try_emplace({it->second, std::string(line.Text(kSubgraph))}, i + 1);
    if (!fresh) {
      return absl::InvalidArgumentError(absl::StrCat(where, ": ", network, " subgraph ", line.Text(kSubgraph),
                                                     " stands at line ", first->second, " already"));
    }
    runs[it->second].kernels.push_back(*std::move(kernel));
  }
  if (runs.empty()) return absl::InvalidArgumentError(absl::StrCat(file.path, ": no rows below the header"));
  return runs;
}

}  // namespace opcost
