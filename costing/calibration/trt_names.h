// The names that TensorRT gives its layers: which layers of the network each one holds.
//
//   A + B + C                                one after the other
//   A || B                                   convolutions of one input, side by side
//   PWN(A, B), fusedPointwiseNode(A, B)      a chain of pointwise layers, nested at will
//   {ForeignNode[A...B]}                     a region from A to B, compiled as a whole
//   Reformatting CopyNode for Input|Output Tensor N to X, X copy, X input|output reformatter N
//                                            a change of layout or type; X is a name of any form
//   reshape_after_X, (Unnamed Layer* N) [T], ONNXTRT_…     layers that the parser made
//   X_myl109_2, __myl_…                      kernels of such a region
#ifndef OPCOST_COSTING_CALIBRATION_TRT_NAMES_H_
#define OPCOST_COSTING_CALIBRATION_TRT_NAMES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace opcost {

struct TrtName {
  // Names of nodes, of stored weights and of layers that the parser made, in order. Only a model tells them apart, and
  // a node's name may itself hold " + ": then its pieces stand here.
  std::vector<std::string> parts;
  bool is_region = false;      // `parts` are its ends
  bool is_conversion = false;  // a change of layout or type, or a view that the parser made; no parts
  int profile = 0;             // of the engine's shape profiles
};

TrtName ParseTrtName(absl::string_view name);

// The nodes of a layer's `Metadata`: "[ONNX Layer: /stem/Conv]", separated by the bytes 0x1e and 0x1f. Empty when it
// names none.
std::vector<std::string> OnnxLayersOf(absl::string_view metadata);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_TRT_NAMES_H_
