// Is analysing a model as cheap as it should be? Each line measures, compares with the goal beside it, and says so.
//   bench_analyze [FOLDER]     the models, 1.6 GB, are written to FOLDER (default: the temporary one) and removed
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "costing/analyze.h"
#include "frontend/load.h"
#include "frontend/read_proto.h"
#include "hardware/read_target.h"
#include "measure.h"
#include "onnx/defs/schema.h"
#include "onnx/onnx_pb.h"
#include "onnx/shape_inference/implementation.h"
#include "transformer.h"

namespace opcost::bench {
namespace {

constexpr int kRuns = 3;
constexpr int kDecoderRuns = 30;
constexpr double kMegabyte = 1e6;
const std::string kSourceDir = OPCOST_BENCH_SOURCE_DIR;
const std::string kTargetFile = kSourceDir + "/profiles/i7-12700k.toml";

// The file mapped and given to protobuf in one piece: no reader could hand it over faster.
bool BareParse(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY);
  struct stat info;
  if (fd < 0 || fstat(fd, &info) != 0) return false;
  void* bytes = mmap(nullptr, info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (bytes == MAP_FAILED) return false;
  onnx::ModelProto model;
  return model.ParseFromArray(bytes, static_cast<int>(info.st_size));
}

bool Skim(const std::string& path) { return internal::ReadProto(path, LoadOptions().max_payload_bytes).ok(); }

bool Infer(const std::string& path) { return LoadModel(path).ok(); }

bool Analyze(const std::string& path, const Target& target) {
  auto graph = LoadModel(path);
  if (!graph.ok()) return false;
  auto counted = CountModel(*std::move(graph), {.runtime = target.runtime});
  if (!counted.ok()) return false;
  auto estimate = Estimate::Price(*counted, target);
  return estimate.ok() && estimate->MakeReport(*counted).totals.t_s > 0;
}

void Show(const char* what, const Measured& measured) {
  std::printf("  %-34s %9.2f ms  %8.1f MB%s\n", what, measured.seconds * 1e3, measured.peak_bytes / kMegabyte,
              measured.ok ? "" : "  FAILED");
}

// "goal" lines; true when met.
bool Goal(const char* what, double value, double limit, const char* unit) {
  const bool met = value <= limit;
  std::printf("  %-34s %9.3f %s, goal at most %.3f: %s\n", what, value, unit, limit, met ? "met" : "MISSED");
  return met;
}

struct Big {
  Measured bare, skim, infer, analysis;
};

Big MeasureBig(const std::string& title, const std::string& path, const Target& target) {
  std::printf("%s (%.0f MB)\n", title.c_str(), static_cast<double>(std::filesystem::file_size(path)) / kMegabyte);
  // The first reading brings the file into the page cache. Like all large work it runs in a process of its own: what
  // this one holds, every child would start with.
  InChild(1, [&] { return BareParse(path); });
  Big big;
  big.bare = InChild(kRuns, [&] { return BareParse(path); });
  Show("bare protobuf parse", big.bare);
  big.skim = InChild(kRuns, [&] { return Skim(path); });
  Show("read and check", big.skim);
  big.infer = InChild(kRuns, [&] { return Infer(path); });
  Show("read, check, infer", big.infer);
  big.analysis = InChild(kRuns, [&] { return Analyze(path, target); });
  Show("whole analysis", big.analysis);
  return big;
}

// The fastest of many analyses after the first, in this process.
double WarmSeconds(const std::string& path, const Target& target) {
  double best = 1;
  for (int i = 0; i < 20; ++i) {
    const auto start = std::chrono::steady_clock::now();
    if (!Analyze(path, target)) return 1;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (i > 0) best = std::min(best, seconds);
  }
  return best;
}

bool BenchBig(const std::string& folder, const Target& target) {
  struct Case {
    std::string title;
    TransformerOptions options;
    std::string path;
  };
  const Case cases[] = {
      {"transformer, 10,500 nodes, weights inside", {.nodes = 10500}, folder + "/opcost_bench_weights.onnx"},
      {"transformer, 10,500 nodes, no weights", {.nodes = 10500, .weights = false}, folder + "/opcost_bench_10k.onnx"},
      {"transformer, 105,000 nodes, no weights",
       {.nodes = 105000, .weights = false},
       folder + "/opcost_bench_105k.onnx"},
  };
  Big results[3];
  for (size_t i = 0; i < 3; ++i) {
    const Measured written = InChild(1, [&] { return WriteTransformer(cases[i].path, cases[i].options).ok(); });
    if (!written.ok) {
      std::fprintf(stderr, "%s: cannot be written\n", cases[i].path.c_str());
      return false;
    }
    results[i] = MeasureBig(cases[i].title, cases[i].path, target);
    std::filesystem::remove(cases[i].path);
  }
  const auto& [with, without, ten_times] = results;
  std::printf("goals\n");
  bool met = with.bare.ok && with.analysis.ok && without.analysis.ok && ten_times.analysis.ok;
  met &= Goal("read / bare parse", with.skim.seconds / with.bare.seconds, 0.2, "x");
  met &= Goal("whole analysis / bare parse", with.analysis.seconds / with.bare.seconds, 0.2, "x");
  met &= Goal("memory with / without weights", with.analysis.peak_bytes / without.analysis.peak_bytes, 1.1, "x");
  met &= Goal("105,000 / 10,500 nodes", ten_times.analysis.seconds / without.analysis.seconds, 12, "x");
  return met;
}

double Since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Seconds, the fastest of a few each.
struct Decoder {
  double parse = 1, infer = 1;             // ONNX's own: the file, and its inference over that, constants followed
  double read = 1, price = 1, report = 1;  // ours: the file, from that to the total, and to the whole report
};

bool TimeOnnx(const std::string& path, Decoder& best) {
  const auto start = std::chrono::steady_clock::now();
  onnx::ModelProto model;
  std::ifstream file(path, std::ios::binary);
  if (!model.ParseFromIstream(&file)) return false;
  best.parse = std::min(best.parse, Since(start));
  const auto parsed = std::chrono::steady_clock::now();
  onnx::shape_inference::InferShapes(model, onnx::OpSchemaRegistry::Instance(),
                                     onnx::ShapeInferenceOptions(/*check_type=*/false, /*strict_mode=*/0,
                                                                 /*data_propagation=*/true));
  best.infer = std::min(best.infer, Since(parsed));
  return true;
}

bool TimeOurs(const std::string& path, const Target& target, Decoder& best) {
  const auto start = std::chrono::steady_clock::now();
  const auto model = Model::Read(path);
  if (!model.ok()) return false;
  best.read = std::min(best.read, Since(start));
  const auto read = std::chrono::steady_clock::now();
  auto graph = model->Instantiate({});
  if (!graph.ok()) return false;
  const auto counted = CountModel(*std::move(graph), {.runtime = target.runtime});
  if (!counted.ok()) return false;
  const auto estimate = Estimate::Price(*counted, target);
  if (!estimate.ok() || !(estimate->Total() > 0)) return false;
  best.price = std::min(best.price, Since(read));
  const Report report = estimate->MakeReport(*counted);
  best.report = std::min(best.report, Since(read));
  return !report.rows.empty();
}

// Decoders with symbolic axes against ONNX's inference: from the parsed file to the price, as inference starts from the
// parsed file too, and from the file on disk to the whole report.
bool BenchDecoders(const std::string& folder, const Target& target) {
  std::printf("decoders with symbolic axes\n");
  const std::string made = folder + "/opcost_bench_symbolic.onnx";
  constexpr int kLayers = 30;
  if (!WriteTransformer(made, {.nodes = kLayers * kNodesPerLayer, .weights = false, .symbolic = true}).ok())
    return false;
  bool met = true;
  const std::pair<const char*, std::string> cases[] = {
      {"30 layers", made}, {"qwen25_05b", kSourceDir + "/tests/models/modern/qwen25_05b.onnx"}};
  for (const auto& [title, path] : cases) {
    Decoder best;
    for (int i = 0; i < kDecoderRuns; ++i) {
      if (!TimeOnnx(path, best) || !TimeOurs(path, target, best)) return false;
    }
    std::printf("  %s: ONNX parses %.2f ms and infers %.2f; here read %.2f, priced %.2f, with the report %.2f\n", title,
                best.parse * 1e3, best.infer * 1e3, best.read * 1e3, best.price * 1e3, best.report * 1e3);
    met &= Goal("priced / inferred", best.price / best.infer, 1, "x");
    met &= Goal("file to report / parse and infer", (best.read + best.report) / (best.parse + best.infer), 1, "x");
  }
  std::filesystem::remove(made);
  return met;
}

bool BenchResnet(const Target& target) {
  const std::string path = kSourceDir + "/tests/models/resnet50.onnx";
  std::printf("resnet50\n");
  bool met = Goal("in the library, after the first", WarmSeconds(path, target) * 1e3, 5, "ms");
  const Measured process = Program(10, {OPCOST_BENCH_PROGRAM, "analyze", path, "--hw", kTargetFile});
  met &= Goal("as a process", process.ok ? process.seconds * 1e3 : 1e9, 25, "ms");
  Show("  (its peak)", process);
  return met;
}

}  // namespace
}  // namespace opcost::bench

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const std::string folder = argc > 1 ? argv[1] : std::filesystem::temp_directory_path().string();
  const auto target = opcost::ReadTarget(opcost::bench::kTargetFile);
  if (!target.ok()) {
    std::fprintf(stderr, "%s\n", std::string(target.status().message()).c_str());
    return 1;
  }
  const bool big = opcost::bench::BenchBig(folder, *target);
  const bool small = opcost::bench::BenchResnet(*target);
  const bool decoders = opcost::bench::BenchDecoders(folder, *target);
  return small && big && decoders ? 0 : 1;
}
