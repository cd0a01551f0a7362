// From bytes to a parsed ONNX model without weights. Internal to the front end: beside the inference files, the only
// place that sees ONNX's protobuf types.
#ifndef OPCOST_FRONTEND_READ_PROTO_H_
#define OPCOST_FRONTEND_READ_PROTO_H_

#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "frontend/graph.h"
#include "google/protobuf/arena.h"
#include "onnx/onnx_pb.h"

namespace opcost::internal {

// A model that passed validation (validate.h). Absent from `proto`: payloads above the limit, documentation strings,
// training information, fields that ONNX does not define.
struct ParsedModel {
  ParsedModel();

  // Owns `proto`: a model of many small messages is made and freed in half the time that way.
  std::unique_ptr<google::protobuf::Arena> arena;
  onnx::ModelProto& proto;
  std::string path;
  // StructureHash: of a large model found on another thread while the graph is built.
  std::shared_future<std::string> structure_sha256;
  std::vector<Note> notes;
  // Every external-data location of the model once, as written: relative and inside the model's folder.
  std::vector<std::string> data_files;
};

// Elements that no shape ever depends on (floats, bytes) are kept only up to this size, or `max_payload_bytes` where
// that is less; integers of 16 bits and more, booleans and strings up to `max_payload_bytes`.
inline constexpr int64_t kMaxFloatPayloadBytes = 1024;

// `path` "-" is standard input; one that ends in ".onnxtxt" is ONNX's text form.
// NotFound and PermissionDenied are about the file, InvalidArgument about what is in it; every message starts with the
// path ("standard input" for "-").
absl::StatusOr<ParsedModel> ReadProto(const std::string& path, int64_t max_payload_bytes);
absl::StatusOr<ParsedModel> ParseBytes(absl::string_view bytes, const std::string& path, int64_t max_payload_bytes);
// ONNX's text form.
absl::StatusOr<ParsedModel> ParseText(absl::string_view onnx_text);

// True when all elements of `tensor` are in the proto (a tensor of no elements included); false when they were skipped,
// lie in an external file or were left out.
bool PayloadKnown(const onnx::TensorProto& tensor);

// One kMissingData note on the model's data files that `folder` lacks; "" is the folder of the model, and a model from
// standard input has none, so that nothing is looked up then.
std::optional<Note> MissingData(const ParsedModel& model, const std::string& folder);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_READ_PROTO_H_
