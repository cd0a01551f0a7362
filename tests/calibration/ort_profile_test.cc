// ONNX Runtime profiles: every version, and every way in which a file is not what it seems.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "costing/calibration/importers.h"
#include "imported.h"

namespace opcost {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Number of kernels, shortest model_run, and sum over nodes of the smallest duration over all runs, in µs: read off
// each file by another program and published beside it.
struct ProfileRow {
  const char* file;
  size_t kernels;
  int best_run_us, sum_of_minima_us;
  int threads;
};
constexpr ProfileRow kProfileRows[] = {
    {"ort1.12.1_light_squeezenet__all", 40, 16864, 12698, 1},
    {"ort1.26.0_light_squeezenet__all", 40, 10623, 9970, 1},
    {"ort1.29.0_light_squeezenet__all", 40, 8747, 8118, 1},
    {"ort130_light_squeezenet__all", 40, 6792, 6484, 1},
    {"ort130_light_squeezenet__extended", 39, 9434, 8898, 1},
    {"ort130_light_resnet50__all", 59, 70631, 69368, 1},
    {"ort130_squeezenet_2threads", 40, 11304, 6853, 2},
    {"ort130_bertish__all", 62, 6859, 6188, 1},
    {"ort130_qdq__all", 11, 287, 223, 1},
};

TEST(OrtProfile, KernelsAndTimesOfEveryVersion) {
  for (const ProfileRow& row : kProfileRows) {
    const MeasuredRun run = One(std::string(kProfiles) + row.file + ".json.gz");
    EXPECT_EQ(run.network, row.file);
    EXPECT_EQ(run.kernels.size(), row.kernels) << row.file;
    double sum = 0;
    for (const MeasuredKernel& kernel : run.kernels) sum += kernel.seconds;
    EXPECT_NEAR(sum, row.sum_of_minima_us * 1e-6, 1e-9) << row.file;
    EXPECT_NEAR(run.profiled_s.value_or(0), row.best_run_us * 1e-6, 1e-9) << row.file;
    EXPECT_EQ(run.facts.threads, row.threads) << row.file;
  }
}

// Runs of one kernel: a warm-up each of 90 µs, then what is given; `kernel_us` cut to whole microseconds.
std::string CutProfile(const std::vector<double>& kernel_us, const std::vector<int>& run_us) {
  std::vector<std::string> events;
  const auto event = [&](absl::string_view kind, absl::string_view name, size_t begin, int us) {
    events.push_back(absl::StrCat(R"({"cat" : ")", kind, R"(","pid" :1,"tid" :1,"dur" :)", us, R"(,"ts" :)", begin,
                                  R"(,"ph" : "X","name" :")", name, R"(","args" : {"op_name" : "Abs"}})"));
  };
  for (size_t r = 0; r < run_us.size(); ++r) {
    event("Node", "a_kernel_time", 1000 * r + 5, static_cast<int>(kernel_us[r]));
    event("Session", "model_run", 1000 * r, run_us[r]);
  }
  return absl::StrCat("[", absl::StrJoin(events, ","), "]");
}

TEST(OrtProfile, MeansOfFastRunsTellPartsOfAMicrosecond) {
  // Three runs that warm up, four fast ones, one slow one.
  const absl::StatusOr<std::vector<MeasuredRun>> runs =
      ImportOrtProfile({"cut.json", CutProfile({9, 9, 9, 1.1, 1.9, 2.2, 1.8, 50}, {90, 90, 90, 20, 21, 20, 22, 70})});
  ASSERT_TRUE(runs.ok()) << runs.status();
  const MeasuredKernel& kernel = (*runs)[0].kernels.at(0);
  EXPECT_NEAR(kernel.seconds, 1e-6, 1e-12);
  ASSERT_TRUE(kernel.mean_s);
  EXPECT_NEAR(*kernel.mean_s, ((1 + 1 + 2 + 1) / 4.0 + 0.5) * 1e-6, 1e-12);
}

TEST(OrtProfile, ALoopIsLeftWithItsOwnTime) {
  const MeasuredRun run = One(std::string(kProfiles) + "ort130_loop.json.gz");
  std::map<std::string, double> us = Micros(run);
  EXPECT_NEAR(us["the_loop"], 179 - 90, 1e-6);
  EXPECT_NEAR(us["body_id"], 10 + 6 + 5, 1e-6);
  EXPECT_NEAR(us["body_neg"], 10 + 8 + 6, 1e-6);
  EXPECT_NEAR(us["body_exp"], 33 + 6 + 6, 1e-6);
}

TEST(OrtProfile, ReadsNamesThatBreakTheDocument) {
  const MeasuredRun run = One(std::string(kProfiles) + "ort130_badname_INVALIDJSON.json.gz");
  ASSERT_EQ(run.kernels.size(), 3u);
  EXPECT_EQ(run.kernels[0].name, "we\"ird\\name");
  EXPECT_NEAR(run.kernels[0].seconds, 53e-6, 1e-12);
  EXPECT_NEAR(run.kernels[1].seconds, 6e-6, 1e-12);
  EXPECT_NEAR(run.kernels[2].seconds, 12e-6, 1e-12);
  EXPECT_TRUE(Notes(run, "not valid JSON"));
}

TEST(OrtProfile, KnowsWeightsByTheirBytes) {
  const MeasuredRun run = One(std::string(kProfiles) + "ort130_light_squeezenet__all.json.gz");
  const MeasuredKernel& conv = run.kernels[0];
  EXPECT_EQ(conv.domain, "com.microsoft.nchwc");
  ASSERT_EQ(conv.inputs.size(), 3u);
  EXPECT_FALSE(conv.inputs[0].is_constant);
  EXPECT_TRUE(conv.inputs[1].is_constant);
  EXPECT_TRUE(conv.inputs[2].is_constant);
  EXPECT_EQ(conv.inputs[1].dims, (std::vector<int64_t>{64, 3, 3, 3}));
}

std::string Unpacked(const std::string& file) {
  absl::StatusOr<ImportFile> read = ReadImportFile(std::string(kProfiles) + file);
  EXPECT_TRUE(read.ok()) << read.status();
  return read.ok() ? read->text : "";
}

TEST(OrtProfile, KeepsWholeRunsOfATruncatedFile) {
  const std::string text = Unpacked("ort130_light_squeezenet__all.json.gz");
  const absl::StatusOr<std::vector<MeasuredRun>> runs =
      ImportOrtProfile({"cut.json", text.substr(0, text.size() * 2 / 3)});
  ASSERT_TRUE(runs.ok()) << runs.status();
  EXPECT_EQ((*runs)[0].kernels.size(), 40u);
  EXPECT_TRUE(Notes((*runs)[0], "the end of the file is missing"));
}

TEST(OrtProfile, RefusesAFileWithoutAWholeRun) {
  const std::string text = Unpacked("ort130_light_squeezenet__all.json.gz");
  const absl::Status status = ImportOrtProfile({"cut.json", text.substr(0, 4000)}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("cut.json: no complete run"));
}

TEST(OrtProfile, RefusesTwoModelsInOneFile) {
  std::string one = Unpacked("ort130_light_squeezenet__all.json.gz");
  const std::string two = Unpacked("ort130_qdq__all.json.gz");
  one.erase(one.rfind(']'));
  const absl::Status status = ImportOrtProfile({"mixed.json", one + "," + two.substr(two.find('[') + 1)}).status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("different models are mixed"));
}

