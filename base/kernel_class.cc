#include "base/kernel_class.h"

#include <array>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"

namespace opcost {
namespace {

using C = KernelClass;
using P = Pattern;
constexpr std::nullopt_t kRoot = std::nullopt;

struct KernelClassRow {
  absl::string_view name;
  std::optional<KernelClass> parent;
  Pattern pattern;
};
// In the order of the enum.
constexpr std::array<KernelClassRow, static_cast<size_t>(C::kCount)> kClasses = {{
    {"conv_blocked", kRoot, P::kConv2d},
    {"conv_blocked_first", C::kConvBlocked, P::kConv2d},
    {"conv_blocked_pointwise", C::kConvBlocked, P::kPointwise},
    {"conv_blocked_depthwise", C::kConvBlocked, P::kDepthwise},
    {"conv_plain", kRoot, P::kConv2d},
    {"conv_plain_pointwise", C::kConvPlain, P::kPointwise},
    {"conv_plain_grouped", C::kConvPlain, P::kGrouped},
    {"conv_plain_depthwise", C::kConvPlain, P::kDepthwise},
    {"conv_plain_vector", C::kConvPlain, P::kPointwise},
    {"conv_transpose", C::kConvPlain, P::kTransposed},
    {"conv_quantized", C::kConvPlain, P::kConv2d},
    {"conv_quantized_pointwise", C::kConvQuantized, P::kPointwise},
    {"conv_quantized_depthwise", C::kConvQuantized, P::kDepthwise},
    {"conv_quantized_unsigned", C::kConvQuantized, P::kConv2d},
    {"matmul_stored", kRoot, P::kGemm},
    {"matvec_stored", C::kMatmulStored, P::kGemm},
    {"matmul_batched", C::kMatmulStored, P::kMatmul},
    {"matmul_batched_transposed", C::kMatmulBatched, P::kMatmul},
    {"einsum", C::kMatmulBatched, P::kMatmul},
    {"matvec_batched", C::kMatmulBatched, P::kMatmul},
    {"matmul_quantized", C::kMatmulStored, P::kGemm},
    {"matvec_quantized", C::kMatmulQuantized, P::kGemm},
    {"matmul_nbits", C::kMatmulStored, P::kGemm},
    {"matvec_nbits", C::kMatmulNbits, P::kGemm},
    {"matmul_nbits_int8", C::kMatmulNbits, P::kGemm},
    {"matvec_nbits_int8", C::kMatvecNbits, P::kGemm},
    {"fourier", kRoot, P::kOther},
    {"attention", C::kMatmulBatched, P::kAttention},
    {"lstm", C::kMatmulStored, P::kRecurrent},
    {"gru", C::kLstm, P::kRecurrent},
    {"rnn", C::kLstm, P::kRecurrent},
    {"lstm_quantized", C::kLstm, P::kRecurrent},
    {"gelu", C::kStream, P::kGelu},
    {"bias_gelu", C::kGelu, P::kGelu},
    {"fast_gelu", C::kGelu, P::kGelu},
    {"sigmoid", C::kStream, P::kSilu},
    {"tanh", C::kSigmoid, P::kActivation},
    {"erf", C::kTanh, P::kActivation},
    {"activation", C::kStream, P::kActivation},
    {"unary", C::kActivation, P::kActivation},
    {"rounding", C::kUnary, P::kActivation},
    {"exponential", C::kSigmoid, P::kActivation},
    {"transcendental", C::kExponential, P::kActivation},
    {"softplus", C::kTranscendental, P::kActivation},
    {"quantize", C::kStream, P::kQuantize},
    {"dequantize", C::kStream, P::kQuantize},
    {"quantize_float8", C::kQuantize, P::kQuantize},
    {"dequantize_float8", C::kDequantize, P::kQuantize},
    {"elementwise_same", C::kStream, P::kElementwise},
    {"elementwise_row", C::kStream, P::kElementwise},
    {"elementwise_column", C::kStream, P::kElementwise},
    {"elementwise_scalar", C::kStream, P::kElementwise},
    {"elementwise_other", C::kStream, P::kElementwise},
    {"where", C::kStream, P::kElementwise},
    {"power", C::kElementwiseOther, P::kElementwise},
    {"divide_integers", C::kElementwiseOther, P::kElementwise},
    {"prelu", C::kElementwiseOther, P::kElementwise},
    {"elementwise_quantized", C::kElementwiseSame, P::kElementwise},
    {"softmax", C::kStream, P::kSoftmax},
    {"softmax_strided", C::kStream, P::kSoftmax},
    {"softmax_outer", C::kSoftmaxStrided, P::kSoftmax},
    {"softmax_quantized", C::kSoftmax, P::kSoftmax},
    {"layernorm", C::kStream, P::kLayernorm},
    {"skip_layernorm", C::kLayernorm, P::kLayernorm},
    {"rmsnorm", C::kLayernorm, P::kRmsnorm},
    {"instancenorm", C::kStream, P::kBatchnorm},
    {"batchnorm", C::kStream, P::kBatchnorm},
    {"local_norm", C::kBatchnorm, P::kBatchnorm},
    {"reduce", C::kStream, P::kReduce},
    {"reduce_outer", C::kReduce, P::kReduce},
    {"reduce_other", C::kReduceOuter, P::kReduce},
    {"pool_max_blocked", C::kStream, P::kPool},
    {"pool_average_blocked", C::kStream, P::kPool},
    {"pool_global_blocked", C::kStream, P::kPool},
    {"pool_max", C::kPoolMaxBlocked, P::kPool},
    {"pool_average", C::kPoolAverageBlocked, P::kPool},
    {"pool_global", C::kStream, P::kPool},
    {"pool_quantized", C::kPoolMax, P::kPool},
    {"pool_max_bytes", C::kPoolMax, P::kPool},
    {"pool_average_quantized", C::kPoolAverage, P::kPool},
    {"reorder_input", C::kStream, P::kMove},
    {"reorder_input_nhwc", C::kStream, P::kMove},
    {"reorder_output", C::kStream, P::kMove},
    {"reorder_output_nhwc", C::kStream, P::kMove},
    {"transpose_copy", C::kStream, P::kMove},
    {"transpose_axis", C::kTranspose, P::kMove},
    {"transpose_plane", C::kStream, P::kMove},
    {"transpose_blocks", C::kTranspose, P::kMove},
    {"transpose_elements", C::kTranspose, P::kMove},
    {"concat", C::kStream, P::kMove},
    {"split", C::kStream, P::kMove},
    {"slice", C::kStream, P::kMove},
    {"expand", C::kStream, P::kMove},
    {"tile", C::kExpand, P::kMove},
    {"gather", C::kStream, P::kEmbedding},
    {"scatter", C::kGather, P::kMove},
    {"scatter_elements", C::kScatter, P::kMove},
    {"select", C::kStream, P::kReduce},
    {"topk", C::kSelect, P::kReduce},
    {"nonzero", C::kSelect, P::kReduce},
    {"suppression", C::kStream, P::kOther},
    {"pad", C::kStream, P::kMove},
    {"rotary", C::kElementwiseSame, P::kRotary},
    {"resize", C::kStream, P::kMove},
    {"resize_cubic", C::kResize, P::kMove},
    {"grid_sample", C::kResize, P::kMove},
    {"upsample", C::kStream, P::kMove},
    {"depth_to_space", C::kTranspose, P::kMove},
    {"cast", C::kStream, P::kMove},
    {"view", C::kStream, P::kFree},
    {"other", C::kStream, P::kOther},
    {"transpose", C::kStream, P::kMove},
    {"stream", kRoot, P::kAny},
}};
const KernelClassRow& Row(KernelClass kernel_class) { return kClasses[static_cast<size_t>(kernel_class)]; }

}  // namespace

absl::string_view Name(KernelClass kernel_class) { return Row(kernel_class).name; }

std::optional<KernelClass> Parent(KernelClass kernel_class) { return Row(kernel_class).parent; }

Pattern PatternOf(KernelClass kernel_class) { return Row(kernel_class).pattern; }

absl::StatusOr<KernelClass> ParseKernelClass(absl::string_view name) {
  std::vector<std::string> names;
  for (size_t i = 0; i < kClasses.size(); ++i) {
    if (kClasses[i].name == name) return static_cast<KernelClass>(i);
    names.emplace_back(kClasses[i].name);
  }
  return absl::NotFoundError(absl::StrCat("'", name, "' is no kernel class", DidYouMean(name, names)));
}

}  // namespace opcost
