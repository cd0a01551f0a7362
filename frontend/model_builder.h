// ONNX files out: a model of one graph, built node by node. What a node makes is inferred by ONNX's own rules as soon
// as the node is there, so whoever builds can ask for shapes instead of working them out.
#ifndef OPCOST_FRONTEND_MODEL_BUILDER_H_
#define OPCOST_FRONTEND_MODEL_BUILDER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/dtype.h"

namespace opcost {

// Of an extent that follows from data.
inline constexpr int64_t kOpenExtent = -1;

// A tensor of the model that is being built. Without a name it is an optional operand that is left out.
struct BuiltTensor {
  std::string name;
  DType dtype = DType::kUnknown;
  std::vector<int64_t> dims;
};

struct BuiltAttribute {
  std::string name;
  std::variant<int64_t, double, std::string, std::vector<int64_t>, std::vector<double>> value;
};

class ModelBuilder {
 public:
  // `opset` is that of ai.onnx; other domains are imported in version 1 when a node first uses them.
  ModelBuilder(const std::string& graph_name, int opset);
  ~ModelBuilder();
  ModelBuilder(const ModelBuilder&) = delete;
  ModelBuilder& operator=(const ModelBuilder&) = delete;

  int opset() const;

  BuiltTensor Input(absl::string_view name, DType dtype, std::vector<int64_t> dims);
  void Output(const BuiltTensor& tensor);

  // An initialiser whose elements lie in a file that is never written (external data): who runs the model supplies
  // them.
  BuiltTensor Weight(DType dtype, std::vector<int64_t> dims);
  // Initialisers whose elements are in the file. `dims` are empty for a scalar; integers of 8, 32 and 64 bits, 8-bit
  // floats by their bits, floats of 16 and 32 bits, and bool.
  BuiltTensor Integers(DType dtype, std::vector<int64_t> dims, const std::vector<int64_t>& values);
  BuiltTensor Floats(DType dtype, std::vector<int64_t> dims, const std::vector<float>& values);

  // Adds a node and returns its first `outputs` outputs. An operator that does not exist, operands that it refuses,
  // an output whose rank does not follow and an operand with an open extent are kept as the builder's error; what is
  // returned then has six axes of extent 1, so that whoever builds on need not ask, and nothing more is checked. An
  // open extent is thus for outputs of the graph.
  std::vector<BuiltTensor> Node(absl::string_view op_type, absl::string_view domain,
                                absl::Span<const BuiltTensor> inputs, absl::Span<const BuiltAttribute> attributes,
                                size_t outputs);

  bool ok() const;
  // The serialised model; the first error of any node otherwise.
  absl::StatusOr<std::string> Serialize() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace opcost

#endif  // OPCOST_FRONTEND_MODEL_BUILDER_H_