TEST(OrtProfile, RefusesNegativeTimes) {
  const absl::Status status = ImportOrtProfile({"p.json",
                                                R"([
{"cat" : "Node","pid" :1,"tid" :1,"dur" :-5,"ts" :10,"ph" : "X","name" :"a_kernel_time","args" : {"op_name" : "Abs"}},
{"cat" : "Session","pid" :1,"tid" :1,"dur" :50,"ts" :1,"ph" : "X","name" :"model_run","args" : {}}
])"})
                                  .status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("has ts 10 and dur -5"));
}

// Files of other versions in miniature: lines as the runtime writes them.
struct Line {
  const char* category;
  int64_t ts, dur;
  std::string name;
  std::string args;
  int tid = 1;
};
std::string Profile(const std::vector<Line>& lines) {
  std::vector<std::string> texts;
  for (const Line& line : lines) {
    texts.push_back(absl::StrCat("{\"cat\" : \"", line.category, "\",\"pid\" :1,\"tid\" :", line.tid,
                                 ",\"dur\" :", line.dur, ",\"ts\" :", line.ts, ",\"ph\" : \"X\",\"name\" :\"",
                                 line.name, "\",\"args\" : {", line.args, "}}"));
  }
  return absl::StrCat("[\n", absl::StrJoin(texts, ",\n"), "\n]\n");
}
MeasuredRun Read(const std::string& text, const std::string& path = "p.json") {
  absl::StatusOr<std::vector<MeasuredRun>> runs = ImportOrtProfile({path, text});
  EXPECT_TRUE(runs.ok()) << runs.status();
  return runs.ok() ? (*runs)[0] : MeasuredRun{};
}
std::string Refusal(const std::string& text) {
  return std::string(ImportOrtProfile({"p.json", text}).status().message());
}

