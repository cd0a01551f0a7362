// OpenVINO: performance counters of benchmark_app, with the original layers where the execution graph lies beside them.
#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "costing/calibration/importers.h"
#include "costing/calibration/ov_counters.h"
#include "costing/calibration/ov_graph.h"
#include "costing/calibration/paths.h"

namespace opcost {
namespace {

constexpr double kMilli = 1e-3;
constexpr std::array<absl::string_view, 4> kLosses = {
    "shapes, attributes and weights", "the machine", "layers that ran inside others (their rows say NOT_RUN)",
    "times below 1 µs; average counters hide the best of the repeats"};
constexpr absl::string_view kExecuted = "EXECUTED", kReorder = "Reorder";
// The end of an execution type tells the element type: "brgconv_avx512_bf16".
constexpr std::array<std::pair<absl::string_view, absl::string_view>, 4> kPrecisions = {
    {{"_f32", "fp32"}, {"_f16", "fp16"}, {"_bf16", "bf16"}, {"_i8", "int8"}}};
// What the converter appends to the name of a layer that it split.
constexpr std::array<absl::string_view, 2> kSplitSuffixes = {"/WithoutBiases", "/fq_input_0"};

void Say(MeasuredRun& run, std::string text) { run.notes.push_back({NoteKind::kProfile, std::move(text), run.path}); }

std::string OriginalName(absl::string_view name) {
  for (absl::string_view suffix : kSplitSuffixes) absl::ConsumeSuffix(&name, suffix);
  return std::string(name);
}

// What benchmark_report.csv says of the run: options, results.
using Facts = std::map<std::string, std::string>;
Facts ReadFacts(absl::string_view text) {
  Facts facts;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::pair<absl::string_view, absl::string_view> field =
        absl::StrSplit(absl::StripAsciiWhitespace(line), absl::MaxSplits(';', 1));
    if (!field.second.empty()) facts.emplace(field.first, absl::StripSuffix(field.second, ";"));
  }
  return facts;
}

double NumberOr(const Facts& facts, const std::string& key, double fallback) {
  const auto it = facts.find(key);
  double value = 0;
  return it != facts.end() && absl::SimpleAtod(it->second, &value) ? value : fallback;
}

void ApplyReport(const Facts& facts, MeasuredRun& run) {
  if (const auto model = facts.find("-m"); model != facts.end()) run.network = StemOf(model->second);
  run.facts.threads = static_cast<int>(NumberOr(facts, "-nthreads", 0));
  run.facts.batch = static_cast<int>(NumberOr(facts, "batch size", 0));
  const double streams = NumberOr(facts, "number of CPU streams", 1);
  const double best_ms = NumberOr(facts, "min latency", 0);
  if (best_ms > 0) run.end_to_end_s = best_ms * kMilli;
  if (streams > 1)
    Say(run, absl::StrCat(streams, " requests ran at the same time: times of one are longer than alone"));
}

// Times of a layer over the requests. Equal names are told apart by their order.
struct Gathered {
  OvCounter first;
  std::vector<double> seconds;
};

std::vector<Gathered> Gather(const OvCounters& counters, int64_t& idle) {
  std::vector<Gathered> layers;
  std::map<std::pair<std::string, size_t>, size_t> index;
  for (const std::vector<OvCounter>& request : counters.requests) {
    std::map<std::string, size_t> seen;
    for (const OvCounter& counter : request) {
      const size_t occurrence = seen[counter.name]++;
      if (counter.status != kExecuted) {
        idle += &request == &counters.requests[0] ? 1 : 0;
        continue;
      }
      const auto [it, inserted] = index.try_emplace({counter.name, occurrence}, layers.size());
      if (inserted) layers.push_back({.first = counter});
      layers[it->second].seconds.push_back(counter.seconds);
    }
  }
  return layers;
}

MeasuredKernel MakeKernel(Gathered layer, const std::map<std::string, OvLayer>& graph) {
  std::sort(layer.seconds.begin(), layer.seconds.end());
  const double least = layer.seconds.front();
  MeasuredKernel kernel{.name = layer.first.name,
                        .op_type = layer.first.node_type,
                        .seconds = least,
                        .median_seconds = layer.seconds[layer.seconds.size() / 2],
                        .spread = least > 0 ? layer.seconds.back() / least - 1 : 0,
                        .repeats = static_cast<int64_t>(layer.seconds.size())};
  kernel.is_conversion = kernel.op_type == kReorder;
  if (kernel.is_conversion) return kernel;
  kernel.parts = {OriginalName(kernel.name)};
  const auto it = graph.find(kernel.name);
  if (it == graph.end() || it->second.originals.empty()) return kernel;
  kernel.parts.clear();
  for (const std::string& original : it->second.originals) kernel.parts.push_back(OriginalName(original));
  return kernel;
}

// The element type of the layer that takes longest.
std::string PrecisionOf(const OvCounters& counters) {
  const OvCounter* longest = nullptr;
  for (const OvCounter& counter : counters.requests[0]) {
    if (longest == nullptr || counter.seconds > longest->seconds) longest = &counter;
  }
  for (const auto& [suffix, precision] : kPrecisions) {
    if (longest != nullptr && absl::EndsWithIgnoreCase(longest->exec_type, suffix)) return std::string(precision);
  }
  return "";
}

}  // namespace

