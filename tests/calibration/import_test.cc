#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "absl/strings/match.h"
#include "costing/calibration/gzip.h"
#include "costing/calibration/importers.h"
#include "imported.h"

namespace opcost {
namespace {

using ::testing::HasSubstr;

TEST(KernelTable, ReadsARow) {
  const MeasuredRun run = One("tests/measurements/epyc_zen4/models/resnet50.json.gz");
  EXPECT_EQ(run.network, "resnet50");
  EXPECT_EQ(run.facts.runtime_version, "1.26.0");
  EXPECT_EQ(run.facts.threads, 1);
  ASSERT_EQ(run.kernels.size(), 58u);
  EXPECT_NEAR(*run.end_to_end_s, 74062.676e-6, 1e-12);  // the better of 74062.676 and 74193.901 µs
  const MeasuredKernel& conv = run.kernels[0];
  EXPECT_EQ(conv.op_type, "Conv");
  EXPECT_NEAR(conv.seconds, 2111e-6, 1e-12);  // passes [2112, 2148, 18] and [2111, 2150, 17]
  EXPECT_NEAR(conv.median_seconds, 2148e-6, 1e-12);
  EXPECT_EQ(conv.repeats, 18 + 17);
  EXPECT_FALSE(conv.inputs[0].is_constant);
  EXPECT_TRUE(conv.inputs[1].is_constant);
}

ImportFile Table(const std::string& row) {
  return {"t.json", R"({"model": "m", "e2e": [{"n": 1, "min_us": 9.5}], "rows": [)" + row + "]}"};
}

TEST(KernelTable, PutsPackedWeightsAndMissingBiasesInTheirSlots) {
  // A product whose weight the runtime has packed: only input and bias are shown.
  absl::StatusOr<std::vector<MeasuredRun>> runs = ImportKernelTable(Table(
      R"({"op": "Gemm", "ins": [{"float": [2, 3]}, {"float": [5]}], "inits": [null, [5, 3], [5]],
          "outs": [{"float": [2, 5]}], "p1": [7, 8, 3]})"));
  ASSERT_TRUE(runs.ok()) << runs.status();
  const std::vector<MeasuredTensor>& gemm = (*runs)[0].kernels[0].inputs;
  ASSERT_EQ(gemm.size(), 3u);
  EXPECT_EQ(gemm[0].dims, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(gemm[1].dims, (std::vector<int64_t>{5, 3}));
  EXPECT_TRUE(gemm[1].is_constant);
  EXPECT_EQ(gemm[2].dims, (std::vector<int64_t>{5}));
  // A convolution with a residual and no bias.
  runs = ImportKernelTable(Table(
      R"({"op": "Conv", "domain": "com.microsoft.nchwc",
          "ins": [{"float": [1, 16, 5, 5]}, {"float": [16, 16, 1, 1]}, {"float": [1, 16, 5, 5]}],
          "inits": ["input", [16, 16, 1, 1], null, null], "outs": [{"float": [1, 16, 5, 5]}], "p1": [7, 8, 3]})"));
  ASSERT_TRUE(runs.ok()) << runs.status();
  const std::vector<MeasuredTensor>& conv = (*runs)[0].kernels[0].inputs;
  ASSERT_EQ(conv.size(), 4u);
  EXPECT_TRUE(conv[0].is_input);
  EXPECT_FALSE(conv[2].is_present);
  EXPECT_FALSE(conv[3].is_input);
  EXPECT_EQ(conv[3].dims, (std::vector<int64_t>{1, 16, 5, 5}));
}

struct BadRow {
  const char* what;
  ImportFile file;
  const char* message;
};

TEST(KernelTable, NamesWhatIsWrong) {
  const std::string good = R"({"op": "Abs", "ins": [], "outs": [{"float": [2]}], "p1": )";
  const BadRow rows[] = {
      {"truncated", {"t.json", R"({"model": "m", "rows": [{"op": "A)"}, "t.json: not valid JSON"},
      {"no rows", {"t.json", R"({"model": "m", "rows": []})"}, "no kernels"},
      {"negative", Table(good + "[-1, 2, 3]}"), "rows[0]: p1 = [-1, 2, 3], expected 0 <= min <= median"},
      {"no runs", Table(good + "[1, 2, 0]}"), "at least one run"},
      {"median below minimum", Table(good + "[3, 2, 1]}"), "expected 0 <= min <= median"},
      {"all zero", Table(good + "[0, 0, 1]}"), "every time is 0"},
      {"no time", Table(R"({"op": "Abs", "outs": [{"float": [2]}]})"), "no time, expected p1 or p2"},
      {"no shape", Table(R"({"op": "Abs", "p1": [1, 1, 1]})"), "no output shapes"},
  };
  for (const BadRow& row : rows) {
    const absl::Status status = ImportKernelTable(row.file).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << row.what;
    EXPECT_THAT(std::string(status.message()), HasSubstr(row.message)) << row.what;
  }
}

TEST(SavedRun, HoldsWhatTheFileAndTheModelTold) {
  const MeasuredRun run = One("tests/measurements/saved/resnet18_openvino.json.gz");
  const MeasuredRun original = One("tests/measurements/openvino/resnet18_benchmark_detailed_counters_report.csv.gz");
  EXPECT_EQ(run.facts.runtime, "openvino");
  EXPECT_EQ(run.facts.machine, "2-core AMD EPYC VM");
  EXPECT_TRUE(Notes(run, "openvino-counters cannot tell"));
  // The Reorder at the input has no node, so nobody knows its sizes.
  EXPECT_TRUE(Notes(run, "1 kernels without sizes (0.4 % of the time) are left out"));
  ASSERT_EQ(run.kernels.size() + 1, original.kernels.size());
  const MeasuredKernel& conv = Find(run, "/conv1/Conv/WithoutBiases");
  EXPECT_NEAR(conv.seconds, Find(original, "/conv1/Conv/WithoutBiases").seconds, 1e-12);
  EXPECT_EQ(conv.op_type, "Conv");
  EXPECT_EQ(conv.inputs[1].dims, (std::vector<int64_t>{64, 3, 7, 7}));
  EXPECT_TRUE(conv.inputs[1].is_constant);
  EXPECT_EQ(conv.parts, (std::vector<std::string>{"/conv1/Conv", "/relu/Relu"}));
}

TEST(SubgraphTable, SplitsModelsAndBatches) {
  const absl::StatusOr<std::vector<MeasuredRun>> runs =
      Import("tests/measurements/pytorch_eager/intel_core_i7_12700k_fp32.tsv.gz");
  ASSERT_TRUE(runs.ok()) << runs.status();
  EXPECT_EQ(runs->size(), 20u);  // 10 models, batch 1 and 4
  std::map<int, size_t> rows;
  for (const MeasuredRun& run : *runs) rows[run.facts.batch] += run.kernels.size();
  EXPECT_EQ(rows[1], 744u);
  EXPECT_EQ(rows[4], 744u);
  const MeasuredRun& first = (*runs)[0];
  EXPECT_EQ(first.network, "efficientnet_b0");
  EXPECT_EQ(first.facts.machine, "intel_core_i7_12700k");
  EXPECT_EQ(first.kernels[0].parts.size(), 6u);
  EXPECT_EQ(first.kernels[0].counts->flops, 28901376);
  EXPECT_EQ(first.kernels[0].counts->activation_bytes, 2207744);
  EXPECT_NEAR(first.kernels[0].seconds, 0.535865e-3, 1e-12);
}

constexpr char kHeader[] =
    "hardware_id\tpower_mode\tprecision\tbatch\tmodel\tsubgraph_id\top_class\tnode_names\tflops\tweight_bytes\t"
    "activation_bytes\tlat_mean_ms\tlat_std_ms\tlat_min_ms\tsamples\n";

TEST(SubgraphTable, NamesLineAndColumn) {
  const BadRow rows[] = {
      {"short line", {"t.tsv", std::string(kHeader) + "a\tn/a\tfp32\t1\tm\n"}, "t.tsv:2: 5 fields, expected 15"},
      {"no number",
       {"t.tsv", std::string(kHeader) + "a\tn/a\tfp32\t1\tm\t0\tpool\tx\tmany\t0\t8\t2\t0\t1\t50\n"},
       "t.tsv:2: flops = 'many'"},
      {"zero time",
       {"t.tsv", std::string(kHeader) + "a\tn/a\tfp32\t1\tm\t0\tpool\tx\t0\t0\t8\t2\t0\t0\t50\n"},
       "expected 0 < min <= mean"},
      {"twice",
       {"t.tsv", std::string(kHeader) + "a\tn/a\tfp32\t1\tm\t0\tpool\tx\t0\t0\t8\t2\t0\t1\t50\n" +
                     "a\tn/a\tfp32\t1\tm\t0\tpool\tx\t0\t0\t8\t2\t0\t1\t50\n"},
       "subgraph 0 stands at line 2 already"},
      {"empty", {"t.tsv", kHeader}, "no rows below the header"},
  };
  for (const BadRow& row : rows) {
    const absl::Status status = ImportSubgraphTable(row.file).status();
    EXPECT_THAT(std::string(status.message()), HasSubstr(row.message)) << row.what;
  }
}

// Each importer takes its sample and refuses the others'.
TEST(Importers, RecogniseTheirOwn) {
  const std::map<std::string, std::string> samples = {
      {"kernel-table", "tests/measurements/epyc_zen4/models/resnet18.json.gz"},
      {"onnxruntime-profile", std::string(kProfiles) + "ort1.12.1_light_squeezenet__all.json.gz"},
      {"openvino-counters", "tests/measurements/openvino/resnet18_benchmark_detailed_counters_report.csv.gz"},
      {"plain-csv", "tests/measurements/plain/operators.csv"},
      {"saved-run", "tests/measurements/saved/resnet18_openvino.json.gz"},
      {"tensorrt-profile", "tests/measurements/tensorrt/pytorch_a100_fp32.profile.json.gz"},
      {"tflite-csv", "tests/measurements/tflite/tf_mobilenetv2.csv"},
      {"subgraph-table", "tests/measurements/pytorch_eager/intel_core_i7_12700k_fp32.tsv.gz"},
  };
  EXPECT_EQ(samples.size(), Importers().size());
  for (const auto& [name, path] : samples) {
    const absl::StatusOr<ImportFile> file = ReadImportFile(path);
    ASSERT_TRUE(file.ok()) << file.status();
    for (const Importer& importer : Importers()) {
      EXPECT_EQ(importer.recognises(*file), importer.name == name) << importer.name << " on " << path;
      EXPECT_EQ(importer.lost.empty(), importer.name == "saved-run") << importer.name;
    }
  }
  EXPECT_THAT(std::string(FindImporter({"x", "hello"}).status().message()), HasSubstr("expected one of"));
}

TEST(Importers, KnowWhatLiesBesideAFile) {
  const std::string folder = "tests/measurements/openvino/";
  const std::vector<std::string> files = {folder + "resnet18_benchmark_detailed_counters_report.csv.gz",
                                          folder + "resnet18_benchmark_report.csv.gz", folder + "resnet18_exec.xml.gz",
                                          folder + "mobilenet_v3_small_exec.xml.gz"};
  EXPECT_FALSE(IsBeside(files[0], files));
  EXPECT_TRUE(IsBeside(files[1], files));
  EXPECT_TRUE(IsBeside(files[2], files));
  EXPECT_FALSE(IsBeside(files[3], files));
}

TEST(Gzip, SaysWhatIsBroken) {
  EXPECT_EQ(ReadImportFile("tests/measurements/none.json.gz").status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(Gunzip("\x1f\x8b\x08 nothing", 100).status().message()), HasSubstr("truncated or damaged"));
}

MeasuredRun Measured(const std::string& network, const std::string& path, double seconds) {
  MeasuredRun run{.network = network, .path = path};
  run.kernels.push_back({.name = "k", .op_type = "Abs", .seconds = seconds, .median_seconds = seconds, .repeats = 1});
  return run;
}

TEST(MergeRuns, TakesTheBestOfTwoAndDropsDuplicates) {
  const absl::StatusOr<std::vector<MeasuredRun>> merged = MergeRuns(
      {Measured("a", "1", 3e-6), Measured("a", "2", 2e-6), Measured("a", "3", 2e-6), Measured("b", "4", 7e-6)});
  ASSERT_TRUE(merged.ok()) << merged.status();
  ASSERT_EQ(merged->size(), 2u);
  EXPECT_EQ((*merged)[0].kernels[0].seconds, 2e-6);
  EXPECT_DOUBLE_EQ((*merged)[0].kernels[0].spread, 0.5);
  EXPECT_EQ((*merged)[1].kernels[0].seconds, 7e-6);
  EXPECT_TRUE(Notes((*merged)[0], "the same measurement again, left out: 3"));
}

TEST(MergeRuns, RefusesOtherMachinesAndOtherModels) {
  MeasuredRun one = Measured("a", "1", 3e-6), two = Measured("b", "2", 3e-6);
  one.facts.machine = "x";
  two.facts.machine = "y";
  EXPECT_THAT(std::string(MergeRuns({one, two}).status().message()), HasSubstr("machine 'x' and 'y'"));
  MeasuredRun other = Measured("a", "2", 3e-6);
  other.kernels[0].name = "another";
  EXPECT_THAT(std::string(MergeRuns({Measured("a", "1", 3e-6), other}).status().message()),
              HasSubstr("two runs of one model"));
}

TEST(MergeRuns, KeepsPrecisionsApart) {
  MeasuredRun one = Measured("a", "1", 3e-6), two = Measured("a", "2", 2e-6);
  one.facts.precision = "fp32";
  two.facts.precision = "int8";
  const absl::StatusOr<std::vector<MeasuredRun>> merged = MergeRuns({one, two});
  ASSERT_TRUE(merged.ok()) << merged.status();
  EXPECT_EQ(merged->size(), 2u);
}

TEST(ApplyFacts, FillsInButDoesNotContradict) {
  std::vector<MeasuredRun> runs = {Measured("a", "f", 1e-6)};
  ASSERT_TRUE(ApplyFacts({.machine = "box", .threads = 3}, runs).ok());
  EXPECT_EQ(runs[0].facts.machine, "box");
  EXPECT_EQ(runs[0].facts.threads, 3);
  EXPECT_THAT(std::string(ApplyFacts({.threads = 5}, runs).message()),
              HasSubstr("the file says 3 threads, --threads says 5"));
}

}  // namespace
}  // namespace opcost