constexpr char kAbs[] = R"("op_name" : "Abs","node_index" : "0")";

TEST(OrtProfile, NamesOfVersionsThatEscapeAndOfThoseThatDoNot) {
  const std::vector<std::string> names = {"we\"ird\\name", "C:\\new\\table", "two\nlines", "ü \",\"args\" x"};
  // Times of both runs of each file, read off by eye; the smaller one counts.
  const std::map<std::string, std::vector<double>> expected = {{"ort1.20.1_names", {3, 1, 1, 1}},
                                                               {"ort1.31.0_names", {9, 3, 2, 3}}};
  for (const auto& [file, us] : expected) {
    const MeasuredRun run = One(absl::StrCat(kProfiles, file, ".json.gz"));
    ASSERT_EQ(run.kernels.size(), names.size()) << file;
    for (size_t i = 0; i < names.size(); ++i) {
      EXPECT_EQ(run.kernels[i].name, names[i]) << file;
      EXPECT_NEAR(run.kernels[i].seconds, us[i] * 1e-6, 1e-12) << file << " " << names[i];
    }
  }
  EXPECT_TRUE(Notes(One(std::string(kProfiles) + "ort1.20.1_names.json.gz"), "not valid JSON"));
  EXPECT_FALSE(Notes(One(std::string(kProfiles) + "ort1.31.0_names.json.gz"), "not valid JSON"));
}

TEST(OrtProfile, ANameThatHappensToBeValidIsNotDecoded) {
  const MeasuredRun run =
      Read(Profile({{"Node", 10, 5, "C:\\new_kernel_time", kAbs}, {"Session", 1, 50, "model_run", ""}}));
  ASSERT_EQ(run.kernels.size(), 1u);
  EXPECT_EQ(run.kernels[0].name, "C:\\new");
}

