#include "costing/calibration/form_spec.h"

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "costing/calibration/kernel_graph.h"
#include "ops/count.h"

namespace opcost {
namespace {

using M = Metric;
using S = TermScope;

// Subgraphs of an eager framework: a launch, 2 × MACs, weights, activations.
constexpr std::array kProduct = {Term{M::kDispatches, S::kAll}, Term{M::kMatrixFlops, S::kAll}};
constexpr std::array kFlow = {Term{M::kDispatches, S::kAll}, Term{M::kActivationBytes, S::kAll}};
constexpr std::array kLaunch = {Term{M::kDispatches, S::kAll}};
constexpr std::array kProductOptional = {Term{M::kActivationBytes, S::kAll}, Term{M::kWeightBytes, S::kAll},
                                         Term{M::kActivationBytes, S::kBeyondL2}, Term{M::kWeightBytes, S::kBeyondL2}};
constexpr std::array kFlowOptional = {Term{M::kActivationBytes, S::kBeyondL2},
                                      Term{M::kActivationBytes, S::kBeyondLlc}};

// What has a form of its own; the others take their parent's.
struct PatternForm {
  Pattern pattern;
  Pattern leans_on;  // itself: on nothing
  absl::Span<const Term> always, optional;
};
constexpr std::array kPatternForms = {
    PatternForm{Pattern::kConv2d, Pattern::kConv2d, kProduct, kProductOptional},
    PatternForm{Pattern::kPointwise, Pattern::kConv2d, kProduct, kProductOptional},
    PatternForm{Pattern::kDepthwise, Pattern::kConv2d, kProduct, kProductOptional},
    PatternForm{Pattern::kMbconv, Pattern::kConv2d, kProduct, kProductOptional},
    PatternForm{Pattern::kSqueezeExcite, Pattern::kConv2d, kProduct, kProductOptional},
    PatternForm{Pattern::kMatmul, Pattern::kConv2d, kProduct, kProductOptional},
    PatternForm{Pattern::kAttention, Pattern::kMatmul, kProduct, kProductOptional},
    PatternForm{Pattern::kElementwise, Pattern::kElementwise, kFlow, kFlowOptional},
    PatternForm{Pattern::kSoftmax, Pattern::kElementwise, kFlow, kFlowOptional},
    PatternForm{Pattern::kLayernorm, Pattern::kElementwise, kFlow, kFlowOptional},
    PatternForm{Pattern::kPool, Pattern::kElementwise, kFlow, kFlowOptional},
    PatternForm{Pattern::kActivation, Pattern::kElementwise, kFlow, kFlowOptional},
    PatternForm{Pattern::kMove, Pattern::kElementwise, kFlow, kFlowOptional},
    PatternForm{Pattern::kFree, Pattern::kFree, kLaunch, {}},
};

// By pattern: the index of the form that prices it; -1 for none.
int32_t FormOfPattern(Pattern pattern) {
  for (std::optional<Pattern> at = pattern; at; at = Parent(*at)) {
    for (size_t i = 0; i < kPatternForms.size(); ++i) {
      if (kPatternForms[i].pattern == *at) return static_cast<int32_t>(i);
    }
  }
  return -1;
}

std::vector<Term> Copy(absl::Span<const Term> terms) { return {terms.begin(), terms.end()}; }

absl::StatusOr<Sample> CountShapes(const MeasuredKernel& kernel, const std::string& where, const KernelMachine& machine,
                                   int64_t& footprint) {
  const Graph graph = KernelGraph(kernel);
  absl::StatusOr<NodeCount> count = CountNode(graph, graph.nodes[0]);
  if (!count.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(where, ": ", count.status().message()));
  }
  const KernelCount counted = CountKernel(graph, graph.nodes[0], *count, machine);
  footprint += FootprintBytes(count->work);
  return Sample{.form = static_cast<int32_t>(counted.kernel_class), .amounts = counted.amounts};
}

absl::StatusOr<Sample> TakeCounts(const MeasuredKernel& kernel, const std::string& where, int64_t& footprint) {
  absl::StatusOr<Pattern> pattern = ParsePattern(kernel.op_type);
  if (!pattern.ok()) return absl::InvalidArgumentError(absl::StrCat(where, ": ", pattern.status().message()));
  Sample sample{.form = FormOfPattern(*pattern)};
  if (sample.form < 0) return absl::InvalidArgumentError(absl::StrCat(where, ": ", Name(*pattern), " has no form"));
  Amounts& amounts = sample.amounts;
  At(amounts, M::kDispatches) = 1;
  At(amounts, M::kMatrixFlops) = ToCount(kernel.counts->flops);
  At(amounts, M::kWeightBytes) = ToCount(kernel.counts->weight_bytes);
  At(amounts, M::kActivationBytes) = ToCount(kernel.counts->activation_bytes);
  At(amounts, M::kBytes) = At(amounts, M::kWeightBytes) + At(amounts, M::kActivationBytes);
  footprint += At(amounts, M::kWeightBytes) + At(amounts, M::kActivationBytes) / 2;
  return sample;
}

}  // namespace

