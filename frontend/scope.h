// The module that a node came from, as exporters record it.
#ifndef OPCOST_FRONTEND_SCOPE_H_
#define OPCOST_FRONTEND_SCOPE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace onnx {
class NodeProto;
}  // namespace onnx

namespace opcost::internal {

// "layer1/layer1.0/conv1" from the node name "/layer1/layer1.0/conv1/Conv" (TorchScript; names with slashes of other
// exporters alike), or from metadata_props: `pkg.torch.onnx.name_scopes`, then `namespace`. "" when there is none.
std::string ScopeOf(const onnx::NodeProto& node);

// "['', 'layer1', 'layer1.0', 'layer1.0.conv1', 'conv2d']" → "layer1/layer1.0/conv1".
std::string ScopeFromNameScopes(absl::string_view name_scopes);
// "/torch.nn.Module/layer1: torch.nn.Sequential/layer1.0: Block/conv2d: aten.conv2d" → "layer1/layer1.0".
std::string ScopeFromNamespace(absl::string_view name_space);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_SCOPE_H_