TEST(OrtProfile, BodiesOfEqualNamesStayApart) {
  // Two Ifs whose bodies both hold an unnamed Exp of index 1, and a Loop with another: minima over three runs of what
  // each took without its body, worked out by hand from the file.
  const MeasuredRun run = One(std::string(kProfiles) + "ort1.32.0_branches.json.gz");
  std::map<std::string, double> us;
  for (const MeasuredKernel& kernel : run.kernels) us[kernel.inside + "/" + kernel.name] = kernel.seconds * 1e6;
  EXPECT_NEAR(us["/If_4"], 10, 1e-6);    // 33 − 7 − 5, 21 − 3 − 2, 17 − 5 − 2
  EXPECT_NEAR(us["/If_2"], 13, 1e-6);    // 22 − 6 − 2, 17 − 2 − 2, 21 − 2 − 2
  EXPECT_NEAR(us["/Loop_6"], 39, 1e-6);  // 70 − 21, 58 − 19, 58 − 18
  EXPECT_NEAR(us["If_4/Mul_0"], 3, 1e-6);
  EXPECT_NEAR(us["If_4/Exp_1"], 2, 1e-6);
  EXPECT_NEAR(us["If_2/Add_0"], 2, 1e-6);
  EXPECT_NEAR(us["Loop_6/Exp_1"], 6, 1e-6);       // 2 + 3 + 2, 2 + 4 + 2, 2 + 2 + 2
  EXPECT_NEAR(us["Loop_6/Add_2"], 7, 1e-6);       // 3 + 2 + 4, 3 + 2 + 2, 2 + 2 + 4
  EXPECT_NEAR(us["Loop_6/Identity_0"], 4, 1e-6);  // 2 + 2 + 1, 2 + 1 + 1, 2 + 1 + 1
  EXPECT_EQ(run.kernels.size(), 7u + 2 + 2 + 3);
}

TEST(OrtProfile, ABodyNodeMayEndAfterTheTruncatedEndOfItsLoop) {
  const MeasuredRun run = Read(Profile({{"Node", 14, 2, "body_kernel_time", kAbs},
                                        {"Node", 10, 5, "loop_kernel_time", R"("op_name" : "Loop","node_index" : "1")"},
                                        {"Node", 15, 4, "next_kernel_time", kAbs},
                                        {"Session", 1, 50, "model_run", ""}}));
  EXPECT_THAT(Micros(run), testing::Contains(testing::Pair("loop", testing::DoubleNear(3, 1e-6))));
  EXPECT_THAT(Micros(run), testing::Contains(testing::Pair("next", testing::DoubleNear(4, 1e-6))));
}

TEST(OrtProfile, ReadsTheOldestVersions) {
  // 0.4: fences, no index, unnamed nodes without anything. 1.7: two indices.
  constexpr char kConv[] = R"("op_name" : "Conv")";
  const MeasuredRun oldest = Read(Profile({{"Node", 10, 1, "_fence_before", kConv},
                                           {"Node", 11, 5, "_kernel_time", kConv},
                                           {"Node", 17, 1, "_fence_after", kConv},
                                           {"Node", 20, 7, "_kernel_time", kConv},
                                           {"Session", 1, 50, "model_run", ""},
                                           {"Node", 61, 6, "_kernel_time", kConv},
                                           {"Node", 70, 4, "_kernel_time", kConv},
                                           {"Session", 60, 50, "model_run", ""}}));
  ASSERT_EQ(oldest.kernels.size(), 2u);
  EXPECT_NEAR(oldest.kernels[0].seconds, 5e-6, 1e-12);
  EXPECT_NEAR(oldest.kernels[1].seconds, 4e-6, 1e-12);
  const MeasuredRun seventh = Read(
      Profile({{"Node", 11, 5, "a_kernel_time", R"("exec_plan_index" : "3","graph_index" : "4","op_name" : "Abs")"},
               {"Session", 1, 50, "model_run", ""}}));
  EXPECT_EQ(seventh.kernels[0].index, 3);
}

TEST(OrtProfile, OverlappingRunsAreToldApartByTheirThread) {
  const MeasuredRun run = Read(Profile({{"Session", 10, 90, "model_run", "", 1},
                                        {"Session", 20, 90, "model_run", "", 2},
                                        {"Node", 30, 10, "a_kernel_time", kAbs, 1},
                                        {"Node", 30, 12, "a_kernel_time", kAbs, 2}}));
  ASSERT_EQ(run.kernels.size(), 1u);
  EXPECT_EQ(run.kernels[0].repeats, 2);
  EXPECT_NEAR(run.kernels[0].seconds, 10e-6, 1e-12);
}

