// From the names that runtimes give their kernels back to nodes of a model.
#ifndef OPCOST_COSTING_CALIBRATION_JOIN_NAMES_H_
#define OPCOST_COSTING_CALIBRATION_JOIN_NAMES_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "frontend/graph.h"

namespace opcost {

// What ONNX Runtime made of a name: "Conv_3_nchwc" runs the chain that ends in tensor Conv_3, "fused X", "X_token_7",
// "X/MatMulAddFusion" belong to node X.
struct RuntimeName {
  std::string base;
  bool is_tensor = false;        // `base` is the tensor in which the kernel's nodes end
  bool is_fused = false;         // a fusion put its name there: other nodes went into the kernel
  bool stands_for_one = false;   // a channel-wise node as a convolution of its own
  bool merged_siblings = false;  // Slices or Gathers of one tensor became one Split
  bool is_plumbing = false;      // a Reshape around a product, put in by a fusion
};
RuntimeName ParseRuntimeName(absl::string_view name);

// The nodes of a model by every name that a runtime may know them under.
class NameIndex {
 public:
  explicit NameIndex(const Graph& graph);

  // Nodes of that name or id; several when bodies or functions repeat it. Empty: none.
  const std::vector<NodeId>& Nodes(const std::string& name) const;
  // The tensors' producers, under the name itself or with ":0" behind it (TensorFlow). kNone: no node writes it.
  NodeId Producer(const std::string& tensor) const;
  // The nodes that read a stored weight.
  std::vector<NodeId> Readers(const std::string& weight) const;
  // Nodes whose name or module path is `name` after every character that is no letter or digit became '_':
  // "layer1_0_conv1" is "/layer1/layer1.0/conv1/Conv". In execution order.
  const std::vector<NodeId>& Simplified(const std::string& name) const;
  // The node at `index` among those of its region, in the order of the file and without constants; kNone beyond the
  // end.
  NodeId At(RegionId region, int64_t index) const;

 private:
  using Names = std::map<std::string, std::vector<NodeId>>;
  const Graph& graph_;
  Names nodes_, simplified_;
  std::map<std::string, TensorId> tensors_;
  std::vector<std::vector<NodeId>> by_region_;
};

// `name` with '_' in place of everything but letters and digits.
std::string Simplify(absl::string_view name);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_JOIN_NAMES_H_
