// TensorRT: layer times of trtexec, with the layers' types, shapes and original nodes where --exportLayerInfo wrote
// them, and whole-engine times where a file beside tells them.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "costing/calibration/importers.h"
#include "costing/calibration/json_fields.h"
#include "costing/calibration/paths.h"
#include "costing/calibration/trt_names.h"
#include "costing/calibration/trt_rows.h"

namespace opcost {
namespace {

constexpr double kMilli = 1e-3;
constexpr std::array<absl::string_view, 5> kLosses = {
    "the best of the repeats (the median stands for it)", "activations that an INT8 layer absorbs without naming them",
    "times inside regions that are compiled as a whole", "attributes and weights",
    "what the profiler adds: 3 to 7.5 µs a layer, so layers sum to more than the engine takes"};

// "Row major linear FP32", "Thirty-two wide channel vectorized row major Int8 format".
struct FormatRow {
  absl::string_view word;
  DType dtype;
};
constexpr std::array<FormatRow, 8> kFormats = {{{"bf16", DType::kBFloat16},
                                                {"fp32", DType::kFloat32},
                                                {"fp16", DType::kFloat16},
                                                {"fp8", DType::kFloat8E4M3FN},
                                                {"int8", DType::kInt8},
                                                {"int32", DType::kInt32},
                                                {"int64", DType::kInt64},
                                                {"bool", DType::kBool}}};

DType DTypeOfFormat(absl::string_view format) {
  const std::string lower = absl::AsciiStrToLower(format);
  for (const FormatRow& row : kFormats) {
    if (absl::StrContains(lower, row.word)) return row.dtype;
  }
  return DType::kUnknown;
}

void ReadTensors(const nlohmann::json& layer, absl::string_view key, std::vector<MeasuredTensor>& tensors,
                 std::vector<std::string>& names) {
  const nlohmann::json* list = Member(layer, key);
  if (list == nullptr || !list->is_array()) return;
  for (const nlohmann::json& item : *list) {
    const nlohmann::json* dims = Member(item, "Dimensions");
    const std::optional<std::vector<int64_t>> extents = dims != nullptr ? Extents(*dims) : std::nullopt;
    const std::string format = TextOr(item, "Format/Datatype", TextOr(item, "Format", ""));
    MeasuredTensor tensor{.dtype = DTypeOfFormat(format), .is_present = extents.has_value()};
    if (extents) tensor.dims = *extents;
    tensors.push_back(std::move(tensor));
    names.push_back(TextOr(item, "Name", ""));
  }
}

// The layers of --exportLayerInfo in order, by name; plain names without --profilingVerbosity=detailed.
using LayerInfo = std::map<std::string, std::vector<const nlohmann::json*>>;
LayerInfo LayersOf(const nlohmann::json& document) {
  LayerInfo layers;
  const nlohmann::json* list = Member(document, "Layers");
  if (list == nullptr || !list->is_array()) return layers;
  for (const nlohmann::json& layer : *list) {
    if (layer.is_object()) layers[TextOr(layer, "Name", "")].push_back(&layer);
  }
  return layers;
}

MeasuredKernel MakeKernel(const TrtRow& row, const nlohmann::json* layer, int64_t iterations) {
  TrtName name = ParseTrtName(row.name);
  MeasuredKernel kernel;
  kernel.name = row.name;
  kernel.op_type = name.is_conversion ? "Reformat" : name.is_region ? "ForeignNode" : "Layer";
  kernel.is_conversion = name.is_conversion;
  kernel.parts = std::move(name.parts);
  kernel.parts_are_ends = name.is_region;
  kernel.seconds = kernel.median_seconds = row.median_ms * kMilli;
  kernel.repeats = std::max<int64_t>(1, iterations);
  if (layer == nullptr) return kernel;
  kernel.op_type = TextOr(*layer, "LayerType", kernel.op_type);
  ReadTensors(*layer, "Inputs", kernel.inputs, kernel.input_names);
  ReadTensors(*layer, "Outputs", kernel.outputs, kernel.output_names);
  std::vector<std::string> nodes = OnnxLayersOf(TextOr(*layer, "Metadata", ""));
  if (!nodes.empty() && !kernel.is_conversion) {
    kernel.parts = std::move(nodes);
    kernel.parts_are_ends = false;
  }
  return kernel;
}

// The smallest "GPU Compute Time" of a summary, or computeMs of --exportTimes.
std::optional<double> EngineMs(const nlohmann::json& document) {
  if (const nlohmann::json* summary = Member(document, "performance_summary"); summary != nullptr) {
    const nlohmann::json* times = Member(*summary, "GPU Compute Time");
    if (times != nullptr && times->is_array() && !times->empty() && (*times)[0].is_number()) {
      return (*times)[0].get<double>();
    }
  }
  std::optional<double> best;
  if (!document.is_array()) return best;
  for (const nlohmann::json& item : document) {
    const nlohmann::json* ms = Member(item, "computeMs");
    if (ms != nullptr && ms->is_number()) best = best ? std::min(*best, ms->get<double>()) : ms->get<double>();
  }
  return best;
}

void Say(MeasuredRun& run, std::string text) { run.notes.push_back({NoteKind::kProfile, std::move(text), run.path}); }

struct Beside {
  nlohmann::json layers;
  std::optional<double> engine_ms;
  std::string device;
};

// What each file beside holds is told by its content.
absl::StatusOr<Beside> ReadBeside(const std::vector<ImportFile>& files) {
  Beside beside;
  for (const ImportFile& file : files) {
    absl::StatusOr<nlohmann::json> document = ParseJson(file.path, file.text);
    if (!document.ok()) return document.status();
    const std::optional<double> ms = EngineMs(*document);
    if (ms && *ms > 0) beside.engine_ms = ms;
    if (const nlohmann::json* device = Member(*document, "device_information"); device != nullptr) {
      beside.device = TextOr(*device, "Selected Device", "");
    }
    if (Member(*document, "Layers") != nullptr) {
      beside.layers = *std::move(document);
    } else if (!ms) {
      return absl::InvalidArgumentError(
          absl::StrCat(file.path, ": neither layers (--exportLayerInfo) nor times of the engine (--exportTimes)"));
    }
  }
  return beside;
}

// Layers of several shape profiles stand in one file: those of the profile that ran, which took the most time.
int ProfileThatRan(const TrtRows& rows) {
  std::map<int, double> ms;
  for (const TrtRow& row : rows.rows) ms[ParseTrtName(row.name).profile] += row.median_ms;
  return std::max_element(ms.begin(), ms.end(), [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

void FillKernels(const TrtRows& rows, const Beside& beside, MeasuredRun& run) {
  const LayerInfo info = LayersOf(beside.layers);
  const int ran = ProfileThatRan(rows);
  std::map<std::string, size_t> seen;
  int64_t unknown = 0, others = 0;
  for (const TrtRow& row : rows.rows) {
    const auto it = info.find(row.name);
    const size_t occurrence = seen[row.name]++;
    const bool known = it != info.end() && occurrence < it->second.size();
    if (ParseTrtName(row.name).profile != ran) {
      ++others;
      continue;
    }
    unknown += known || info.empty() ? 0 : 1;
    run.kernels.push_back(MakeKernel(row, known ? it->second[occurrence] : nullptr, rows.iterations));
  }
  if (unknown > 0) Say(run, absl::StrCat(unknown, " layers are not in the layer information: of another engine?"));
  if (others > 0) Say(run, absl::StrCat(others, " layers of other shape profiles are left out"));
  if (info.empty()) Say(run, "without --exportLayerInfo: shapes and layer types are not known (--beside FILE)");
}

absl::Status Describe(const TrtRows& rows, MeasuredRun& run) {
  int64_t zeros = 0;
  double sum = 0;
  for (const MeasuredKernel& kernel : run.kernels) {
    zeros += kernel.seconds == 0 ? 1 : 0;
    sum += kernel.seconds;
  }
  if (!(sum > 0)) return absl::InvalidArgumentError(absl::StrCat(run.path, ": every time is 0, expected milliseconds"));
  if (zeros > 0) Say(run, absl::StrCat(zeros, " layers take no time (views, and copies that were not needed)"));
  if (rows.repaired) Say(run, "not valid JSON (names are not escaped): read line by line");
  if (!rows.has_median) Say(run, "an old release without medians: averages stand for them");
  return absl::OkStatus();
}

}  // namespace

bool RecognisesTensorRt(const ImportFile& file) { return IsTrtJson(file.text) || IsTrtLog(file.text); }

absl::Span<const absl::string_view> TensorRtLosses() { return kLosses; }

// The names that the engine explorer gives, and those that people give: "x.profile.json" has "x.graph.json" beside it.
std::vector<std::string> TensorRtBeside(absl::string_view path) {
  constexpr absl::string_view kProfile = "profile";
  std::vector<std::string> paths;
  const size_t at = path.rfind(kProfile);
  if (at == absl::string_view::npos || at < FolderOf(path).size()) return paths;
  for (absl::string_view other : {"graph", "layers", "layer_info", "layerinfo", "times", "profile.metadata"}) {
    paths.push_back(absl::StrCat(path.substr(0, at), other, path.substr(at + kProfile.size())));
  }
  return paths;
}

absl::StatusOr<std::vector<MeasuredRun>> ImportTensorRt(const ImportFile& file) {
  absl::StatusOr<TrtRows> rows = ReadTrtRows(file.path, file.text);
  if (!rows.ok()) return rows.status();
  absl::StatusOr<Beside> beside = ReadBeside(file.beside);
  if (!beside.ok()) return beside.status();
  MeasuredRun run{.path = file.path, .profiled = true};
  const std::string stem = StemOf(file.path);
  absl::string_view network = stem;
  for (absl::string_view suffix : {".profile", "_profile", ".engine", ".onnx"}) absl::ConsumeSuffix(&network, suffix);
  run.network = std::string(network);
  run.facts.runtime = "tensorrt";
  run.facts.machine = beside->device;
  if (beside->engine_ms) run.end_to_end_s = *beside->engine_ms * kMilli;
  FillKernels(*rows, *beside, run);
  if (absl::Status status = Describe(*rows, run); !status.ok()) return status;
  return std::vector<MeasuredRun>{std::move(run)};
}

}  // namespace opcost