TEST(OrtProfile, RunsOfOtherSizesAreNoRepeats) {
  const auto node = [](int64_t ts, int64_t dur, int rows) {
    return Line{"Node", ts, dur, "a_kernel_time",
                absl::StrCat(kAbs, R"(,"output_type_shape" : [{"float":[)", rows, ",3]}]")};
  };
  const MeasuredRun run = Read(Profile({{"Session", 100, 90, "model_run", ""},
                                        node(110, 9, 1),
                                        {"Session", 200, 90, "model_run", ""},
                                        node(210, 40, 8),
                                        {"Session", 300, 90, "model_run", ""},
                                        node(310, 41, 8)}));
  EXPECT_NEAR(run.kernels[0].seconds, 40e-6, 1e-12);
  EXPECT_THAT(run.kernels[0].outputs[0].dims, ElementsAre(8, 3));
  EXPECT_TRUE(Notes(run, "1 of 3 runs have other input sizes"));
}

TEST(OrtProfile, DeviceKernelsReplaceLaunches) {
  constexpr char kCuda[] = R"("op_name" : "Add","node_index" : "0","provider" : "CUDAExecutionProvider")";
  // Newer versions name the node; in older ones the kernels follow it.
  for (const char* parent : {"", R"(,"parent_name" : "a"b_kernel_time")"}) {
    const std::string kernel = absl::StrCat(R"("stream" : "13")", parent);
    const MeasuredRun run = Read(Profile(
        {{"Node", 10, 5, "first_kernel_time", kCuda},
         {"Kernel", 10, 7, "copy",
          kernel == R"("stream" : "13")" ? kernel : R"("stream" : "13","parent_name" : "first_kernel_time")", -1},
         {"Node", 20, 5, "a\"b_kernel_time", kCuda},
         {"Kernel", 40, 30, "add", kernel, -1},
         {"Kernel", 70, 4, "tail", kernel, -1},
         {"Session", 1, 90, "model_run", ""}}));
    std::map<std::string, double> us = Micros(run);
    EXPECT_NEAR(us["first"], 7, 1e-6);
    EXPECT_NEAR(us["a\"b"], 34, 1e-6);
    EXPECT_FALSE(run.launches_only);
    EXPECT_TRUE(Notes(run, "those of 3 device kernels"));
  }
}

TEST(OrtProfile, LaunchesAreNoTimes) {
  const MeasuredRun run = Read(Profile(
      {{"Node", 10, 5, "a_kernel_time", R"("op_name" : "Add","provider" : "CUDAExecutionProvider","node_index" : "0")"},
       {"Session", 1, 90, "model_run", ""}}));
  EXPECT_TRUE(run.launches_only);
  EXPECT_TRUE(Notes(run, "launches on the host"));
}

TEST(OrtProfile, KernelsInsideAPartitionOverlapAndDoNotAddUp) {
  const MeasuredRun run = Read(Profile(
      {{"Node", 10, 50, "OpenVINOExecutionProvider_OpenVINO-EP-subgraph_1_0_kernel_time",
        R"("op_name" : "OpenVINO-EP-subgraph_1","provider" : "OpenVINOExecutionProvider","node_index" : "0")"},
       {"Kernel", 12, 60, "conv1",
        R"("ov_node_type" : "Convolution","parent_ort_event_name" : "OpenVINOExecutionProvider_OpenVINO-EP-subgraph_1_0_kernel_time")"},
       {"Session", 1, 90, "model_run", ""}}));
  ASSERT_EQ(run.kernels.size(), 1u);
  EXPECT_NEAR(run.kernels[0].seconds, 50e-6, 1e-12);
  EXPECT_EQ(run.kernels[0].provider, "OpenVINOExecutionProvider");
  EXPECT_TRUE(Notes(run, "1 kernels inside partitions"));
}

