#include "tests/calibration/accuracy_figures.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "costing/analyze.h"
#include "costing/calibration/importer.h"
#include "frontend/load.h"
#include "frontend/patterns/classify.h"
#include "hardware/read_target.h"

namespace opcost {
namespace {

constexpr double kMiB = 1 << 20;
// Not fp32 throughout, or recurrent: no generated network holds such kernels.
constexpr const char* kOthers[] = {"q_", "fp16_", "lstm_", "speech_bi"};

template <typename T>
T Must(absl::StatusOr<T> value) {
  if (value.ok()) return *std::move(value);
  std::cerr << value.status().message() << "\n";
  std::exit(3);
}

std::string RawFile(const std::string& network) {
  for (const char* folder : {"tests/models/", "tests/models/modern/"}) {
    const std::string path = absl::StrCat(folder, network, ".onnx");
    if (std::filesystem::exists(path)) return path;
  }
  return "";
}

CountedModel CountRaw(const std::string& path, const LoadOptions& options, const Target& target) {
  const Model model = Must(Model::Read(path));
  Graph graph = Must(model.Instantiate(options));
  const std::optional<Graph> other = BindOtherwise(
      graph, [&](const std::map<std::string, int64_t>& dims) { return model.Instantiate({.dims = dims}); });
  return Must(CountModel(std::move(graph), {.runtime = target.runtime, .other_binding = other ? &*other : nullptr}));
}

RatioError RatioOf(const std::map<std::string, std::pair<double, double>>& a,
                   const std::map<std::string, std::pair<double, double>>& b) {
  RatioError error;
  for (const auto& [network, times] : a) {
    const auto it = b.find(network);
    if (it == b.end()) continue;
    const double predicted = it->second.first / times.first, measured = it->second.second / times.second;
    error.mean += std::abs(predicted / measured - 1);
    ++error.models;
  }
  if (error.models > 0) error.mean /= error.models;
  return error;
}

}  // namespace

std::map<std::string, LoadOptions> CorpusBindings() {
  std::map<std::string, LoadOptions> bindings;
  std::ifstream file("tests/modern/models.tsv");
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> row = absl::StrSplit(line, '\t');
    if (row.size() < 3) continue;
    LoadOptions& options = bindings[row[0]];
    for (absl::string_view part : absl::StrSplit(row[2], ';', absl::SkipEmpty())) {
      const size_t split = part.rfind('=');
      std::vector<int64_t>& shape = options.shapes[std::string(part.substr(0, split))];
      for (absl::string_view extent : absl::StrSplit(part.substr(split + 1), 'x', absl::SkipEmpty())) {
        int64_t value = 0;
        if (absl::SimpleAtoi(extent, &value)) shape.push_back(value);
      }
    }
  }
  return bindings;
}

const MeasuredMachine kEpyc = {"tests/measurements/epyc_zen4", "epyc-zen4-1t", "AMD EPYC, Zen 4, one thread", kMiB,
                               32 * kMiB};
const MeasuredMachine kXeon = {"tests/measurements/sapphire_rapids", "sapphire-rapids-1t",
                               "Intel Xeon, Sapphire Rapids, one thread", 2 * kMiB, 105 * kMiB};

std::vector<MeasuredRun> RunsOf(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<MeasuredRun> runs;
  for (const std::string& file : files) {
    for (MeasuredRun& run : Must(Import(file))) runs.push_back(std::move(run));
  }
  return runs;
}

CalibrationRequest RequestFor(const MeasuredMachine& machine) {
  CalibrationRequest request;
  request.identity = {.id = machine.id, .name = machine.name, .machine_source = "the machine", .fit_source = "a fit"};
  request.identity.runtime = {
      .rule_set = std::string(kOnnxRuntimeCpu), .version = "1.26", .level = "all", .threads = 1};
  request.caches = {.l2_bytes = machine.l2, .llc_bytes = machine.llc};
  return request;
}

Target CalibrateOn(const MeasuredMachine& machine) {
  const Calibrated calibrated =
      Must(Calibrate(RunsOf(absl::StrCat(machine.folder, "/generated")), RequestFor(machine)));
  return Must(ReadTargetText(calibrated.text, absl::StrCat(machine.id, ".toml"), ""));
}

Group GroupOf(const std::string& network) {
  if (std::filesystem::exists("tests/models/" + network + ".onnx")) return Group::kVision;
  const bool other = std::any_of(std::begin(kOthers), std::end(kOthers),
                                 [&](const char* prefix) { return absl::StartsWith(network, prefix); });
  return other ? Group::kOther : Group::kModern;
}

std::vector<MeasuredRun> ModelsOf(const MeasuredMachine& machine, Group group) {
  std::vector<MeasuredRun> models;
  for (MeasuredRun& run : RunsOf(absl::StrCat(machine.folder, "/models"))) {
    if (GroupOf(run.network) == group) models.push_back(std::move(run));
  }
  return models;
}

RawErrors PredictRaw(const Target& target, const std::vector<MeasuredRun>& runs) {
  const std::map<std::string, LoadOptions> bindings = CorpusBindings();
  RawErrors result;
  for (const MeasuredRun& run : runs) {
    const std::string path = RawFile(run.network);
    if (path.empty() || !run.end_to_end_s) continue;
    const auto it = bindings.find(run.network);
    const CountedModel model = CountRaw(path, it == bindings.end() ? LoadOptions() : it->second, target);
    const double predicted = Must(Estimate::Price(model, target, {.exact_points = false})).Total();
    result.networks.push_back(run.network);
    result.predicted_s.push_back(predicted);
    result.measured_s.push_back(*run.end_to_end_s);
    result.errors.push_back(predicted / *run.end_to_end_s - 1);
  }
  return result;
}

RatioError RatioOf(const RawErrors& a, const RawErrors& b) {
  const auto times = [](const RawErrors& raw) {
    std::map<std::string, std::pair<double, double>> by_network;
    for (size_t i = 0; i < raw.networks.size(); ++i) {
      by_network[raw.networks[i]] = {raw.predicted_s[i], raw.measured_s[i]};
    }
    return by_network;
  };
  return RatioOf(times(a), times(b));
}

RatioError RatioOf(const Validation& a, const Validation& b) {
  const auto times = [](const Validation& validation) {
    std::map<std::string, std::pair<double, double>> by_network;
    for (const ModelError& model : validation.models) by_network[model.network] = {model.predicted_s, model.measured_s};
    return by_network;
  };
  return RatioOf(times(a), times(b));
}

Validation LeaveOneOutOnI7() {
  CalibrationRequest request;
  request.identity = {.id = "i7", .name = "i7", .machine_source = "the machine", .fit_source = "a fit"};
  request.identity.runtime.rule_set = "pytorch-eager";
  request.caches = {.l2_bytes = 1.25 * kMiB, .llc_bytes = 25 * kMiB};
  return Must(LeaveOneOut(Must(Import("tests/measurements/pytorch_eager/intel_core_i7_12700k_fp32.tsv.gz")), request));
}

}  // namespace opcost
