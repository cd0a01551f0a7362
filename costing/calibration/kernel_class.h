// Classes of kernels that share one time form, finer than patterns: the layout, the kernel size and which operand is
// stored decide what code runs.
#ifndef OPCOST_COSTING_CALIBRATION_KERNEL_CLASS_H_
#define OPCOST_COSTING_CALIBRATION_KERNEL_CLASS_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/pattern.h"
#include "costing/calibration/kernel_metric.h"

namespace opcost {

enum class KernelClass : uint8_t {
  // Convolutions on the blocked layout (NCHWc).
  kConvBlocked,
  kConvBlockedFirst,  // reads the plain layout: fewer input channels than a block
  kConvBlockedPointwise,
  kConvBlockedDepthwise,
  // On the plain layout: im2col and a matrix product.
  kConvPlain,
  kConvPlainPointwise,  // the product alone
  kConvPlainGrouped,
  kConvPlainDepthwise,
  kConvPlainVector,  // one output position: a matrix-vector product
  kConvTranspose,
  // Products. "Stored": the second operand is a weight, packed once.
  kMatmulStored,
  kMatvecStored,
  kMatmulBatched,
  kMatmulBatchedTransposed,
  kMatvecBatched,
  kLstm,
  kGru,
  kRnn,
  // Element by element.
  kGelu,
  kBiasGelu,
  kFastGelu,
  kSigmoid,
  kTanh,
  kActivation,
  kElementwiseSame,
  kElementwiseRow,     // an operand repeats along outer axes
  kElementwiseColumn,  // along inner axes
  kElementwiseScalar,
  kElementwiseOther,  // on integers, selections, powers
  // Along rows.
  kSoftmax,
  kSoftmaxStrided,
  kLayernorm,
  kSkipLayernorm,
  kRmsnorm,
  kInstancenorm,
  kBatchnorm,
  kReduce,
  // Windows.
  kPoolMaxBlocked,
  kPoolAverageBlocked,
  kPoolGlobalBlocked,
  kPoolMax,
  kPoolAverage,
  kPoolGlobal,
  // Movement.
  kReorderInput,
  kReorderInputNhwc,
  kReorderOutput,
  kReorderOutputNhwc,
  kTransposeCopy,      // only axes of extent 1 move
  kTransposeAxis,      // one axis moves, whole runs are copied
  kTransposePlane,     // one axis moves past the innermost: a matrix transpose
  kTransposeBlocks,    // several axes move, whole runs are copied
  kTransposeElements,  // several axes move, the innermost among them
  kConcat,
  kSplit,
  kSlice,
  kExpand,
  kGather,
  kResize,
  kUpsample,
  kDepthToSpace,
  kCast,
  kView,
  // Parents of what has no data of its own.
  kTranspose,  // all transposes
  kStream,     // whatever is bound by moving its operands once
  kCount,
};

// How a class with few points leans on its parent.
enum class Shrinkage : uint8_t {
  kNone,
  kHinges,  // only on what lies beyond the caches
  kAll,
};

struct KernelClassRow {
  absl::string_view name;  // "conv_blocked_pointwise"
  std::optional<KernelClass> parent;
  Shrinkage shrinkage = Shrinkage::kNone;
  Pattern pattern = Pattern::kOther;  // what reports group it under
  absl::Span<const Term> always;      // terms that the form has in any case
  absl::Span<const Term> optional;    // terms that cross-validation may add
};
const KernelClassRow& Row(KernelClass kernel_class);
inline absl::string_view Name(KernelClass kernel_class) { return Row(kernel_class).name; }
absl::StatusOr<KernelClass> ParseKernelClass(absl::string_view name);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_KERNEL_CLASS_H_