TEST(OrtProfile, PutsPackedWeightsAndResidualsIntoTheirSlots) {
  const auto one = [](const std::string& op, const std::string& inputs, const std::string& output) {
    return Read(Profile({{"Node", 10, 5, "n_nchwc_kernel_time",
                          absl::StrCat(R"("node_index" : "0","op_name" : ")", op, R"(","input_type_shape" : [)", inputs,
                                       R"(],"output_type_shape" : [)", output, "]")},
                         {"Session", 1, 50, "model_run", ""}}))
        .kernels[0];
  };
  // A blocked convolution without a bias, and a residual.
  const MeasuredKernel conv =
      one("Conv", R"({"float":[1,16,5,5]},{"float":[16,16,1,1]},{"float":[1,16,5,5]})", R"({"float":[1,16,5,5]})");
  ASSERT_EQ(conv.inputs.size(), 4u);
  EXPECT_FALSE(conv.inputs[2].is_present);
  EXPECT_THAT(conv.inputs[3].dims, ElementsAre(1, 16, 5, 5));
  // 128 × 256 by 256 × 1024, of which only input and bias are shown.
  const MeasuredKernel gemm = one("Gemm", R"({"float":[128,256]},{"float":[1024]})", R"({"float":[128,1024]})");
  ASSERT_EQ(gemm.inputs.size(), 3u);
  EXPECT_THAT(gemm.inputs[1].dims, ElementsAre(256, 1024));
  EXPECT_TRUE(gemm.inputs[1].is_constant);
  EXPECT_THAT(gemm.inputs[2].dims, ElementsAre(1024));
  const MeasuredKernel matmul = one("MatMul", R"({"float":[2,7,5]})", R"({"float":[2,7,3]})");
  ASSERT_EQ(matmul.inputs.size(), 2u);
  EXPECT_THAT(matmul.inputs[1].dims, ElementsAre(5, 3));
  EXPECT_EQ(one("MatMul", R"({"float":[2,7,5]},{"float":[5,3]})", R"({"float":[2,7,3]})").inputs.size(), 2u);
  const MeasuredKernel quantised =
      one("QLinearConv", R"({"uint8":[1,3,8,8]},{"float":[]},{"uint8":[]},{"int8":[]},{"float":[]},{"int8":[]})",
          R"({"uint8":[1,5,8,8]})");
  EXPECT_FALSE(quantised.inputs[3].is_present);
  EXPECT_TRUE(quantised.inputs[3].is_constant);
}

TEST(OrtProfile, TakesNameAndDateFromTheFilesName) {
  const std::string text = Profile({{"Node", 10, 5, "a_kernel_time", kAbs}, {"Session", 1, 50, "model_run", ""}});
  for (const char* path : {"x/net_2024-02-03_04-05-06.json", "net_2024-02-03_04-05-06_789.json.gz"}) {
    const MeasuredRun run = Read(text, path);
    EXPECT_EQ(run.network, "net");
    EXPECT_EQ(run.facts.date, "2024-02-03");
  }
  EXPECT_EQ(Read(text, "net_2024.json").network, "net_2024");
}

TEST(OrtProfile, TakesAFileThatAnotherProgramWroteAgain) {
  const std::string text =
      absl::StrReplaceAll(Unpacked("ort1.31.0_names.json.gz"),
                          {{"\"cat\" : ", "\"cat\":"}, {"\"name\" :", "\"name\": "}, {"}},\n", "}}, "}});
  EXPECT_EQ(Read(text).kernels[1].name, "C:\\new\\table");
}

TEST(OrtProfile, RefusesTimesThatAreNone) {
  EXPECT_THAT(Refusal(Profile({{"Node", 10, 0, "a_kernel_time", kAbs}, {"Session", 1, 50, "model_run", ""}})),
              HasSubstr("p.json: every time is 0"));
  const std::string text = absl::StrReplaceAll(Profile({{"Node", 10, 5, "a_kernel_time", kAbs},
                                                        {"Node", 20, 77, "b_kernel_time", kAbs},
                                                        {"Session", 1, 50, "model_run", ""}}),
                                               {{":77", ":\"x\""}});
  EXPECT_TRUE(Notes(Read(text), "1 events could not be read"));
}

}  // namespace
}  // namespace opcost
