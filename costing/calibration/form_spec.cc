#include "costing/calibration/form_spec.h"

#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "costing/calibration/count_kernel.h"
#include "costing/calibration/kernel_graph.h"
#include "ops/count.h"

namespace opcost {
namespace {

using M = KernelMetric;
using S = TermScope;

// Eager subgraphs: a launch per node, 2 × MACs, weights, activations.
constexpr std::array kEagerProduct = {Term{M::kInnerCalls, S::kAll}, Term{M::kTiledMacs, S::kAll}};
constexpr std::array kEagerFlow = {Term{M::kInnerCalls, S::kAll}, Term{M::kActivationBytes, S::kAll}};
constexpr std::array kEagerLaunch = {Term{M::kInnerCalls, S::kAll}};
constexpr std::array kEagerOptional = {Term{M::kActivationBytes, S::kAll}, Term{M::kWeightBytes, S::kAll},
                                       Term{M::kActivationBytes, S::kBeyondL2}, Term{M::kWeightBytes, S::kBeyondL2}};
constexpr std::array kEagerBytes = {Term{M::kActivationBytes, S::kBeyondL2}, Term{M::kActivationBytes, S::kBeyondLlc}};

struct SubgraphRow {
  absl::string_view name;
  absl::string_view parent;
  Pattern pattern;
  absl::Span<const Term> always, optional;
};
const std::vector<SubgraphRow>& SubgraphTable() {
  static const std::vector<SubgraphRow> table = {
      {"conv_std", "", Pattern::kConv2dBnAct, kEagerProduct, kEagerOptional},
      {"conv_pw", "conv_std", Pattern::kPointwise, kEagerProduct, kEagerOptional},
      {"conv_dw", "conv_std", Pattern::kDepthwise, kEagerProduct, kEagerOptional},
      {"mbconv_pw+dw", "conv_std", Pattern::kMbconv, kEagerProduct, kEagerOptional},
      {"stem+dw", "mbconv_pw+dw", Pattern::kMbconv, kEagerProduct, kEagerOptional},
      {"conv_patchify", "conv_std", Pattern::kConv2d, kEagerProduct, kEagerOptional},
      {"se_block", "conv_std", Pattern::kSqueezeExcite, kEagerProduct, kEagerOptional},
      {"linear", "conv_std", Pattern::kLinear, kEagerProduct, kEagerOptional},
      {"attention_mha", "linear", Pattern::kAttention, kEagerProduct, kEagerOptional},
      {"attn_math_uncounted", "eltwise_add", Pattern::kSoftmax, kEagerFlow, kEagerBytes},
      {"norm", "eltwise_add", Pattern::kLayernorm, kEagerFlow, kEagerBytes},
      {"pool", "eltwise_add", Pattern::kPool, kEagerFlow, kEagerBytes},
      {"eltwise_add", "", Pattern::kElementwise, kEagerFlow, kEagerBytes},
      {"eltwise_mul", "eltwise_add", Pattern::kElementwise, kEagerFlow, kEagerBytes},
      {"act_or_other_0flop", "eltwise_add", Pattern::kActivation, kEagerFlow, kEagerBytes},
      {"layout", "eltwise_add", Pattern::kMove, kEagerFlow, kEagerBytes},
      {"noop", "", Pattern::kFree, kEagerLaunch, {}},
      {"shape_host", "noop", Pattern::kFree, kEagerLaunch, {}},
  };
  return table;
}

std::vector<Term> Copy(absl::Span<const Term> terms) { return {terms.begin(), terms.end()}; }

absl::StatusOr<Sample> CountShapes(const MeasuredKernel& kernel, const std::string& where, const KernelMachine& machine,
                                   double& footprint) {
  const Graph graph = KernelGraph(kernel);
  absl::StatusOr<NodeCount> count = CountNode(graph, graph.nodes[0]);
  if (!count.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(where, ": ", count.status().message()));
  }
  const KernelCount counted = CountKernel(graph, graph.nodes[0], *count, machine);
  footprint +=
      static_cast<double>(count->work.Get(Resource::kWeightBytesRead) + count->work.Get(Resource::kBytesWritten));
  return Sample{.form = static_cast<int32_t>(counted.kernel_class), .amounts = counted.amounts};
}

absl::StatusOr<Sample> TakeCounts(const MeasuredKernel& kernel, const std::string& where,
                                  const std::map<std::string, int32_t>& forms, double& footprint) {
  const auto form = forms.find(kernel.op_type);
  if (form == forms.end()) {
    return absl::InvalidArgumentError(absl::StrCat(where, ": class '", kernel.op_type, "' is not known"));
  }
  Sample sample{.form = form->second};
  KernelAmounts& amounts = sample.amounts;
  At(amounts, M::kDispatches) = 1;
  At(amounts, M::kInnerCalls) = static_cast<double>(std::max<size_t>(1, kernel.parts.size()));
  At(amounts, M::kTiledMacs) = kernel.counts->flops / 2;
  At(amounts, M::kWeightBytes) = kernel.counts->weight_bytes;
  At(amounts, M::kActivationBytes) = kernel.counts->activation_bytes;
  At(amounts, M::kBytes) = kernel.counts->weight_bytes + kernel.counts->activation_bytes;
  footprint += kernel.counts->weight_bytes + kernel.counts->activation_bytes / 2;
  return sample;
}

}  // namespace

