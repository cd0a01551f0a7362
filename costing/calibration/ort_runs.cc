#include "costing/calibration/ort_runs.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <tuple>

namespace opcost {
namespace {

using Kind = OrtEvent::Kind;

// Operators that run other nodes inside their own time.
constexpr std::array<absl::string_view, 3> kOuter = {"If", "Loop", "Scan"};

int64_t End(const OrtEvent& event) { return event.ts + event.dur; }

// Starts of one thread ascending, and what lies around others first.
bool IsBefore(const OrtEvent& a, const OrtEvent& b) {
  const auto inner = [](const OrtEvent& e) {
    return std::find(kOuter.begin(), kOuter.end(), e.op_type) == kOuter.end();
  };
  const bool inner_a = inner(a), inner_b = inner(b);
  return std::tie(a.tid, a.ts, b.dur, inner_a) < std::tie(b.tid, b.ts, a.dur, inner_b);
}

// Parents, and times without the nodes inside. Start and duration are cut to whole microseconds each, so a node that
// follows never starts before the end of the one before, while one inside may end after it.
void NestNodes(const std::vector<OrtEvent>& events, OrtNesting& nesting) {
  std::vector<size_t> order;
  for (size_t i = 0; i < events.size(); ++i) {
    if (events[i].kind == Kind::kNode) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return IsBefore(events[a], events[b]); });
  std::vector<size_t> open;
  for (size_t i : order) {
    while (!open.empty() && (events[open.back()].tid != events[i].tid || End(events[open.back()]) <= events[i].ts)) {
      open.pop_back();
    }
    if (!open.empty()) {
      nesting.parent[i] = open.back();
      int64_t& self = nesting.self[open.back()];
      self = std::max<int64_t>(0, self - events[i].dur);
    }
    open.push_back(i);
  }
}

// A node's own time on a device is its launch. Where the device was traced, its kernels follow their node: the last
// one of that name, or simply the last one where the version does not say the name.
void AddDeviceKernels(const std::vector<OrtEvent>& events, OrtNesting& nesting) {
  std::map<std::string, size_t> last_of_name;
  size_t last = kNoEvent;
  for (size_t i = 0; i < events.size(); ++i) {
    if (events[i].kind == Kind::kNode) {
      last = i;
      last_of_name[events[i].name] = i;
    }
    if (events[i].kind != Kind::kDeviceKernel) continue;
    size_t node = last;
    if (!events[i].parent.empty()) {
      const auto it = last_of_name.find(events[i].parent);
      node = it == last_of_name.end() ? kNoEvent : it->second;
    }
    if (node == kNoEvent) {
      ++nesting.orphans;
      continue;
    }
    if (nesting.timed_on_device[node] == 0) nesting.self[node] = 0;
    nesting.timed_on_device[node] = 1;
    nesting.self[node] += events[i].dur;
    ++nesting.device_kernels;
  }
}

}  // namespace

OrtRuns AssignRuns(const std::vector<OrtEvent>& events) {
  OrtRuns result;
  for (const OrtEvent& event : events) {
    if (event.kind == Kind::kRun) result.runs.push_back(event);
  }
  std::vector<OrtEvent>& runs = result.runs;
  std::stable_sort(runs.begin(), runs.end(), [](const OrtEvent& a, const OrtEvent& b) { return a.ts < b.ts; });
  std::vector<int64_t> latest_end;  // of this run and those before
  for (const OrtEvent& run : runs) {
    latest_end.push_back(std::max(End(run), latest_end.empty() ? 0 : latest_end.back()));
  }
  for (const OrtEvent& event : events) {
    size_t found = runs.size();
    const auto after = std::upper_bound(runs.begin(), runs.end(), event.ts,
                                        [](int64_t ts, const OrtEvent& run) { return ts < run.ts; });
    for (size_t i = static_cast<size_t>(after - runs.begin()); i-- > 0 && latest_end[i] > event.ts;) {
      if (End(runs[i]) <= event.ts) continue;
      if (found == runs.size() || runs[i].tid == event.tid) found = i;
      if (runs[i].tid == event.tid) break;
    }
    result.of_event.push_back(found);
  }
  return result;
}

OrtNesting NestEvents(const std::vector<OrtEvent>& events) {
  OrtNesting nesting{.parent = std::vector<size_t>(events.size(), kNoEvent),
                     .self = std::vector<int64_t>(events.size(), 0),
                     .timed_on_device = std::vector<uint8_t>(events.size(), 0)};
  for (size_t i = 0; i < events.size(); ++i) nesting.self[i] = events[i].dur;
  NestNodes(events, nesting);
  AddDeviceKernels(events, nesting);
  return nesting;
}

}  // namespace opcost
