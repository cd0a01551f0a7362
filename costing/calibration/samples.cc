#include "costing/calibration/samples.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/sha256.h"
#include "costing/calibration/kernel_graph.h"
#include "costing/precision.h"
#include "costing/signature.h"
#include "frontend/patterns/classify.h"
#include "ops/count.h"

namespace opcost {
namespace {

constexpr size_t kStructureDigits = 12;

std::string Where(const MeasuredRun& run, const MeasuredKernel& kernel) {
  return absl::StrCat(run.path, ": kernel '", kernel.name, "' (", kernel.op_type, ")");
}

// Sources that name their own classes, or no sizes, tell nothing by themselves: the model does.
constexpr absl::string_view kJoinFirst = "; join it with its model first: opcost import … --model FILE -o run.json";

absl::StatusOr<Sample> CountShapes(const MeasuredKernel& kernel, const std::string& where, const KernelMachine& machine,
                                   int64_t& footprint) {
  if (kernel.outputs.empty()) return absl::InvalidArgumentError(absl::StrCat(where, ": no sizes", kJoinFirst));
  const Graph graph = KernelGraph(kernel);
  absl::StatusOr<NodeCount> count = CountNode(graph, graph.nodes[0]);
  if (!count.ok()) return absl::InvalidArgumentError(absl::StrCat(where, ": ", count.status().message()));
  if (count->status == RuleStatus::kFallback && kernel.domain.empty() && kernel.attributes.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(where, ": no ONNX operator", kJoinFirst));
  }
  const KernelCount counted = CountKernel(graph, graph.nodes[0], *count, machine);
  footprint += FootprintBytes(count->work);
  Sample sample{.form = counted.kernel_class ? static_cast<int32_t>(*counted.kernel_class) : -1};
  sample.subject = {.pattern = PatternOf(graph, graph.nodes[0]),
                    .kernel_class = counted.kernel_class,
                    .precision = PrecisionOf(graph, {.nodes = {0}}, count->work),
                    .amounts = counted.amounts};
  return sample;
}

absl::StatusOr<Sample> TakeCounts(const MeasuredKernel& kernel, const std::string& where, Precision precision,
                                  int64_t& footprint) {
  absl::StatusOr<Pattern> pattern = ParsePattern(kernel.op_type);
  if (!pattern.ok()) return absl::InvalidArgumentError(absl::StrCat(where, ": ", pattern.status().message()));
  Sample sample{.form = FormOfPattern(*pattern)};
  if (sample.form < 0) return absl::InvalidArgumentError(absl::StrCat(where, ": ", Name(*pattern), " has no form"));
  sample.subject.pattern = *pattern;
  sample.subject.precision = precision;
  Amounts& amounts = sample.subject.amounts;
  At(amounts, Metric::kDispatches) = 1;
  At(amounts, Metric::kMatrixFlops) = At(amounts, Metric::kFlops) = ToCount(kernel.counts->flops);
  At(amounts, Metric::kWeightBytes) = ToCount(kernel.counts->weight_bytes);
  At(amounts, Metric::kActivationBytes) = ToCount(kernel.counts->activation_bytes);
  At(amounts, Metric::kBytes) = At(amounts, Metric::kWeightBytes) + At(amounts, Metric::kActivationBytes);
  footprint += At(amounts, Metric::kWeightBytes) + At(amounts, Metric::kActivationBytes) / 2;
  return sample;
}

absl::StatusOr<Precision> PrecisionOfRun(const MeasuredRun& run) {
  if (run.facts.precision.empty()) return Precision::kFp32;
  absl::StatusOr<Precision> precision = ParsePrecision(run.facts.precision);
  if (!precision.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(run.path, ": ", precision.status().message()));
  }
  return precision;
}

