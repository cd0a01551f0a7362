// Nearly all large errors of a calibration rest on kernels that no generated network contains. So: every kernel that
// the runtime's rules make of the models in the repository, and every one that was measured of them, occurs among the
// generated networks, over the sizes that models have.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "accuracy_figures.h"
#include "costing/analyze.h"
#include "costing/calibration/generate/generate.h"
#include "costing/calibration/kernel_forms.h"
#include "costing/calibration/samples.h"
#include "costing/precision.h"
#include "frontend/load.h"

namespace opcost {
namespace {

constexpr int64_t kRounds = 3;  // about as many networks as five minutes measure

struct Kernel {
  std::string op_type;
  std::optional<KernelClass> kernel_class;
  Precision precision;
  Amounts amounts;
  double weight = 0;  // seconds where they were measured, else 1
  std::string model;
};

// Movers have one form for all precisions.
using FormKey = std::pair<KernelClass, Precision>;
FormKey KeyOf(const Kernel& kernel) {
  return {*kernel.kernel_class, FormOf(*kernel.kernel_class).by_precision ? kernel.precision : Precision::kFp32};
}
std::string Label(const FormKey& key) {
  return FormOf(key.first).by_precision ? absl::StrCat(Name(key.first), ".", Name(key.second))
                                        : std::string(Name(key.first));
}

void AddPredicted(const CountedModel& model, const std::string& name, std::vector<Kernel>& kernels) {
  const Graph& graph = model.executed->executed.graph;
  for (size_t k = 0; k < graph.nodes.size(); ++k) {
    const Precision precision = PrecisionOf(graph, {.nodes = {static_cast<NodeId>(k)}}, model.executed->counts[k].work);
    const KernelCount& count = model.executed->kernels[k];
    kernels.push_back({graph.nodes[k].op_type, count.kernel_class, precision, count.amounts, 1, name});
  }
}

const RuntimeFacts& Runtime() {
  static const RuntimeFacts facts = {.rule_set = "onnxruntime-cpu", .version = "1.26", .level = "all"};
  return facts;
}

const std::vector<Kernel>& Generated() {
  static const auto* const kernels = [] {
    auto* list = new std::vector<Kernel>;
    for (const NetworkChoice& choice : NetworkOrder(kRounds * NetworksInRound())) {
      const absl::StatusOr<GeneratedNetwork> network = GenerateNetwork(choice.family, choice.index, 1);
      if (!network.ok()) {
        ADD_FAILURE() << network.status();
        continue;
      }
      const absl::StatusOr<Model> model = Model::FromBytes(network->model, network->name);
      AddPredicted(*CountModel(*model->Instantiate({}), {.runtime = Runtime()}), network->name, *list);
    }
    return list;
  }();
  return *kernels;
}

// Predicted of every file that loads and has an executed form.
const std::vector<Kernel>& Predicted() {
  static const auto* const kernels = [] {
    auto* list = new std::vector<Kernel>;
    const std::map<std::string, LoadOptions> bindings = CorpusBindings();
    for (const char* folder : {"tests/models", "tests/models/modern"}) {
      for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".onnx") continue;
        const std::string name = entry.path().stem().string();
        const auto options = bindings.find(name);
        const absl::StatusOr<Model> model = Model::Read(entry.path().string());
        if (!model.ok()) continue;
        absl::StatusOr<Graph> graph = model->Instantiate(options == bindings.end() ? LoadOptions() : options->second);
        if (!graph.ok()) continue;
        const std::optional<Graph> other = BindOtherwise(
            *graph, [&](const std::map<std::string, int64_t>& dims) { return model->Instantiate({.dims = dims}); });
        const absl::StatusOr<CountedModel> counted =
            CountModel(*std::move(graph), {.runtime = Runtime(), .other_binding = other ? &*other : nullptr});
        if (counted.ok()) AddPredicted(*counted, name, *list);
      }
    }
    return list;
  }();
  return *kernels;
}

// What ran when the models were measured.
const std::vector<Kernel>& Measured() {
  static const auto* const kernels = [] {
    auto* list = new std::vector<Kernel>;
    const std::vector<MeasuredRun> runs = RunsOf("tests/measurements/epyc_zen4/models");
    const absl::StatusOr<SampleSet> set = MakeSamples(runs, CalibratedMachine());
    if (!set.ok()) {
      ADD_FAILURE() << set.status();
      return list;
    }
    size_t i = 0;
    for (const MeasuredRun& run : runs) {
      for (const MeasuredKernel& kernel : run.kernels) {
        const Sample& sample = set->samples[i++];
        list->push_back({kernel.op_type, sample.subject.kernel_class, sample.subject.precision, sample.amounts(),
                         sample.seconds, run.network});
      }
    }
    return list;
  }();
  return *kernels;
}

