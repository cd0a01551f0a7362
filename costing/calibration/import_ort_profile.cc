// ONNX Runtime profiles: which run each event belongs to, what a kernel took itself, and the best over the runs.
#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/hash/hash.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "costing/calibration/importers.h"
#include "costing/calibration/ort_events.h"
#include "costing/calibration/ort_kernel.h"
#include "costing/calibration/ort_runs.h"
#include "costing/calibration/paths.h"

namespace opcost {
namespace {

constexpr double kMicro = 1e-6;
constexpr size_t kWarmUpRuns = 3;
// The runtime drops what comes after.
constexpr int64_t kMostEvents = 1'000'000;
constexpr std::array<absl::string_view, 5> kLosses = {
    "attributes of a kernel", "shapes of weights that were packed", "which slot an omitted operand had",
    "runtime version and machine", "times below 1 µs; each includes the profiler's own 2 µs or so"};
// Providers whose nodes only hand work to a device.
constexpr std::array<absl::string_view, 6> kAsynchronous = {"CUDA",          "ROCM", "Tensorrt",
                                                            "NvTensorRTRTX", "Dml",  "WebGpu"};

// A kernel within one graph: names are unique there where they are given, but not across bodies. The last two tell
// apart what the first three do not: the node around it, and the place among nameless nodes of the oldest versions.
using Key = std::tuple<std::string, std::string, std::string, std::string, int64_t>;

struct Profile {
  OrtEvents read;
  OrtRuns runs;
  OrtNesting nesting;
  std::vector<Key> keys;  // by event; of kNode events

