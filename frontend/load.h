// From an ONNX file to a Graph with types, shapes and small values filled in. Weights are never read.
#ifndef OPCOST_FRONTEND_LOAD_H_
#define OPCOST_FRONTEND_LOAD_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "frontend/graph.h"

namespace opcost {

struct LoadOptions {
  // Values for symbols of the file ("batch" → 8). A name that the file lacks is NotFound with the nearest one.
  std::map<std::string, int64_t> dims;
  // Shapes for graph inputs. Extents are re-inferred from here; a name that is no input is NotFound. A Reshape in the
  // file that disagrees is InvalidArgument and names the node.
  std::map<std::string, std::vector<int64_t>> shapes;
  // Values for data-dependent extents, by the symbol's name as the notes print it.
  std::map<std::string, int64_t> assume;
  // Trips of loops, by node name.
  std::map<std::string, int64_t> trips;
  // Folder that relative external-data locations are resolved against; "" = the folder of the model. Only looked at to
  // say that a file is missing and to refuse locations that are absolute or climb out.
  std::string data_dir;
  // Payloads above this many bytes are skipped in the file itself.
  int64_t max_payload_bytes = 65536;
};

// A parsed file, before any symbol is bound. Loading and parsing are done once; `Instantiate` may be called often.
class Model {
 public:
  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;
  ~Model();

  // Errors: NotFound / PermissionDenied (the file), InvalidArgument (what is in it).
  static absl::StatusOr<Model> Read(const std::string& path);
  // `path` "-" reads standard input.
  static absl::StatusOr<Model> FromBytes(absl::string_view bytes, const std::string& path);
  // ONNX's text form, for tests and examples.
  static absl::StatusOr<Model> FromText(absl::string_view text);

  // Binds symbols, expands functions, infers every shape, evaluates small integer tensors.
  absl::StatusOr<Graph> Instantiate(const LoadOptions& options) const;

 private:
  struct Impl;
  explicit Model(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Read + Instantiate.
absl::StatusOr<Graph> LoadModel(const std::string& path, const LoadOptions& options = {});
absl::StatusOr<Graph> LoadText(absl::string_view text, const LoadOptions& options = {});

// Re-prices the float tensors as if the model had been cast: every float16/32/64/bfloat16 tensor becomes `precision`'s
// storage type (inputs and outputs too).
void CastFloats(Graph& graph, Precision precision);

}  // namespace opcost

#endif  // OPCOST_FRONTEND_LOAD_H_