struct Exception {
  const char* name;
  const char* reason;
};

// Checked both ways: a name that the generator has must leave the list.
template <typename Names>
void ExpectCovered(const Names& wanted, const std::set<std::string>& generated,
                   absl::Span<const Exception> exceptions) {
  for (const auto& [name, model] : wanted) {
    const bool listed =
        std::any_of(exceptions.begin(), exceptions.end(), [&](const Exception& e) { return name == e.name; });
    EXPECT_TRUE(generated.contains(name) || listed) << name << " occurs in " << model << ", in no generated network";
  }
  for (const Exception& e : exceptions) {
    EXPECT_FALSE(generated.contains(e.name)) << e.name << " is listed as missing and is generated";
    EXPECT_TRUE(wanted.contains(e.name)) << e.name << " is listed as missing and nobody asks for it";
  }
}

constexpr std::array<Exception, 2> kMissingForms = {{
    {"matvec_batched.bf16", "the CPU has no kernels for bfloat16"},
    {"matvec_stored.bf16", "likewise"},
}};
constexpr std::array<Exception, 19> kMissingOperators = {{
    {"Loop", "its body's kernels are priced one by one"},
    {"Scan", "likewise"},
    {"If", "likewise"},
    {"Identity", "left only inside such bodies"},
    {"Constant", "left only inside such bodies"},
    {"Range", "the size of the result follows from data"},
    {"ConstantOfShape", "likewise"},
    {"Shape", "folded where shapes are static; a view"},
    {"Sum", "an Add of two operands, in the definition of a Gelu that has no kernel for half precision"},
    {"ArrayFeatureExtractor", "classical machine learning: microseconds, and nothing to calibrate"},
    {"Imputer", "likewise"},
    {"LinearClassifier", "likewise"},
    {"OneHotEncoder", "likewise"},
    {"Scaler", "likewise"},
    {"TreeEnsembleClassifier", "likewise"},
    {"TreeEnsembleRegressor", "likewise"},
    {"ZipMap", "likewise"},
    {"Erfc", "no operator: a file that is invalid on purpose"},
    {"StatefulPartitionedCall", "likewise"},
}};
constexpr std::array<Exception, 2> kMissingClasses = {{
    {"transpose", "a parent: every transpose has a class of its own"},
    {"stream", "a parent"},
}};

TEST(GenerateCoverage, EveryFormOfRealModelsIsGenerated) {
  std::map<std::string, std::string> wanted;
  std::set<std::string> generated;
  for (const auto* list : {&Predicted(), &Measured()}) {
    for (const Kernel& kernel : *list) {
      if (kernel.kernel_class) wanted.emplace(Label(KeyOf(kernel)), kernel.model);
    }
  }
  for (const Kernel& kernel : Generated()) {
    if (kernel.kernel_class) generated.insert(Label(KeyOf(kernel)));
  }
  ExpectCovered(wanted, generated, kMissingForms);
}

TEST(GenerateCoverage, EveryOperatorOfRealModelsIsGenerated) {
  std::map<std::string, std::string> wanted;
  std::set<std::string> generated;
  for (const auto* list : {&Predicted(), &Measured()}) {
    for (const Kernel& kernel : *list) wanted.emplace(kernel.op_type, kernel.model);
  }
  for (const Kernel& kernel : Generated()) generated.insert(kernel.op_type);
  ExpectCovered(wanted, generated, kMissingOperators);
}

// Also those that no model in the repository has.
TEST(GenerateCoverage, EveryClassIsGenerated) {
  std::map<std::string, std::string> wanted;
  std::set<std::string> generated;
  for (size_t c = 0; c < static_cast<size_t>(KernelClass::kCount); ++c) {
    wanted.emplace(Name(static_cast<KernelClass>(c)), "the enum");
  }
  for (const Kernel& kernel : Generated()) {
    if (kernel.kernel_class) generated.insert(std::string(Name(*kernel.kernel_class)));
  }
  ExpectCovered(wanted, generated, kMissingClasses);
}

