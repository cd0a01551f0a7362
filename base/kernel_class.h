// Classes of kernels that run the same code and so share one time form, finer than patterns: the layout, the kernel
// size and which operand is stored decide. What a profile has entries for where a runtime's kernels are known.
#ifndef OPCOST_BASE_KERNEL_CLASS_H_
#define OPCOST_BASE_KERNEL_CLASS_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/pattern.h"

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
  // On integers, channels last.
  kConvQuantized,
  kConvQuantizedPointwise,
  kConvQuantizedDepthwise,
  kConvQuantizedUnsigned,  // weights, too: other instructions
  // Products. "Stored": the second operand is a weight, packed once.
  kMatmulStored,
  kMatvecStored,
  kMatmulBatched,
  kMatmulBatchedTransposed,
  kEinsum,  // operands and result transposed as its labels ask
  kMatvecBatched,
  kMatmulQuantized,  // on integers; operands may be quantised on the way
  kMatvecQuantized,
  kMatmulNbits,  // weights of a few bits, dequantised block by block
  kMatvecNbits,
  kMatmulNbitsInt8,  // rows quantised on the way, sums of integers
  kMatvecNbitsInt8,
  kFourier,    // transforms along one axis
  kAttention,  // scores, softmax and values in one kernel
  kLstm,
  kGru,
  kRnn,
  kLstmQuantized,
  // Element by element.
  kGelu,
  kBiasGelu,
  kFastGelu,
  kSigmoid,
  kTanh,
  kErf,
  kActivation,
  kUnary,  // Neg, Abs, Sqrt …: not vectorised by hand
  kRounding,
  kExponential,
  kTranscendental,  // one call an element: Log, Sin, Cos …
  kSoftplus,        // two calls an element
  kQuantize,        // to integers
  kDequantize,      // from integers
  kQuantizeFloat8,  // to 8-bit floats
  kDequantizeFloat8,
  kElementwiseSame,
  kElementwiseRow,     // an operand repeats along outer axes
  kElementwiseColumn,  // along inner axes
  kElementwiseScalar,
  kElementwiseOther,  // on integers
  kWhere,
  kPower,
  kDivideIntegers,  // quotients and remainders
  kPrelu,
  kElementwiseQuantized,
  // Along rows.
  kSoftmax,
  kSoftmaxStrided,  // one axis before the innermost: rows are brought there and back
  kSoftmaxOuter,    // further out: element by element
  kSoftmaxQuantized,
  kLayernorm,
  kSkipLayernorm,
  kRmsnorm,
  kInstancenorm,
  kBatchnorm,
  kLocalNorm,  // over neighbouring channels
  kReduce,
  kReduceOuter,  // the innermost axis is kept
  kReduceOther,  // products, squares, logarithms
  // Windows.
  kPoolMaxBlocked,
  kPoolAverageBlocked,
  kPoolGlobalBlocked,
  kPoolMax,
  kPoolAverage,
  kPoolGlobal,
  kPoolQuantized,  // on integers, channels last
  kPoolMaxBytes,   // on integers, channels first
  kPoolAverageQuantized,
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
  kTile,
  kGather,
  kScatter,  // rows through indices
  kScatterElements,
  kSelect,  // searching along rows
  kTopK,
  kNonZero,      // places of what is not zero
  kSuppression,  // of boxes that overlap
  kPad,
  kRotary,
  kResize,
  kResizeCubic,
  kGridSample,
  kUpsample,
  kDepthToSpace,
  kCast,
  kView,
  kOther,  // no class of its own
  // Parents of what has no data of its own.
  kTranspose,  // all transposes
  kStream,     // whatever is bound by moving its operands once
  kCount,
};

absl::string_view Name(KernelClass kernel_class);  // "conv_blocked_pointwise"
// The class whose form stands in where a profile has none for this one; `stream` is the last of most chains.
std::optional<KernelClass> Parent(KernelClass kernel_class);
// What reports group its rows under where nothing else names them.
Pattern PatternOf(KernelClass kernel_class);
// NotFound names the nearest.
absl::StatusOr<KernelClass> ParseKernelClass(absl::string_view name);

}  // namespace opcost

#endif  // OPCOST_BASE_KERNEL_CLASS_H_