std::vector<FormSpec> KernelForms() {
  std::vector<FormSpec> forms;
  for (size_t i = 0; i < static_cast<size_t>(KernelClass::kCount); ++i) {
    const KernelClass kernel_class = static_cast<KernelClass>(i);
    const KernelForm& form = FormOf(kernel_class);
    const std::optional<KernelClass> parent = Parent(kernel_class);
    forms.push_back({.name = std::string(Name(kernel_class)),
                     .section = absl::StrCat("kernel.", Name(kernel_class)),
                     .parent = parent ? static_cast<int32_t>(*parent) : -1,
                     .shrinkage = form.shrinkage,
                     .pattern = PatternOf(kernel_class),
                     .always = Copy(form.always),
                     .optional = Copy(form.optional)});
  }
  return forms;
}

std::vector<FormSpec> PatternForms() {
  std::vector<FormSpec> forms;
  for (const PatternForm& form : kPatternForms) {
    const bool leans = form.leans_on != form.pattern;
    forms.push_back({.name = std::string(Name(form.pattern)),
                     .section = absl::StrCat("pattern.", Name(form.pattern)),
                     .parent = leans ? FormOfPattern(form.leans_on) : -1,
                     .shrinkage = leans ? Shrinkage::kAll : Shrinkage::kNone,
                     .pattern = form.pattern,
                     .always = Copy(form.always),
                     .optional = Copy(form.optional)});
  }
  return forms;
}

absl::StatusOr<SampleSet> MakeSamples(const std::vector<MeasuredRun>& runs, const CalibratedMachine& machine) {
  SampleSet set{.machine = machine};
  const bool counted = !runs.empty() && !runs[0].kernels.empty() && runs[0].kernels[0].counts.has_value();
  set.forms = counted ? PatternForms() : KernelForms();
  for (const MeasuredRun& run : runs) {
    const int32_t network = static_cast<int32_t>(set.networks.size());
    set.networks.push_back(run.network);
    const size_t first = set.samples.size();
    int64_t footprint = 0;
    for (size_t i = 0; i < run.kernels.size(); ++i) {
      const MeasuredKernel& kernel = run.kernels[i];
      const std::string where = absl::StrCat(run.path, ": kernel '", kernel.name, "' (", kernel.op_type, ")");
      if (kernel.counts.has_value() != counted) {
        return absl::InvalidArgumentError(absl::StrCat(where, ": ", counted ? "has" : "lacks",
                                                       " shapes unlike the runs before, expected runs of one kind"));
      }
      absl::StatusOr<Sample> sample =
          counted ? TakeCounts(kernel, where, footprint) : CountShapes(kernel, where, machine.kernels, footprint);
      if (!sample.ok()) return sample.status();
      sample->seconds = kernel.seconds;
      sample->network = network;
      sample->kernel = static_cast<int32_t>(i);
      set.samples.push_back(*std::move(sample));
    }
    for (size_t i = first; i < set.samples.size(); ++i) {
      At(set.samples[i].amounts, Metric::kFootprintBytes) = footprint;
    }
  }
  return set;
}

}  // namespace opcost