// Below about eight points of one kind a form is only a guess, and one network says nothing about the next.
TEST(GenerateCoverage, EveryFormOfRealModelsHasEnoughToFitIt) {
  struct Enough {
    std::set<Amounts> kernels;
    std::set<std::string> networks;
  };
  std::map<FormKey, Enough> generated;
  for (const Kernel& kernel : Generated()) {
    if (!kernel.kernel_class) continue;
    Enough& enough = generated[KeyOf(kernel)];
    Amounts alone = kernel.amounts;
    At(alone, Metric::kFootprintBytes) = At(alone, Metric::kKernelBytes) = 0;
    enough.kernels.insert(alone);
    enough.networks.insert(kernel.model);
  }
  std::set<FormKey> wanted;
  for (const auto* list : {&Predicted(), &Measured()}) {
    for (const Kernel& kernel : *list) {
      const bool half = kernel.precision == Precision::kFp16 || kernel.precision == Precision::kBf16;
      if (kernel.kernel_class && *kernel.kernel_class != KernelClass::kView && !half) wanted.insert(KeyOf(kernel));
    }
  }
  for (const FormKey& key : wanted) {
    const auto it = generated.find(key);
    if (it == generated.end()) continue;  // EveryFormOfRealModelsIsGenerated
    EXPECT_GE(it->second.kernels.size(), 10u) << Label(key);
    EXPECT_GE(it->second.networks.size(), 3u) << Label(key);
  }
}

// What a form's time mostly grows with.
int64_t SizeOf(const Kernel& kernel) {
  const auto always = FormOf(*kernel.kernel_class).always;
  return always.size() > 1 ? At(kernel.amounts, always[1].metric) : 1;
}

struct Range {
  int64_t low = INT64_MAX, high = 0, kernels = 0;
};
std::map<FormKey, Range> Ranges() {
  std::map<FormKey, Range> ranges;
  for (const Kernel& kernel : Generated()) {
    if (!kernel.kernel_class) continue;
    Range& range = ranges[KeyOf(kernel)];
    range.low = std::min(range.low, SizeOf(kernel));
    range.high = std::max(range.high, SizeOf(kernel));
    ++range.kernels;
  }
  return ranges;
}

// Forms are sums of straight lines: that much beyond the last point is no other regime.
constexpr int64_t kNear = 2;

struct Inside {
  double all = 0, inside = 0;
  int64_t low = INT64_MAX, high = 0;
};
double ShareInside(const std::vector<Kernel>& kernels, const char* what) {
  const std::map<FormKey, Range> ranges = Ranges();
  std::map<FormKey, Inside> by_form;
  Inside total;
  for (const Kernel& kernel : kernels) {
    if (!kernel.kernel_class || *kernel.kernel_class == KernelClass::kView || SizeOf(kernel) == 0) continue;
    // Runs in fp32 between casts that the rules do not know.
    if (kernel.precision == Precision::kFp16 || kernel.precision == Precision::kBf16) continue;
    const auto range = ranges.find(KeyOf(kernel));
    const int64_t size = SizeOf(kernel);
    const bool in = range != ranges.end() && range->second.low <= kNear * size && size <= kNear * range->second.high;
    Inside& form = by_form[KeyOf(kernel)];
    form.low = std::min(form.low, size), form.high = std::max(form.high, size);
    for (Inside* sum : {&form, &total}) sum->all += kernel.weight, sum->inside += in ? kernel.weight : 0;
  }
  std::printf("%s: %.1f %% inside\n%-32s %8s %7s %12s %12s %12s %12s %7s\n", what, 100 * total.inside / total.all,
              "form", "share", "inside", "real from", "to", "generated", "to", "kernels");
  for (const auto& [key, form] : by_form) {
    const auto it = ranges.find(key);
    const Range range = it == ranges.end() ? Range() : it->second;
    std::printf("%-32s %7.2f%% %6.1f%% %12.4g %12.4g %12.4g %12.4g %7lld\n", Label(key).c_str(),
                100 * form.all / total.all, 100 * form.inside / form.all, static_cast<double>(form.low),
                static_cast<double>(form.high), static_cast<double>(range.low), static_cast<double>(range.high),
                static_cast<long long>(range.kernels));
  }
  return total.inside / total.all;
}

TEST(GenerateCoverage, RealKernelsHaveSizesThatAreGenerated) {
  EXPECT_GE(ShareInside(Measured(), "time of measured kernels"), 0.95);
  EXPECT_GE(ShareInside(Predicted(), "predicted kernels"), 0.95);
}

}  // namespace
}  // namespace opcost