bool RecognisesOpenVino(const ImportFile& file) { return IsOvCsv(file.text) || IsOvJson(file.text); }

absl::Span<const absl::string_view> OpenVinoLosses() { return kLosses; }

// "benchmark_detailed_counters_report.csv" has "benchmark_report.csv" and whatever -exec_graph_path was given beside
// it.
std::vector<std::string> OpenVinoBeside(absl::string_view path) {
  std::vector<std::string> paths;
  const std::string folder = FolderOf(path);
  absl::string_view name = path.substr(folder.size());
  absl::ConsumeSuffix(&name, ".gz");
  const size_t at = name.rfind("benchmark_");
  if (at == absl::string_view::npos) return paths;
  for (absl::string_view other : {"benchmark_report.csv", "exec_graph.xml", "exec.xml"}) {
    paths.push_back(absl::StrCat(folder, name.substr(0, at), other));
    paths.push_back(absl::StrCat(paths.back(), ".gz"));
  }
  return paths;
}

absl::StatusOr<std::vector<MeasuredRun>> ImportOpenVino(const ImportFile& file) {
  absl::StatusOr<OvCounters> counters = ReadOvCounters(file.path, file.text);
  if (!counters.ok()) return counters.status();
  MeasuredRun run{.network = StemOf(file.path), .path = file.path, .profiled = true};
  run.facts.runtime = "openvino";
  run.facts.precision = PrecisionOf(*counters);
  std::map<std::string, OvLayer> graph;
  for (const ImportFile& beside : file.beside) {
    std::map<std::string, OvLayer> read = ReadExecutionGraph(beside.text);
    if (!read.empty()) {
      graph = std::move(read);
    } else {
      ApplyReport(ReadFacts(beside.text), run);
    }
  }
  int64_t idle = 0, zeros = 0;
  double sum = 0;
  for (Gathered& layer : Gather(*counters, idle)) {
    run.kernels.push_back(MakeKernel(std::move(layer), graph));
    zeros += run.kernels.back().seconds == 0 ? 1 : 0;
    sum += run.kernels.back().seconds;
  }
  if (!(sum > 0)) return absl::InvalidArgumentError(absl::StrCat(file.path, ": no layer took any time"));
  if (counters->truncated) Say(run, "the end of the file is missing: whole requests are kept");
  if (counters->is_average) Say(run, "averages over the requests: the best of them is not told");
  if (idle > 0) Say(run, absl::StrCat(idle, " layers did not run by themselves (fused or optimised away)"));
  if (zeros > 0) Say(run, absl::StrCat(zeros, " layers read 0 µs: below the clock's step"));
  if (graph.empty()) {
    Say(run, "which layers were fused is worked out from the model: the execution graph is not here (--beside FILE)");
  }
  return std::vector<MeasuredRun>{std::move(run)};
}

}  // namespace opcost