std::vector<FormSpec> KernelForms() {
  std::vector<FormSpec> forms;
  for (size_t i = 0; i < static_cast<size_t>(KernelClass::kCount); ++i) {
    const KernelClassRow& row = Row(static_cast<KernelClass>(i));
    forms.push_back({.name = std::string(row.name),
                     .parent = row.parent ? static_cast<int32_t>(*row.parent) : -1,
                     .shrinkage = row.shrinkage,
                     .pattern = row.pattern,
                     .always = Copy(row.always),
                     .optional = Copy(row.optional)});
  }
  return forms;
}

std::vector<FormSpec> SubgraphForms() {
  std::vector<FormSpec> forms;
  std::map<absl::string_view, int32_t> index;
  for (const SubgraphRow& row : SubgraphTable()) index.emplace(row.name, static_cast<int32_t>(index.size()));
  index.clear();
  for (size_t i = 0; i < SubgraphTable().size(); ++i) index[SubgraphTable()[i].name] = static_cast<int32_t>(i);
  for (const SubgraphRow& row : SubgraphTable()) {
    forms.push_back({.name = std::string(row.name),
                     .parent = row.parent.empty() ? -1 : index[row.parent],
                     .shrinkage = row.parent.empty() ? Shrinkage::kNone : Shrinkage::kAll,
                     .pattern = row.pattern,
                     .always = Copy(row.always),
                     .optional = Copy(row.optional)});
  }
  return forms;
}

absl::StatusOr<SampleSet> MakeSamples(const std::vector<MeasuredRun>& runs, const KernelMachine& machine) {
  SampleSet set{.machine = machine};
  const bool counted = !runs.empty() && !runs[0].kernels.empty() && runs[0].kernels[0].counts.has_value();
  set.forms = counted ? SubgraphForms() : KernelForms();
  std::map<std::string, int32_t> names;
  for (size_t i = 0; i < set.forms.size(); ++i) names.emplace(set.forms[i].name, static_cast<int32_t>(i));
  for (const MeasuredRun& run : runs) {
    const int32_t network = static_cast<int32_t>(set.networks.size());
    set.networks.push_back(run.network);
    const size_t first = set.samples.size();
    double footprint = 0;
    for (size_t i = 0; i < run.kernels.size(); ++i) {
      const MeasuredKernel& kernel = run.kernels[i];
      const std::string where = absl::StrCat(run.path, ": kernel '", kernel.name, "' (", kernel.op_type, ")");
      if (kernel.counts.has_value() != counted) {
        return absl::InvalidArgumentError(absl::StrCat(where, ": ", counted ? "has" : "lacks",
                                                       " shapes unlike the runs before, expected runs of one kind"));
      }
      absl::StatusOr<Sample> sample =
          counted ? TakeCounts(kernel, where, names, footprint) : CountShapes(kernel, where, machine, footprint);
      if (!sample.ok()) return sample.status();
      sample->seconds = kernel.seconds;
      sample->network = network;
      sample->kernel = static_cast<int32_t>(i);
      set.samples.push_back(*std::move(sample));
    }
    for (size_t i = first; i < set.samples.size(); ++i) set.samples[i].footprint_bytes = footprint;
  }
  return set;
}

}  // namespace opcost