// A network that was measured at several batches is one: a fold holds all of it or nothing.
int32_t NetworkIndex(const std::string& name, SampleSet& set) {
  const auto it = std::find(set.networks.begin(), set.networks.end(), name);
  if (it != set.networks.end()) return static_cast<int32_t>(it - set.networks.begin());
  set.networks.push_back(name);
  return static_cast<int32_t>(set.networks.size()) - 1;
}

// The clock counts microseconds; where the profiler's cost was taken off when it was measured, short kernels are means.
// Then kernels were made to add up to the run, too, by as much from each: what the run is unsure of, they share.
double ClockErrorOf(const MeasuredRun& run) {
  constexpr double kCounted_s = 0.7e-6, kMean_s = 0.2e-6, kUnsureOfRun = 0.02;
  if (!run.profiler_removed_s || run.kernels.empty()) return kCounted_s;
  double sum_s = 0;
  for (const MeasuredKernel& kernel : run.kernels) sum_s += kernel.seconds;
  return std::hypot(kMean_s, kUnsureOfRun * sum_s / static_cast<double>(run.kernels.size()));
}

absl::Status AddRun(const MeasuredRun& run, int32_t index, bool counted, const KernelMachine& machine, SampleSet& set) {
  if (run.launches_only) {
    return absl::InvalidArgumentError(absl::StrCat(
        run.path,
        ": its times are launches on the host, not the device's work: expected a profile with device kernels"));
  }
  const int32_t network = NetworkIndex(run.network, set);
  absl::StatusOr<Precision> precision = PrecisionOfRun(run);
  if (!precision.ok()) return precision.status();
  const size_t first = set.samples.size();
  int64_t footprint = 0;
  for (size_t i = 0; i < run.kernels.size(); ++i) {
    const MeasuredKernel& kernel = run.kernels[i];
    const std::string where = Where(run, kernel);
    if (kernel.counts.has_value() != counted) {
      return absl::InvalidArgumentError(absl::StrCat(where, ": ", counted ? "has" : "lacks",
                                                     " shapes unlike the runs before, expected runs of one kind"));
    }
    absl::StatusOr<Sample> sample =
        counted ? TakeCounts(kernel, where, *precision, footprint) : CountShapes(kernel, where, machine, footprint);
    if (!sample.ok()) return sample.status();
    sample->seconds = kernel.seconds;
    sample->network = network;
    sample->run = index;
    sample->kernel = static_cast<int32_t>(i);
    set.samples.push_back(*std::move(sample));
  }
  const auto kernels = static_cast<int64_t>(run.kernels.size());
  const double clock_error_s = ClockErrorOf(run);
  for (size_t i = first; i < set.samples.size(); ++i) {
    set.samples[i].clock_error_s = clock_error_s;
    SetRunAmounts(footprint, kernels, set.samples[i].subject.amounts);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SampleSet> MakeSamples(const std::vector<MeasuredRun>& runs, const CalibratedMachine& machine) {
  SampleSet set{.machine = machine};
  const bool counted = !runs.empty() && !runs[0].kernels.empty() && runs[0].kernels[0].counts.has_value();
  set.forms = counted ? PatternForms() : KernelForms();
  for (size_t i = 0; i < runs.size(); ++i) {
    const absl::Status status = AddRun(runs[i], static_cast<int32_t>(i), counted, machine.kernels, set);
    if (!status.ok()) return status;
  }
  return set;
}

std::string StructureOf(const MeasuredRun& run) {
  std::vector<std::string> kernels;
  for (const MeasuredKernel& kernel : run.kernels) {
    if (kernel.counts) {
      kernels.push_back(absl::StrCat(kernel.op_type, " ", kernel.counts->flops, " ", kernel.counts->weight_bytes, " ",
                                     kernel.counts->activation_bytes));
    } else {
      kernels.push_back(Signature(KernelGraph(kernel), {0}));
    }
  }
  std::sort(kernels.begin(), kernels.end());
  return Sha256Hex(absl::StrJoin(kernels, "\n")).substr(0, kStructureDigits);
}

}  // namespace opcost
