#include "costing/calibration/runtime/prepared_model.h"

#include <filesystem>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "costing/calibration/importer.h"
#include "costing/calibration/importers.h"
#include "costing/calibration/paths.h"
#include "costing/calibration/runtime/complete_from_node.h"
#include "frontend/external_tensors.h"
#include "frontend/load.h"

namespace opcost {
namespace {

namespace fs = std::filesystem;
// A protobuf holds 2 GiB, and a rewritten model may hold a weight twice (as it is, and transposed): models with more
// than this keep their weights in a file beside it.
constexpr int64_t kMostInside = int64_t{3} << 28;
constexpr const char* kOptimised = "optimised.onnx";
constexpr const char* kProfile = "profile";

int64_t WeightBytes(const Graph& graph) {
  int64_t bytes = 0;
  for (const Tensor& tensor : graph.tensors) {
    if (tensor.kind == TensorKind::kInitializer) bytes += ByteSize(tensor).value_or(0);
  }
  return bytes;
}

// External tensors whose file is not there.
absl::StatusOr<std::vector<ExternalTensor>> MissingTensors(const std::string& path) {
  absl::StatusOr<std::vector<ExternalTensor>> tensors = ListExternalTensors(path);
  if (!tensors.ok()) return tensors.status();
  const fs::path folder = fs::path(path).parent_path();
  std::map<std::string, bool> present;
  std::erase_if(*tensors, [&](const ExternalTensor& tensor) {
    const auto [it, is_new] = present.try_emplace(tensor.location, false);
    std::error_code error;
    if (is_new) it->second = fs::exists(folder / tensor.location, error);
    return it->second;
  });
  return tensors;
}

// The saved file, with the inputs' extents as they are bound in `raw`. Where the rules of the front end and the
// runtime's rewriting disagree about shapes, the file as it is: what ran says the shapes then.
absl::StatusOr<Graph> LoadOptimised(const std::string& path, const Graph& raw) {
  LoadOptions options;
  for (TensorId id : raw.inputs) {
    const Tensor& tensor = raw.tensors[static_cast<size_t>(id)];
    std::vector<int64_t>& dims = options.shapes[tensor.name];
    for (const Dim& dim : *tensor.shape) dims.push_back(dim.extent);
  }
  absl::StatusOr<Graph> graph = LoadModel(path, options);
  return graph.ok() ? std::move(graph) : LoadModel(path);
}

}  // namespace

absl::StatusOr<PreparedModel> PreparedModel::Make(std::shared_ptr<const OrtLibrary> library, const Graph& graph,
                                                  const RuntimeRequest& request) {
  const int64_t weight_bytes = WeightBytes(graph);
  absl::StatusOr<std::vector<HostTensor>> inputs = MakeInputs(graph, request.seed);
  if (!inputs.ok()) return inputs.status();
  constexpr int64_t kRoom = int64_t{1} << 24;  // for the graph itself and for profiles
  absl::StatusOr<TempFolder> folder = TempFolder::Make(weight_bytes + kRoom);
  if (!folder.ok()) return folder.status();
  PreparedModel prepared(std::move(library), *std::move(folder), request);
  prepared.model_ = graph.path;
  prepared.inputs_ = *std::move(inputs);

  absl::StatusOr<std::vector<ExternalTensor>> missing = MissingTensors(graph.path);
  if (!missing.ok()) return missing.status();
  absl::StatusOr<std::vector<HostTensor>> weights = MakeWeights(graph, *missing, request.seed);
  if (!weights.ok()) return weights.status();
  const std::string path = prepared.folder_.File(kOptimised);
  absl::StatusOr<OrtSession> session =
      OrtSession::Create(prepared.library_, {.model = graph.path,
                                             .threads = request.threads,
                                             .level = request.level,
                                             .write_optimised = path,
                                             .weights_beside = weight_bytes > kMostInside,
                                             .provider = request.provider,
                                             .weights = &*weights});
  if (!session.ok()) return session.status();
  absl::StatusOr<Graph> executed = LoadOptimised(path, graph);
  if (!executed.ok()) return executed.status();
  prepared.executed_ = std::make_unique<Graph>(*std::move(executed));
  return prepared;
}

absl::StatusOr<OrtSession> PreparedModel::Open(bool profiled) const {
  absl::StatusOr<OrtSession> session =
      OrtSession::Create(library_, {.model = folder_.File(kOptimised),
                                    .shown = model_,
                                    .threads = request_.threads,
                                    .optimise = false,
                                    .profile_prefix = profiled ? folder_.File(kProfile) : "",
                                    .provider = request_.provider});
  if (!session.ok()) return session.status();
  if (absl::Status status = session->Feed(inputs_); !status.ok()) return status;
  return session;
}

absl::StatusOr<MeasuredRun> PreparedModel::EndProfiling(OrtSession& session, std::vector<NodeId>& nodes) const {
  absl::StatusOr<std::string> path = session.EndProfiling();
  if (!path.ok()) return path.status();
  absl::StatusOr<ImportFile> file = ReadImportFile(*path);
  std::error_code ignored;
  fs::remove(*path, ignored);
  if (!file.ok()) return file.status();
  absl::StatusOr<std::vector<MeasuredRun>> runs = ImportOrtProfile(*file);
  if (!runs.ok()) return runs.status();
  MeasuredRun run = std::move(runs->front());
  run.network = StemOf(model_);
  run.path = model_;
  run.facts.runtime = "onnxruntime";
  run.facts.runtime_version = library_->version();
  run.facts.threads = request_.threads;
  CompleteFromNodes(*executed_, run, nodes);
  return run;
}

}  // namespace opcost