  const std::vector<OrtEvent>& events() const { return read.events; }
  bool IsTimed(size_t event) const {
    return events()[event].kind == OrtEvent::Kind::kNode && runs.of_event[event] < runs.runs.size();
  }
};

std::vector<Key> MakeKeys(const Profile& profile) {
  std::vector<Key> keys(profile.events().size());
  std::map<std::pair<size_t, std::string>, int64_t> nameless;
  for (size_t i = 0; i < keys.size(); ++i) {
    const OrtEvent& event = profile.events()[i];
    if (event.kind != OrtEvent::Kind::kNode) continue;
    const size_t parent = profile.nesting.parent[i];
    int64_t place = 0;
    if (event.name.empty() && event.index.empty() && parent == kNoEvent) {
      place = ++nameless[{profile.runs.of_event[i], event.op_type}];
    }
    keys[i] = {event.name, event.index, event.op_type, parent == kNoEvent ? "" : profile.events()[parent].name, place};
  }
  return keys;
}

// One kernel over the runs.
struct Gathered {
  size_t first = 0;                     // its first event
  std::map<size_t, int64_t> us_by_run;  // repeats within a run added up
  int64_t events = 0;
};

// Kept runs that took little more than the best of them, without those that grow the arena.
std::vector<bool> FastRuns(const Profile& profile, const std::vector<bool>& keep) {
  constexpr double kLittleMore = 1.1;
  const std::vector<OrtEvent>& runs = profile.runs.runs;
  const size_t first = runs.size() > 2 * kWarmUpRuns ? kWarmUpRuns : 0;
  int64_t best = std::numeric_limits<int64_t>::max();
  for (size_t r = first; r < runs.size(); ++r) {
    if (keep[r]) best = std::min(best, runs[r].dur);
  }
  std::vector<bool> fast(runs.size(), false);
  for (size_t r = first; r < runs.size(); ++r) {
    fast[r] = keep[r] && static_cast<double>(runs[r].dur) <= kLittleMore * static_cast<double>(best);
  }
  return fast;
}

// Mean over the fast runs. Durations are cut to whole microseconds: half of one is what is cut on average.
std::optional<double> MeanOf(const Gathered& gathered, const std::vector<bool>& fast) {
  constexpr double kCut = 0.5;
  double sum = 0, n = 0;
  for (const auto& [run, us] : gathered.us_by_run) {
    if (!fast[run]) continue;
    sum += static_cast<double>(us);
    n += 1;
  }
  if (n == 0) return std::nullopt;
  const double events = static_cast<double>(gathered.events) / static_cast<double>(gathered.us_by_run.size());
  return (sum / n + kCut * events) * kMicro;
}

MeasuredKernel MakeKernel(const Profile& profile, const Gathered& gathered, const std::vector<bool>& fast) {
  MeasuredKernel kernel = KernelOfEvent(profile.events()[gathered.first]);
  const size_t parent = profile.nesting.parent[gathered.first];
  if (parent != kNoEvent) kernel.inside = profile.events()[parent].name;
  std::vector<int64_t> times;
  for (const auto& [run, us] : gathered.us_by_run) times.push_back(us);
  kernel.repeats = static_cast<int64_t>(times.size());
  kernel.executions = static_cast<double>(gathered.events) / static_cast<double>(times.size());
  kernel.seconds = static_cast<double>(*std::min_element(times.begin(), times.end())) * kMicro;
  // The first runs grow the arena and fault pages in.
  if (times.size() > 2 * kWarmUpRuns) times.erase(times.begin(), times.begin() + kWarmUpRuns);
  std::sort(times.begin(), times.end());
  kernel.median_seconds = static_cast<double>(times[times.size() / 2]) * kMicro;
  kernel.mean_s = MeanOf(gathered, fast);
  kernel.spread = times.front() > 0 ? static_cast<double>(times.back()) / static_cast<double>(times.front()) - 1 : 0;
  return kernel;
}

bool IsStamp(absl::string_view text, absl::string_view form) {
  return text.size() == form.size() && std::equal(text.begin(), text.end(), form.begin(), [](char c, char f) {
           return f == '0' ? absl::ascii_isdigit(static_cast<unsigned char>(c)) : c == f;
         });
}

// "resnet50" and "2026-11-26" of "dir/resnet50_2026-11-26_18-35-04_097.json.gz", as the runtime names its files.
void NameRun(absl::string_view path, MeasuredRun& run) {
  const std::string stem = StemOf(path);
  absl::string_view name = stem;
  constexpr absl::string_view kDate = "0000-00-00";
  for (absl::string_view form :
       {absl::string_view("_0000-00-00_00-00-00_000"), absl::string_view("_0000-00-00_00-00-00")}) {
    if (name.size() <= form.size() || !IsStamp(name.substr(name.size() - form.size()), form)) continue;
    run.facts.date = std::string(name.substr(name.size() - form.size() + 1, kDate.size()));
    name.remove_suffix(form.size());
    break;
  }
  run.network = std::string(name);
}

void Say(MeasuredRun& run, std::string text) { run.notes.push_back({NoteKind::kProfile, std::move(text), run.path}); }

void DescribeFile(const OrtEvents& read, MeasuredRun& run) {
  if (read.repaired) Say(run, "not valid JSON (node names are not escaped): read event by event");
  if (read.truncated) Say(run, "the end of the file is missing: complete runs are kept");
  if (read.unreadable > 0) Say(run, absl::StrCat(read.unreadable, " events could not be read"));
  if (read.total >= kMostEvents) {
    Say(run, absl::StrCat(read.total, " events: the runtime drops what comes after ", kMostEvents));
  }
}

// Two models in one file: sessions whose runs share no kernel.
absl::Status RefuseMixed(const Profile& profile, const std::string& path) {
  std::vector<std::set<Key>> keys(profile.runs.runs.size());
  for (size_t i = 0; i < profile.events().size(); ++i) {
    if (profile.IsTimed(i)) keys[profile.runs.of_event[i]].insert(profile.keys[i]);
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

// By run: whether it is kept. Times of different input sizes are no repeats of each other: the sizes that most runs
// have are kept, the earliest among equals.
std::vector<bool> KeepOneSize(const Profile& profile, MeasuredRun& run) {
  std::vector<uint64_t> sizes(profile.runs.runs.size(), 0);
  for (size_t i = 0; i < profile.events().size(); ++i) {
    if (!profile.IsTimed(i)) continue;
    const OrtEvent& event = profile.events()[i];
    for (const std::vector<MeasuredTensor>* tensors : {&event.inputs, &event.outputs}) {
      for (const MeasuredTensor& tensor : *tensors) {
        sizes[profile.runs.of_event[i]] += absl::HashOf(profile.keys[i], tensor.dims);
      }
    }
  }
  std::map<uint64_t, int64_t> runs_by_size;
  for (uint64_t size : sizes) ++runs_by_size[size];
  uint64_t kept = sizes.front();
  for (uint64_t size : sizes) {
    if (runs_by_size[size] > runs_by_size[kept]) kept = size;
  }
  std::vector<bool> keep;
  for (uint64_t size : sizes) keep.push_back(size == kept);
  const int64_t others = static_cast<int64_t>(sizes.size()) - runs_by_size[kept];
  if (others > 0) {
    Say(run, absl::StrCat(others, " of ", sizes.size(),
                          " runs have other input sizes or took another branch and are left out"));
  }
  return keep;
}

struct Gathering {
  std::map<Key, Gathered> kernels;
  std::vector<Key> order;  // by first start
  int64_t outside = 0, outside_us = 0;
};

Gathering Gather(const Profile& profile, const std::vector<bool>& keep) {
  Gathering result;
  for (size_t i = 0; i < profile.events().size(); ++i) {
    if (profile.events()[i].kind != OrtEvent::Kind::kNode) continue;
    const size_t run = profile.runs.of_event[i];
    if (!profile.IsTimed(i)) {
      ++result.outside;
      result.outside_us += profile.nesting.self[i];
      continue;
    }
    if (!keep[run]) continue;
    const auto [it, inserted] = result.kernels.try_emplace(profile.keys[i], Gathered{.first = i});
    if (inserted) result.order.push_back(it->first);
    it->second.us_by_run[run] += profile.nesting.self[i];
    ++it->second.events;
  }
  std::stable_sort(result.order.begin(), result.order.end(), [&](const Key& a, const Key& b) {
    return profile.events()[result.kernels[a].first].ts < profile.events()[result.kernels[b].first].ts;
  });
  return result;
}

// What ran on a device, and whose times these are.
void DescribeDevice(const Profile& profile, MeasuredRun& run) {
  const OrtNesting& nesting = profile.nesting;
  int64_t launches = 0, of_provider = 0;
  for (size_t i = 0; i < profile.events().size(); ++i) {
    const OrtEvent& event = profile.events()[i];
    of_provider += event.kind == OrtEvent::Kind::kProviderKernel ? 1 : 0;
    const absl::string_view provider = absl::StripSuffix(event.provider, "ExecutionProvider");
    const bool is_asynchronous = std::find(kAsynchronous.begin(), kAsynchronous.end(), provider) != kAsynchronous.end();
    launches += is_asynchronous && nesting.timed_on_device[i] == 0 ? 1 : 0;
  }
  if (nesting.device_kernels > 0) {
    Say(run, absl::StrCat("times are those of ", nesting.device_kernels, " device kernels"));
  }
  if (nesting.orphans > 0) Say(run, absl::StrCat(nesting.orphans, " device kernels name no node and are left out"));
  if (of_provider > 0) {
    Say(run, absl::StrCat(of_provider, " kernels inside partitions overlap each other and are left out"));
  }
  if (launches == 0) return;
  run.launches_only = true;
  Say(run, absl::StrCat(launches,
                        " events of a device are launches on the host, not the device's time: only whole runs "
                        "are comparable (a build with device tracing shows kernels)"));
}

absl::Status FillKernels(const Profile& profile, const std::vector<bool>& keep, MeasuredRun& run) {
  Gathering gathering = Gather(profile, keep);
  const std::vector<bool> fast = FastRuns(profile, keep);
  if (gathering.order.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(run.path, ": no kernel times inside its runs"));
  }
  if (gathering.outside > 0) {
    Say(run, absl::StrCat(gathering.outside, " events (", gathering.outside_us,
                          " µs) belong to no complete run and are left out"));
  }
  const size_t runs = static_cast<size_t>(std::count(keep.begin(), keep.end(), true));
  int64_t partial = 0, zeros = 0;
  for (const Key& key : gathering.order) {
    const Gathered& kernel = gathering.kernels[key];
    run.kernels.push_back(MakeKernel(profile, kernel, fast));
    run.facts.threads = std::max(run.facts.threads, profile.events()[kernel.first].threads);
    partial += kernel.us_by_run.size() < runs ? 1 : 0;
    zeros += run.kernels.back().seconds == 0 ? 1 : 0;
  }
  if (zeros == static_cast<int64_t>(run.kernels.size())) {
    return absl::InvalidArgumentError(absl::StrCat(run.path, ": every time is 0, expected microseconds"));
  }
  if (partial > 0) Say(run, absl::StrCat(partial, " kernels did not run in every run"));
  if (zeros > 0) Say(run, absl::StrCat(zeros, " kernels read 0 µs: below the clock's step"));
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
  Profile profile{.read = *std::move(read)};
  profile.runs = AssignRuns(profile.events());
  if (profile.runs.runs.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(file.path, ": no complete run (no model_run event), expected at least one"));
  }
  profile.nesting = NestEvents(profile.events());
  profile.keys = MakeKeys(profile);
  if (absl::Status status = RefuseMixed(profile, file.path); !status.ok()) return status;

  MeasuredRun run{.path = file.path, .profiled = true};
  NameRun(file.path, run);
  run.facts.runtime = "onnxruntime";
  DescribeFile(profile.read, run);
  DescribeDevice(profile, run);
  const std::vector<bool> keep = KeepOneSize(profile, run);
  if (absl::Status status = FillKernels(profile, keep, run); !status.ok()) return status;
  for (size_t i = 0; i < keep.size(); ++i) {
    const double seconds = static_cast<double>(profile.runs.runs[i].dur) * kMicro;
    if (keep[i]) run.profiled_s = run.profiled_s ? std::min(*run.profiled_s, seconds) : seconds;
  }
  return std::vector<MeasuredRun>{std::move(run)};
}

}  // namespace opcost
