// ONNX Runtime profiles: which run each event belongs to, what a kernel took itself, and the best over the runs.
#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "costing/calibration/importers.h"
#include "costing/calibration/ort_events.h"

namespace opcost {
namespace {

constexpr double kMicro = 1e-6;
constexpr size_t kWarmUpRuns = 3;
constexpr size_t kMaxSubsetInputs = 12;
constexpr std::array<absl::string_view, 5> kLosses = {
    "attributes of a kernel", "shapes of weights that were packed", "which slot an omitted operand had",
    "runtime version, machine, date", "times below 1 µs; each includes the profiler's own 2 µs or so"};

// Operators that the runtime adds; the profile shows none of their domains.
struct DomainRow {
  absl::string_view op_type;
  absl::string_view domain;
};
constexpr std::array<DomainRow, 20> kDomains = {{{"ReorderInput", "com.microsoft.nchwc"},
                                                 {"ReorderOutput", "com.microsoft.nchwc"},
                                                 {"FusedConv", "com.microsoft"},
                                                 {"FusedGemm", "com.microsoft"},
                                                 {"FusedMatMul", "com.microsoft"},
                                                 {"SkipLayerNormalization", "com.microsoft"},
                                                 {"SkipSimplifiedLayerNormalization", "com.microsoft"},
                                                 {"EmbedLayerNormalization", "com.microsoft"},
                                                 {"BiasGelu", "com.microsoft"},
                                                 {"FastGelu", "com.microsoft"},
                                                 {"QuickGelu", "com.microsoft"},
                                                 {"BiasSoftmax", "com.microsoft"},
                                                 {"Attention", "com.microsoft"},
                                                 {"MultiHeadAttention", "com.microsoft"},
                                                 {"MatMulNBits", "com.microsoft"},
                                                 {"DynamicQuantizeMatMul", "com.microsoft"},
                                                 {"MatMulIntegerToFloat", "com.microsoft"},
                                                 {"QLinearAdd", "com.microsoft"},
                                                 {"QLinearMul", "com.microsoft"},
                                                 {"QLinearGlobalAveragePool", "com.microsoft"}}};
// Standard operators that run on the blocked layout when their name says so.
constexpr std::array<absl::string_view, 6> kBlockedOps = {
    "Conv", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "Upsample"};

std::string DomainOf(absl::string_view op_type, absl::string_view name) {
  for (const DomainRow& row : kDomains) {
    if (row.op_type == op_type) return std::string(row.domain);
  }
  const bool blocked = std::find(kBlockedOps.begin(), kBlockedOps.end(), op_type) != kBlockedOps.end();
  return blocked && absl::StrContains(name, "_nchwc") ? "com.microsoft.nchwc" : "";
}

// A kernel within one graph: names are unique there where they are given, but not across subgraphs.
using Key = std::tuple<std::string, std::string, std::string>;
Key KeyOf(const OrtEvent& event) { return {event.name, event.index, event.op_type}; }

// What each node took without the nodes that it ran inside itself (bodies of Loop, If, Scan), by nesting per thread.
std::vector<int64_t> SelfTimes(const std::vector<OrtEvent>& events) {
  std::vector<int64_t> self(events.size());
  std::vector<size_t> order;
  for (size_t i = 0; i < events.size(); ++i) {
    self[i] = events[i].dur;
    if (events[i].kind == OrtEvent::Kind::kNode) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return std::tie(events[a].tid, events[a].ts, events[b].dur) < std::tie(events[b].tid, events[b].ts, events[a].dur);
  });
  std::vector<size_t> open;
  for (size_t i : order) {
    const OrtEvent& event = events[i];
    const auto closed = [&](size_t other) {
      return events[other].tid != event.tid || events[other].ts + events[other].dur <= event.ts;
    };
    while (!open.empty() && closed(open.back())) open.pop_back();
    const bool inside = !open.empty() && event.ts + event.dur <= events[open.back()].ts + events[open.back()].dur;
    if (inside) self[open.back()] = std::max<int64_t>(0, self[open.back()] - event.dur);
    open.push_back(i);
  }
  return self;
}

// Where a device ran the kernels, their times replace the host's: the node's own is the launch.
void AddDeviceKernels(const std::vector<OrtEvent>& events, std::vector<int64_t>& self, int64_t& kernels) {
  std::vector<bool> replaced(events.size(), false);
  size_t node = events.size();
  for (size_t i = 0; i < events.size(); ++i) {
    if (events[i].kind == OrtEvent::Kind::kNode) node = i;
    if (events[i].kind != OrtEvent::Kind::kDeviceKernel || node == events.size()) continue;
    if (!events[i].parent.empty() && events[i].parent != events[node].name) continue;
    if (!replaced[node]) self[node] = 0;
    replaced[node] = true;
    self[node] += events[i].dur;
    ++kernels;
  }
}

struct Runs {
  std::vector<size_t> of_event;  // by event; runs.size() for none
  std::vector<OrtEvent> runs;    // by start
};

Runs AssignRuns(const std::vector<OrtEvent>& events) {
  Runs result;
  for (const OrtEvent& event : events) {
    if (event.kind == OrtEvent::Kind::kRun) result.runs.push_back(event);
  }
  std::stable_sort(result.runs.begin(), result.runs.end(),
                   [](const OrtEvent& a, const OrtEvent& b) { return a.ts < b.ts; });
  for (const OrtEvent& event : events) {
    auto it = std::upper_bound(result.runs.begin(), result.runs.end(), event.ts,
                               [](int64_t ts, const OrtEvent& run) { return ts < run.ts; });
    size_t run = result.runs.size();
    if (it != result.runs.begin()) {
      --it;
      if (event.ts < it->ts + it->dur) run = static_cast<size_t>(it - result.runs.begin());
    }
    result.of_event.push_back(run);
  }
  return result;
}

// One kernel over the runs.
struct Gathered {
  size_t first = 0;                     // its first event
  std::map<size_t, int64_t> us_by_run;  // repeats within a run added up
};

// Stored weights among the inputs: the one choice of inputs whose bytes are the parameter bytes. None where several
// are.
void MarkConstants(int64_t parameter_bytes, MeasuredKernel& kernel) {
  const size_t n = kernel.inputs.size();
  if (parameter_bytes <= 0 || n == 0 || n > kMaxSubsetInputs) return;
  std::vector<int64_t> bytes;
  for (const MeasuredTensor& tensor : kernel.inputs) {
    const int64_t elements = std::accumulate(tensor.dims.begin(), tensor.dims.end(), int64_t{1}, std::multiplies<>());
    bytes.push_back(tensor.is_present ? PackedBytes(tensor.dtype, elements) : 0);
  }
  uint32_t found = 0;
  for (uint32_t set = 1; set < (1u << n); ++set) {
    int64_t sum = 0;
    for (size_t i = 0; i < n; ++i) sum += (set >> i & 1) != 0 ? bytes[i] : 0;
    if (sum != parameter_bytes) continue;
    if (found != 0) return;
    found = set;
  }
  for (size_t i = 0; i < n; ++i) kernel.inputs[i].is_constant = (found >> i & 1) != 0;
}

MeasuredKernel MakeKernel(const OrtEvent& event, const Gathered& gathered) {
  MeasuredKernel kernel;
  kernel.name = event.name;
  kernel.op_type = event.op_type;
  kernel.domain = DomainOf(event.op_type, event.name);
  kernel.inputs = event.inputs;
  kernel.outputs = event.outputs;
  MarkConstants(event.parameter_bytes, kernel);
  std::vector<int64_t> times;
  for (const auto& [run, us] : gathered.us_by_run) times.push_back(us);
  kernel.repeats = static_cast<int64_t>(times.size());
  kernel.seconds = static_cast<double>(*std::min_element(times.begin(), times.end())) * kMicro;
  // The first runs grow the arena and fault pages in.
  if (times.size() > 2 * kWarmUpRuns) times.erase(times.begin(), times.begin() + kWarmUpRuns);
  std::sort(times.begin(), times.end());
  kernel.median_seconds = static_cast<double>(times[times.size() / 2]) * kMicro;
  kernel.spread = times.front() > 0 ? static_cast<double>(times.back()) / static_cast<double>(times.front()) - 1 : 0;
  return kernel;
}

std::string NetworkOf(absl::string_view path) {
  const size_t slash = path.rfind('/');
  absl::string_view name = slash == absl::string_view::npos ? path : path.substr(slash + 1);
  absl::ConsumeSuffix(&name, ".gz");
  absl::ConsumeSuffix(&name, ".json");
  return std::string(name);
}

void Say(MeasuredRun& run, std::string text) { run.notes.push_back({NoteKind::kProfile, std::move(text), run.path}); }

void DescribeFile(const OrtEvents& read, MeasuredRun& run) {
  if (read.repaired && !read.truncated) Say(run, "not valid JSON (node names are not escaped): read line by line");
  if (read.truncated) Say(run, "the end of the file is missing: complete runs are kept");
  if (read.unreadable > 0) Say(run, absl::StrCat(read.unreadable, " events could not be read"));
}

// Two models in one file: sessions whose runs share no kernel.
absl::Status RefuseMixed(const OrtEvents& read, const Runs& runs, const std::string& path) {
  std::vector<std::set<Key>> keys(runs.runs.size());
  for (size_t i = 0; i < read.events.size(); ++i) {
    if (read.events[i].kind == OrtEvent::Kind::kNode && runs.of_event[i] < runs.runs.size()) {
      keys[runs.of_event[i]].insert(KeyOf(read.events[i]));
    }
  }
  const std::set<Key>* first = nullptr;
  for (const std::set<Key>& run : keys) {
    if (run.empty()) continue;
    if (first == nullptr) first = &run;
    std::vector<Key> shared;
    std::set_intersection(first->begin(), first->end(), run.begin(), run.end(), std::back_inserter(shared));
    if (2 * shared.size() < std::min(first->size(), run.size())) {
      return absl::InvalidArgumentError(absl::StrCat(path, ": runs of different models are mixed (", first->size(),
                                                     " and ", run.size(), " kernels, ", shared.size(),
                                                     " in common), expected one model a file"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

bool RecognisesOrtProfile(const ImportFile& file) {
  const absl::string_view head = absl::StripLeadingAsciiWhitespace(absl::string_view(file.text).substr(0, 8192));
  return absl::StartsWith(head, "[") && absl::StrContains(head, "\"cat\"") && absl::StrContains(head, "\"dur\"") &&
         (absl::StrContains(head, "\"Session\"") || absl::StrContains(head, "\"Node\""));
}

absl::Span<const absl::string_view> OrtProfileLosses() { return kLosses; }

absl::StatusOr<std::vector<MeasuredRun>> ImportOrtProfile(const ImportFile& file) {
  absl::StatusOr<OrtEvents> read = ReadOrtEvents(file.path, file.text);
  if (!read.ok()) return read.status();
  const std::vector<OrtEvent>& events = read->events;
  const Runs runs = AssignRuns(events);
  if (runs.runs.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(file.path, ": no complete run (no model_run event), expected at least one"));
  }
  if (absl::Status status = RefuseMixed(*read, runs, file.path); !status.ok()) return status;

  MeasuredRun run{.network = NetworkOf(file.path), .path = file.path, .profiled = true};
  run.facts.runtime = "onnxruntime";
  DescribeFile(*read, run);
  std::vector<int64_t> self = SelfTimes(events);
  int64_t device_kernels = 0, outside = 0, outside_us = 0;
  AddDeviceKernels(events, self, device_kernels);
  std::map<Key, Gathered> gathered;
  std::vector<Key> order;
  for (size_t i = 0; i < events.size(); ++i) {
    if (events[i].kind != OrtEvent::Kind::kNode) continue;
    if (runs.of_event[i] == runs.runs.size()) {
      ++outside;
      outside_us += self[i];
      continue;
    }
    const auto [it, inserted] = gathered.try_emplace(KeyOf(events[i]), Gathered{.first = i});
    if (inserted) order.push_back(it->first);
    it->second.us_by_run[runs.of_event[i]] += self[i];
    run.facts.threads = std::max(run.facts.threads, events[i].threads);
  }
  if (order.empty()) return absl::InvalidArgumentError(absl::StrCat(file.path, ": no kernel times inside its runs"));
  if (outside > 0) {
    Say(run, absl::StrCat(outside, " events (", outside_us, " µs) belong to no complete run and are left out"));
  }
  if (device_kernels > 0) Say(run, absl::StrCat("times are those of ", device_kernels, " device kernels"));
  std::stable_sort(order.begin(), order.end(), [&](const Key& a, const Key& b) {
    return events[gathered[a].first].ts < events[gathered[b].first].ts;
  });
  int64_t partial = 0, zeros = 0;
  for (const Key& key : order) {
    const Gathered& kernel = gathered[key];
    run.kernels.push_back(MakeKernel(events[kernel.first], kernel));
    partial += kernel.us_by_run.size() < runs.runs.size() ? 1 : 0;
    zeros += run.kernels.back().seconds == 0 ? 1 : 0;
  }
  if (partial > 0) Say(run, absl::StrCat(partial, " kernels did not run in every run"));
  if (zeros > 0) Say(run, absl::StrCat(zeros, " kernels read 0 µs: below the clock's step"));
  int64_t best = runs.runs[0].dur;
  for (const OrtEvent& one : runs.runs) best = std::min(best, one.dur);
  run.profiled_s = static_cast<double>(best) * kMicro;
  return std::vector<MeasuredRun>{std::move(run)};
}

}  // namespace opcost
