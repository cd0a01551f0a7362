#include "frontend/check_channels.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "frontend/shape_functions.h"

namespace opcost::internal {
namespace {

struct ConvolutionRow {
  const char* op_type;
  size_t weights;  // the input that holds them: [M, C / group, …], transposed [C, M / group, …]
  bool transposed = false;
};
constexpr ConvolutionRow kConvolutions[] = {
    {"Conv", 1}, {"ConvTranspose", 1, true}, {"ConvInteger", 1}, {"QLinearConv", 3}, {"DeformConv", 1}};

// Extent of an axis; 0 when it is not known.
int64_t Extent(const onnx::InferenceContext& ctx, size_t input, int axis) {
  const onnx::TensorShapeProto* shape = ShapeOf(ctx, input);
  return shape != nullptr && shape->dim_size() > axis ? shape->dim(axis).dim_value() : 0;
}

}  // namespace

absl::Status CheckChannels(absl::string_view domain, absl::string_view op_type, const onnx::InferenceContext& ctx) {
  if (!domain.empty()) return absl::OkStatus();
  for (const ConvolutionRow& row : kConvolutions) {
    if (op_type != row.op_type) continue;
    const int64_t channels = Extent(ctx, 0, 1);
    const int64_t first = Extent(ctx, row.weights, 0), second = Extent(ctx, row.weights, 1);
    const int64_t group = onnx::getAttribute(ctx, std::string("group"), int64_t{1});
    if (channels == 0 || first == 0 || second == 0) return absl::OkStatus();
    if (group < 1) return absl::InvalidArgumentError(absl::StrCat("group ", group, ", expected 1 or more"));
    const int64_t per_group = row.transposed ? first / group : second;
    if (channels % group == 0 && channels / group == per_group && first % group == 0) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat("an input of ", channels, " channels in ", group,
                                                   group == 1 ? " group" : " groups", " meets weights [", first, ", ",
                                                   second, ", …]"));
  }
  return absl::OkStatus();
}

}  // namespace opcost::internal
