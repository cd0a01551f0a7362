#include "tests/laws/corpus.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "frontend/load.h"
#include "gtest/gtest.h"
#include "hardware/read_target.h"

namespace opcost {
namespace {

constexpr const char* kModels[] = {"resnet18", "mobilenet_v2.bn", "efficientnet_b0.bn",
                                   "vit_b_32", "vgg11",           "shufflenet_v2_x1_0"};

Graph Must(absl::StatusOr<Graph> graph) {
  if (!graph.ok()) ADD_FAILURE() << graph.status();
  return graph.ok() ? *std::move(graph) : Graph();
}

// MACs to try: the middle of every segment of every shipped curve, however narrow, and a sweep over all of them.
std::vector<int64_t> Sizes() {
  std::set<int64_t> sizes;
  for (int64_t macs = 10000; macs < int64_t{20} * 1000 * 1000 * 1000 * 1000; macs *= 3) sizes.insert(macs);
  for (const std::string& name : AllTargetNames()) {
    const Target target = LoadTarget(name);
    for (const Curve& curve : target.curves) {
      for (size_t i = 1; i < curve.points.size(); ++i) {
        const double from = target.coefficients[static_cast<size_t>(curve.points[i - 1].x)].value();
        const double to = target.coefficients[static_cast<size_t>(curve.points[i].x)].value();
        if (from < to) sizes.insert(static_cast<int64_t>(std::sqrt(from * to) / 2));
      }
    }
  }
  return {sizes.begin(), sizes.end()};
}

// m · n² · taps near `macs`, as near as a square of about the right size allows.
struct Cube {
  int64_t m = 1, n = 1;
};
Cube CubeOf(int64_t macs, int64_t taps) {
  Cube best;
  double least = 1e300;
  const int64_t root = std::max<int64_t>(1, static_cast<int64_t>(std::cbrt(static_cast<double>(macs / taps))));
  for (int64_t n = root; n > root * 3 / 4; --n) {
    const int64_t m = std::max<int64_t>(1, macs / (taps * n * n));
    const double miss = std::abs(static_cast<double>(m * n * n * taps - macs));
    if (miss < least) {
      least = miss;
      best = {m, n};
    }
  }
  return best;
}

// One graph with an independent piece a size.
struct Pieces {
  std::string inputs, outputs, body;
  void Add(const std::string& in, const std::string& out, const std::string& text) {
    absl::StrAppend(&inputs, inputs.empty() ? "" : ", ", in);
    absl::StrAppend(&outputs, outputs.empty() ? "" : ", ", out);
    absl::StrAppend(&body, text, "\n");
  }
  Graph Load() const {
    return Must(LoadText(
        absl::StrCat("<ir_version: 8, opset_import: [\"\" : 17]> g (", inputs, ") => (", outputs, ") { ", body, "}")));
  }
};

enum class Product { kMatMul, kMatMulAdd, kGemm };

Graph Products(Product kind) {
  Pieces pieces;
  int i = 0;
  for (int64_t macs : Sizes()) {
    const Cube c = CubeOf(macs, 1);
    std::string in = absl::Substitute("float[$0,$1] x$2, float[$1,$1] w$2", c.m, c.n, i);
    std::string text = absl::Substitute("y$0 = MatMul(x$0, w$0)", i);
    if (kind != Product::kMatMul) {
      absl::StrAppend(&in, absl::Substitute(", float[$0] b$1", c.n, i));
      text = absl::Substitute(
          kind == Product::kGemm ? "y$0 = Gemm(x$0, w$0, b$0)" : "t$0 = MatMul(x$0, w$0) y$0 = Add(t$0, b$0)", i);
    }
    pieces.Add(in, absl::Substitute("float[$0,$1] y$2", c.m, c.n, i), text);
    ++i;
  }
  return pieces.Load();
}

constexpr absl::string_view kNorm = "$0 = BatchNormalization($1, $2, $2, $2, $2) ";

Graph Convs(bool norm) {
  Pieces pieces;
  int i = 0;
  for (int64_t macs : Sizes()) {
    const Cube c = CubeOf(macs, 9);
    std::string in = absl::Substitute("float[1,$0,3,$1] x$2, float[$0,$0,3,3] w$2", c.n, c.m + 2, i);
    std::string text = absl::Substitute("$1$0 = Conv(x$0, w$0) ", i, norm ? "t" : "y");
    if (norm) {
      absl::StrAppend(&in, absl::Substitute(", float[$0] s$1", c.n, i));
      absl::StrAppend(&text, absl::Substitute(kNorm, absl::StrCat("y", i), absl::StrCat("t", i), absl::StrCat("s", i)));
    }
    pieces.Add(in, absl::Substitute("float[1,$0,1,$1] y$2", c.n, c.m, i), text);
    ++i;
  }
  return pieces.Load();
}

Graph DepthwiseConvs() {
  Pieces pieces;
  int i = 0;
  for (int64_t macs : Sizes()) {
    const int64_t channels = 61, width = std::max<int64_t>(1, macs / (9 * channels));
    if (width > int64_t{1000} * 1000 * 1000) break;
    pieces.Add(absl::Substitute("float[1,$0,3,$1] x$2, float[$0,1,3,3] w$2", channels, width + 2, i),
               absl::Substitute("float[1,$0,1,$1] y$2", channels, width, i),
               absl::Substitute("y$0 = Conv <group = $1> (x$0, w$0)", i, channels));
    ++i;
  }
  return pieces.Load();
}

// Inverted bottlenecks: 17 channels, 6 times as many inside; 2 · 17 · 102 + 9 · 102 MACs a position.
Graph InvertedBottlenecks() {
  Pieces pieces;
  int i = 0;
  for (int64_t macs : Sizes()) {
    const int64_t width = std::max<int64_t>(1, macs / (2 * 17 * 102 + 9 * 102));
    if (width > 1000 * 1000) break;
    const std::string n = absl::StrCat(i);
    std::string text = absl::Substitute("a$0 = Conv(x$0, u$0) ", n);
    absl::StrAppend(&text, absl::Substitute(kNorm, "b" + n, "a" + n, "s" + n));
    absl::StrAppend(&text, absl::Substitute("g$0 = Sigmoid(b$0) c$0 = Mul(b$0, g$0) ", n));
    absl::StrAppend(&text, absl::Substitute("d$0 = Conv <group = 102, pads = [1,1,1,1]> (c$0, v$0) ", n));
    absl::StrAppend(&text, absl::Substitute(kNorm, "e" + n, "d" + n, "s" + n));
    absl::StrAppend(&text, absl::Substitute("h$0 = Sigmoid(e$0) f$0 = Mul(e$0, h$0) p$0 = Conv(f$0, w$0) ", n));
    absl::StrAppend(&text, absl::Substitute(kNorm, "q" + n, "p" + n, "r" + n));
    absl::StrAppend(&text, absl::Substitute("y$0 = Add(q$0, x$0)", n));
    pieces.Add(absl::Substitute("float[1,17,1,$1] x$0, float[102,17,1,1] u$0, float[102] s$0, float[102,1,3,3] v$0, "
                                "float[17,102,1,1] w$0, float[17] r$0",
                                n, width),
               absl::Substitute("float[1,17,1,$1] y$0", n, width), text);
    ++i;
  }
  return pieces.Load();
}

Graph Softmaxes() {
  Pieces pieces;
  for (int i = 0; i < 4; ++i) {
    const int64_t rows = int64_t{1} << (6 * i);
    pieces.Add(absl::Substitute("float[$0,1021] x$1", rows, i), absl::Substitute("float[$0,1021] y$1", rows, i),
               absl::Substitute("y$0 = Softmax(x$0)", i));
  }
  return pieces.Load();
}

// A squeeze-excite branch with stored weights that stands outside an inverted bottleneck.
Graph SqueezeExcite() {
  return Must(LoadText(R"(
    <ir_version: 8, opset_import: ["" : 17]>
    g (float[1,5,7,11] x) => (float[1,5,7,11] y)
    <float[2,5,1,1] u = {0,0,0,0,0,0,0,0,0,0}, float[5,2,1,1] v = {0,0,0,0,0,0,0,0,0,0}> {
      p = GlobalAveragePool(x) a = Conv(p, u) b = Relu(a) c = Conv(b, v) s = Sigmoid(c) y = Mul(x, s) })"));
}

// Tensors of 256 MiB, beyond every cache, through every kind of kernel that only moves or maps; and what multiplies
// and has no class of its own.
Graph LargeTensors() {
  constexpr absl::string_view kImage = "[1,64,1024,1024]";
  struct Step {
    absl::string_view out, text;
  };
  constexpr std::array kSteps = {
      Step{"[1,64,1024,1024]", "y$0 = Gelu(x)"},
      Step{"[1,64,1024,1024]", "y$0 = Add(x, row)"},
      Step{"[1,64,1024,1024]", "y$0 = Mul(x, one)"},
      Step{"[1,64,1024,1024]", "y$0 = Softmax(x)"},
      Step{"[1,64,1024,1024]", "y$0 = Softmax<axis = 1>(x)"},
      Step{"[1,64,1024,1024]", "y$0 = LayerNormalization(x, row)"},
      Step{"[1,64,1024,1024]", "y$0 = InstanceNormalization(x, channel, channel)"},
      Step{"[1,64,1024,1024]", "y$0 = GlobalAveragePool(x) z$0 = MaxPool<kernel_shape = [3,3], pads = [1,1,1,1]>(x)"},
      Step{"[1,64,1024,1024]", "y$0 = AveragePool<kernel_shape = [3,3], pads = [1,1,1,1]>(x)"},
      Step{"[1,64,1024,1024]",
           "a$0 = Conv<pads = [1,1,1,1]>(x, w) b$0 = MaxPool<kernel_shape = [3,3], pads = [1,1,1,1]>(a$0) "
           "c$0 = AveragePool<kernel_shape = [3,3], pads = [1,1,1,1]>(b$0) d$0 = GlobalAveragePool(c$0) "
           "y$0 = Mul(c$0, d$0)"},
      Step{"[1,1024,1024,64]", "y$0 = Transpose<perm = [0,2,3,1]>(x)"},
      Step{"[1024,1,64,1024]", "y$0 = Transpose<perm = [2,0,1,3]>(x)"},
      Step{"[1,1024,64,1024]", "y$0 = Transpose<perm = [0,2,1,3]>(x)"},
      Step{"[1024,1024,64,1]", "y$0 = Transpose<perm = [3,2,1,0]>(x)"},
      Step{"[1024,64,1,1024]", "y$0 = Transpose<perm = [2,1,0,3]>(x)"},
      Step{"[64,1,1024,1024]", "y$0 = Transpose<perm = [1,0,2,3]>(x)"},
      Step{"[1,128,1024,1024]", "y$0 = Concat<axis = 1>(x, x)"},
      Step{"[1,32,1024,1024]", "y$0, z$0 = Split<axis = 1, num_outputs = 2>(x)"},
      Step{"[1,63,1024,1024]", "y$0 = Slice(x, ones, sixtyfour, ones)"},
      Step{"[2,64,1024,1024]", "y$0 = Expand(x, twice)"},
      Step{"[1,64,1024,1024]", "y$0 = Gather<axis = 1>(x, index)"},
      Step{"[1,64,2048,2048]",
           "y$0 = Resize<mode = \"nearest\", coordinate_transformation_mode = \"asymmetric\", "
           "nearest_mode = \"floor\">(x, , scales)"},
      Step{"[1,64,2048,2048]", "y$0 = Resize<mode = \"linear\">(x, , scales)"},
      Step{"[1,16,2048,2048]", "y$0 = DepthToSpace<blocksize = 2>(x)"},
      Step{"[1,1,1024,1024]", "y$0 = ReduceMean(x, ones)"},
      Step{"[1,64,1024,1024]", "t$0 = Cast<to = 10>(x) y$0 = Cast<to = 1>(t$0)"},
      Step{"[1,64,1024,1024]", "y$0 = Selu(x)"},
      Step{"[1,64,1024,1024]", "a$0 = Sqrt(x) b$0 = Round(a$0) c$0 = Erf(b$0) d$0 = Softplus(c$0) y$0 = Pow(d$0, row)"},
      Step{"[1,64,1024,1]", "y$0 = ReduceMean(x, last) z$0 = ReduceProd(x, last)"},
      Step{"[1,64,1024,1024]", "y$0 = CumSum(x, axis)"},
      Step{"[64,1024,1024]", "m$0 = Squeeze(x, zeros) y$0 = MatMul(m$0, m$0)"},
      Step{"[1,1024,1024,64]",
           "t$0 = Transpose<perm = [0,3,1,2]>(hwc) c$0 = Conv<pads = [1,1,1,1]>(t$0, w) "
           "y$0 = Transpose<perm = [0,2,3,1]>(c$0)"},
      Step{"[1,64,2048,2048]",
           "c$0 = Conv<pads = [1,1,1,1]>(x, w) y$0 = Resize<mode = \"nearest\", "
           "coordinate_transformation_mode = \"asymmetric\", nearest_mode = \"floor\">(c$0, , scales)"},
      Step{"[1,7,1,1]", "y$0 = DeformConv(small, kernel, offset)"},
  };
  std::string outputs, body;
  for (size_t i = 0; i < kSteps.size(); ++i) {
    absl::StrAppend(&outputs, i == 0 ? "" : ", ", "float", kSteps[i].out, " y", i);
    absl::StrAppend(&body, absl::Substitute(kSteps[i].text, i), "\n");
  }
  return Must(LoadText(absl::StrCat("<ir_version: 10, opset_import: [\"\" : 21]> g (float", kImage,
                                    " x, float[1,1024,1024,64] hwc, float[1024] row, float one, float[64] channel, "
                                    "int64[64] index, float[1,3,3,3] small, float[1,18,1,1] offset) => (",
                                    outputs,
                                    ") "
                                    "<int64[1] zeros = {0}, int64[1] ones = {1}, int64[1] last = {3}, int64[1] "
                                    "sixtyfour = {64}, int64[4] twice = {2,1,1,1}, "
                                    "int64 axis = {3}, float[4] scales = {1,1,2,2}> { "
                                    "wshape = Constant<value_ints = [64,64,3,3]>() w = ConstantOfShape(wshape) "
                                    "kshape = Constant<value_ints = [7,3,3,3]>() kernel = ConstantOfShape(kshape) ",
                                    body, "}")));
}

std::vector<CorpusModel> AsFiled() {
  std::vector<CorpusModel> models;
  for (const char* name : kModels)
    models.push_back({name, Must(LoadModel(absl::StrCat("tests/models/", name, ".onnx")))});
  models.push_back({"products", Products(Product::kMatMul)});
  models.push_back({"products with bias", Products(Product::kMatMulAdd)});
  models.push_back({"general products", Products(Product::kGemm)});
  models.push_back({"convolutions", Convs(/*norm=*/false)});
  models.push_back({"convolutions with batch norm", Convs(/*norm=*/true)});
  models.push_back({"depthwise convolutions", DepthwiseConvs()});
  models.push_back({"inverted bottlenecks", InvertedBottlenecks()});
  models.push_back({"softmaxes", Softmaxes()});
  models.push_back({"squeeze-excite", SqueezeExcite()});
  return models;
}

}  // namespace

std::vector<std::string> AllTargetNames() {
  std::vector<std::string> names;
  for (const std::string& id : ListTargets({"profiles"})) {
    const Target target = LoadTarget(id);
    if (target.modes.empty()) names.push_back(id);
    for (const std::string& mode : target.modes) names.push_back(absl::StrCat(id, ":", mode));
  }
  return names;
}

Target LoadTarget(const std::string& name) {
  absl::StatusOr<Target> target = FindTarget(name, {"profiles"});
  if (!target.ok()) ADD_FAILURE() << target.status();
  return target.ok() ? *std::move(target) : Target();
}

const std::vector<CorpusModel>& Corpus() {
  static const auto* const kCorpus = [] {
    auto* models = new std::vector<CorpusModel>(AsFiled());
    const size_t filed = models->size();
    for (Precision precision : AllPrecisions()) {
      if (precision == Precision::kFp32) continue;
      for (size_t i = 0; i < filed; ++i) {
        CorpusModel cast = (*models)[i];
        absl::StrAppend(&cast.name, " as ", Name(precision));
        CastFloats(cast.graph, precision);
        models->push_back(std::move(cast));
      }
    }
    return models;
  }();
  return *kCorpus;
}

const std::vector<CorpusModel>& CorpusFor(const Target& target) {
  const bool kernels = std::any_of(target.entries.begin(), target.entries.end(),
                                   [](const Entry& entry) { return entry.kernel_class.has_value(); });
  if (!kernels) return Corpus();
  static const auto* const kCorpus = [] {
    auto* models = new std::vector<CorpusModel>();
    for (const CorpusModel& m : SmallCorpus()) models->push_back(m);
    models->push_back({"large tensors", LargeTensors()});
    std::vector<std::string> paths;
    for (const auto& file : std::filesystem::directory_iterator("tests/models/generated")) {
      if (file.path().extension() == ".onnx") paths.push_back(file.path().string());
    }
    std::sort(paths.begin(), paths.end());
    for (const std::string& path : paths) models->push_back({path, Must(LoadModel(path))});
    return models;
  }();
  return *kCorpus;
}

absl::Span<const CorpusModel> SmallCorpus() { return absl::MakeConstSpan(Corpus()).subspan(0, std::size(kModels)); }

const CountedModel& Counted(const CorpusModel& model, const Target& target) {
  static auto* const kCounted = new std::map<std::pair<std::string, std::string>, CountedModel>();
  const RuntimeFacts& runtime = target.runtime;
  const auto key = std::make_pair(
      model.name, absl::StrCat(runtime.rule_set, " ", runtime.version, " ", runtime.level, " ", runtime.vector_lanes));
  auto it = kCounted->find(key);
  if (it == kCounted->end()) it = kCounted->emplace(key, Count(model.graph, target)).first;
  return it->second;
}

CountedModel Count(const Graph& graph, const Target& target) {
  absl::StatusOr<CountedModel> model = CountModel(graph, {.runtime = target.runtime});
  if (!model.ok()) ADD_FAILURE() << model.status();
  return model.ok() ? *std::move(model) : CountedModel();
}

}  // namespace opcost
