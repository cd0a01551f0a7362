#include "costing/calibration/kernel_forms.h"

#include <array>

namespace opcost {
namespace {

using M = Metric;
using S = TermScope;
constexpr Term kOne = {M::kDispatches, S::kAll};
constexpr Term kFlops = {M::kFlops, S::kAll};
constexpr Term kMacs = {M::kTiledMacs, S::kAll};
constexpr Term kBorder = {M::kBorderMacs, S::kAll};
constexpr Term kSteps = {M::kTileSteps, S::kAll};
constexpr Term kAlias = {M::kAliasedMacs, S::kAll};
constexpr Term kPass = {M::kPassBytes, S::kAll};
constexpr Term kPassMissed = {M::kPassBytes, S::kMissedEachPass};
constexpr Term kPack = {M::kPackedElements, S::kAll};
constexpr Term kCalls = {M::kCalls, S::kAll};
constexpr Term kBytes = {M::kBytes, S::kAll};
constexpr Term kBytesL2 = {M::kBytes, S::kBeyondL2};
constexpr Term kBytesLlc = {M::kBytes, S::kBeyondLlc};
constexpr Term kActs = {M::kActivationBytes, S::kAll};
constexpr Term kActsL2 = {M::kActivationBytes, S::kBeyondL2};
constexpr Term kActsLlc = {M::kActivationBytes, S::kBeyondLlc};
constexpr Term kWeights = {M::kWeightBytes, S::kAll};
constexpr Term kMissed = {M::kWeightBytes, S::kMissedEachRun};
constexpr Term kInputMissed = {M::kInputBytes, S::kMissedEachRun};
// What a launch takes more where the kernels before it leave nothing of it in the core: code, operands, the runtime's
// own tables.
constexpr Term kCold = {M::kDispatches, S::kDisplaced};
constexpr Term kResidual = {M::kResidualBytes, S::kAll};
constexpr Term kActOps = {M::kActivationOps, S::kAll};
constexpr Term kActExp = {M::kActivationTranscendentals, S::kAll};
constexpr Term kTranscendentals = {M::kTranscendentals, S::kAll};
constexpr Term kRows = {M::kRows, S::kAll};
constexpr Term kVectors = {M::kRowVectors, S::kAll};
constexpr Term kTaps = {M::kTaps, S::kAll};
constexpr Term kPlanes = {M::kPlanes, S::kAll};
constexpr Term kAliasBytes = {M::kAliasedBytes, S::kAll};

// Forms, by what kind of code runs.
constexpr std::array kCompute = {kOne, kMacs};
constexpr std::array kComputeCalls = {kOne, kMacs, kCalls};
constexpr std::array kRearranged = {kOne, kMacs, kPack};
constexpr std::array kRecurrent = {kOne, kMacs, kPass, kPassMissed};
constexpr std::array kVectorProduct = {kOne, kWeights};
constexpr std::array kVectorProducts = {kOne, kCalls, kBytes};
constexpr std::array kFlow = {kOne, kBytes};
constexpr std::array kComparisons = {kOne, kFlops};
constexpr std::array kLaunch = {kOne};
constexpr std::array kFlowRuns = {kOne, kBytes, kRows};
constexpr std::array kRowsOnly = {kOne, kRows, kVectors};

constexpr std::array kBlockedTerms = {kBorder, kSteps, kAlias, kResidual, kMissed, kActsL2, kActOps, kActExp};
constexpr std::array kFirstTerms = {kBorder, kSteps, kAlias, kResidual, kActs, kActsL2, kActOps, kActExp};
constexpr std::array kPointwiseTerms = {kSteps, kAlias, kResidual, kWeights, kMissed, kActsL2, kActOps, kActExp};
constexpr std::array kDepthwiseTerms = {kBorder,  kSteps,  kResidual, kActs,  kActsL2,
                                        kActsLlc, kMissed, kActOps,   kActExp};
constexpr std::array kPlainTerms = {kPack, kPass, kSteps, kActs, kMissed, kActOps, kActExp};
constexpr std::array kGroupedTerms = {kPack, kPass, kRows, kActs, kActOps};
constexpr std::array kPlainDepthwiseTerms = {kRows, kActs, kActOps};
constexpr std::array kVectorTerms = {kMissed, kCold, kActOps, kActExp};
constexpr std::array kStoredTerms = {kPass, kSteps, kRows, kAlias, kWeights, kMissed, kBytesL2, kActOps};
constexpr std::array kMatvecTerms = {kMissed, kCold, kActOps};
constexpr std::array kBatchedTerms = {kPass, kSteps, kAlias, kPack, kBytesL2};
constexpr std::array kEinsumTerms = {kCalls, kPass, kSteps, kBytesL2};
constexpr std::array kQuantizedTerms = {kPack, kSteps, kRows, kActs, kMissed, kActsL2};
constexpr std::array kQuantizedDepthwiseTerms = {kPack, kActs, kActsL2};
constexpr std::array kNbitsTerms = {kSteps, kWeights, kMissed, kActs};
constexpr std::array kVectorNbitsTerms = {kSteps, kMissed, kCold};
constexpr std::array kFourierTerms = {kRows, kActs};
constexpr std::array kAttentionTerms = {kTranscendentals, kRows, kActs, kInputMissed, kBytesL2};
constexpr std::array kHinges = {kCold, kBytesL2, kBytesLlc};
constexpr std::array kRecurrentTerms = {kRows, kTranscendentals, kBytesL2, kBytesLlc};
constexpr std::array kWithRows = {kCold, kRows, kBytesL2, kBytesLlc};
constexpr std::array kJoined = {kCold, kRows, kInputMissed, kBytesL2, kBytesLlc};
constexpr std::array kWithTaps = {kCold, kTaps, kBytesL2, kBytesLlc};
constexpr std::array kWithMacs = {kCold, kMacs, kBytesL2, kBytesLlc};
constexpr std::array kWithAlias = {kCold, kAliasBytes, kBytesL2, kBytesLlc};
constexpr std::array kWithPlanes = {kCold, kAliasBytes, kPlanes, kBytesL2, kBytesLlc};
constexpr std::array kColdOnly = {kCold};

constexpr bool kByPrecision = true;
constexpr Shrinkage kNone = Shrinkage::kNone;
constexpr Shrinkage kOnHinges = Shrinkage::kHinges;
constexpr Shrinkage kOnAll = Shrinkage::kAll;

// In the order of the enum.
const std::array<KernelForm, static_cast<size_t>(KernelClass::kCount)>& Table() {
  static const std::array<KernelForm, static_cast<size_t>(KernelClass::kCount)> table = {{
      {KernelClass::kConvBlocked, kNone, kCompute, kBlockedTerms, kByPrecision},
      {KernelClass::kConvBlockedFirst, kNone, kCompute, kFirstTerms, kByPrecision},
      {KernelClass::kConvBlockedPointwise, kNone, kCompute, kPointwiseTerms, kByPrecision},
      {KernelClass::kConvBlockedDepthwise, kNone, kCompute, kDepthwiseTerms, kByPrecision},
      {KernelClass::kConvPlain, kNone, kCompute, kPlainTerms, kByPrecision},
      {KernelClass::kConvPlainPointwise, kOnAll, kCompute, kPlainTerms, kByPrecision},
      {KernelClass::kConvPlainGrouped, kNone, kComputeCalls, kGroupedTerms, kByPrecision},
      {KernelClass::kConvPlainDepthwise, kNone, kComputeCalls, kPlainDepthwiseTerms, kByPrecision},
      {KernelClass::kConvPlainVector, kNone, kVectorProduct, kVectorTerms, kByPrecision},
      {KernelClass::kConvTranspose, kNone, kCompute, kWithMacs, kByPrecision},
      {KernelClass::kConvQuantized, kNone, kCompute, kQuantizedTerms},
      {KernelClass::kConvQuantizedPointwise, kOnAll, kCompute, kQuantizedTerms},
      {KernelClass::kConvQuantizedDepthwise, kNone, kCompute, kQuantizedDepthwiseTerms},
      {KernelClass::kConvQuantizedUnsigned, kNone, kCompute, kQuantizedTerms},
      {KernelClass::kMatmulStored, kNone, kCompute, kStoredTerms, kByPrecision},
      {KernelClass::kMatvecStored, kNone, kVectorProduct, kMatvecTerms, kByPrecision},
      {KernelClass::kMatmulBatched, kOnAll, kComputeCalls, kBatchedTerms, kByPrecision},
      {KernelClass::kMatmulBatchedTransposed, kOnAll, kComputeCalls, kBatchedTerms, kByPrecision},
      {KernelClass::kEinsum, kNone, kRearranged, kEinsumTerms, kByPrecision},
      {KernelClass::kMatvecBatched, kNone, kVectorProducts, kColdOnly, kByPrecision},
      {KernelClass::kMatmulQuantized, kNone, kCompute, kQuantizedTerms},
      {KernelClass::kMatvecQuantized, kNone, kVectorProduct, kVectorTerms},
      {KernelClass::kMatmulNbits, kNone, kCompute, kNbitsTerms},
      {KernelClass::kMatvecNbits, kNone, kVectorProduct, kVectorNbitsTerms},
      {KernelClass::kMatmulNbitsInt8, kNone, kCompute, kNbitsTerms},
      {KernelClass::kMatvecNbitsInt8, kNone, kVectorProduct, kVectorNbitsTerms},
      {KernelClass::kFourier, kNone, kCompute, kFourierTerms, kByPrecision},
      {KernelClass::kAttention, kOnAll, kCompute, kAttentionTerms, kByPrecision},
      {KernelClass::kLstm, kNone, kRecurrent, kRecurrentTerms, kByPrecision},
      {KernelClass::kGru, kNone, kRecurrent, kRecurrentTerms, kByPrecision},
      {KernelClass::kRnn, kNone, kRecurrent, kRecurrentTerms, kByPrecision},
      {KernelClass::kLstmQuantized, kNone, kRecurrent, kRecurrentTerms},
      {KernelClass::kGelu, kOnHinges, kFlow, kHinges},
      {KernelClass::kBiasGelu, kNone, kFlow, kHinges},
      {KernelClass::kFastGelu, kNone, kFlow, kHinges},
      {KernelClass::kSigmoid, kOnAll, kFlow, kHinges},
      {KernelClass::kTanh, kNone, kFlow, kHinges},
      {KernelClass::kErf, kNone, kFlow, kHinges},
      {KernelClass::kActivation, kOnAll, kFlow, kHinges},
      {KernelClass::kUnary, kOnAll, kFlow, kHinges},
      {KernelClass::kRounding, kNone, kFlow, kHinges},
      {KernelClass::kExponential, kNone, kFlow, kHinges},
      {KernelClass::kTranscendental, kNone, kFlow, kHinges},
      {KernelClass::kSoftplus, kNone, kFlow, kHinges},
      {KernelClass::kQuantize, kOnHinges, kFlow, kHinges},
      {KernelClass::kDequantize, kOnHinges, kFlow, kHinges},
      {KernelClass::kQuantizeFloat8, kNone, kFlow, kHinges},
      {KernelClass::kDequantizeFloat8, kNone, kFlow, kHinges},
      {KernelClass::kElementwiseSame, kOnAll, kFlow, kHinges},
      {KernelClass::kElementwiseRow, kOnAll, kFlow, kWithRows},
      {KernelClass::kElementwiseColumn, kOnAll, kFlow, kWithRows},
      {KernelClass::kElementwiseScalar, kOnAll, kFlow, kHinges},
      {KernelClass::kElementwiseOther, kOnAll, kFlow, kHinges},
      {KernelClass::kWhere, kNone, kFlow, kWithRows},
      {KernelClass::kPower, kNone, kFlow, kHinges},
      {KernelClass::kDivideIntegers, kNone, kFlow, kHinges},
      {KernelClass::kPrelu, kNone, kFlow, kWithRows},
      {KernelClass::kElementwiseQuantized, kNone, kFlow, kHinges},
      {KernelClass::kSoftmax, kOnHinges, kRowsOnly, kHinges},
      {KernelClass::kSoftmaxStrided, kOnHinges, kFlow, kWithRows},
      {KernelClass::kSoftmaxOuter, kOnHinges, kFlow, kHinges},
      {KernelClass::kSoftmaxQuantized, kNone, kFlow, kHinges},
      {KernelClass::kLayernorm, kOnHinges, kFlow, kWithRows},
      {KernelClass::kSkipLayernorm, kNone, kFlow, kWithRows},
      {KernelClass::kRmsnorm, kNone, kFlow, kWithRows},
      {KernelClass::kInstancenorm, kOnHinges, kFlow, kHinges},
      {KernelClass::kBatchnorm, kOnAll, kFlow, kHinges},
      {KernelClass::kLocalNorm, kNone, kFlow, kHinges},
      {KernelClass::kReduce, kOnHinges, kFlow, kWithRows},
      {KernelClass::kReduceOuter, kNone, kFlow, kWithRows},
      {KernelClass::kReduceOther, kNone, kFlow, kHinges},
      {KernelClass::kPoolMaxBlocked, kOnHinges, kFlow, kWithTaps},
      {KernelClass::kPoolAverageBlocked, kOnHinges, kFlow, kWithTaps},
      {KernelClass::kPoolGlobalBlocked, kOnHinges, kFlow, kHinges},
      {KernelClass::kPoolMax, kNone, kFlow, kWithTaps},
      {KernelClass::kPoolAverage, kNone, kFlow, kWithTaps},
      {KernelClass::kPoolGlobal, kOnHinges, kFlow, kHinges},
      {KernelClass::kPoolQuantized, kNone, kFlow, kWithTaps},
      {KernelClass::kPoolMaxBytes, kNone, kFlow, kWithTaps},
      {KernelClass::kPoolAverageQuantized, kNone, kFlow, kWithTaps},
      {KernelClass::kReorderInput, kOnAll, kFlow, kWithPlanes},
      {KernelClass::kReorderInputNhwc, kOnAll, kFlow, kHinges},
      {KernelClass::kReorderOutput, kOnAll, kFlow, kWithPlanes},
      {KernelClass::kReorderOutputNhwc, kOnAll, kFlow, kHinges},
      {KernelClass::kTransposeCopy, kOnAll, kFlow, kHinges},
      {KernelClass::kTransposeAxis, kOnAll, kFlowRuns, kWithAlias},
      {KernelClass::kTransposePlane, kOnAll, kFlow, kWithAlias},
      {KernelClass::kTransposeBlocks, kOnAll, kFlowRuns, kWithAlias},
      {KernelClass::kTransposeElements, kOnAll, kFlowRuns, kHinges},
      {KernelClass::kConcat, kOnAll, kFlow, kJoined},
      {KernelClass::kSplit, kOnAll, kFlow, kWithRows},
      {KernelClass::kSlice, kOnAll, kFlow, kWithRows},
      {KernelClass::kExpand, kOnAll, kFlow, kWithRows},
      {KernelClass::kTile, kNone, kFlow, kWithRows},
      {KernelClass::kGather, kOnAll, kFlow, kWithRows},
      {KernelClass::kScatter, kNone, kFlow, kWithRows},
      {KernelClass::kScatterElements, kNone, kFlow, kHinges},
      {KernelClass::kSelect, kNone, kFlow, kHinges},
      {KernelClass::kTopK, kNone, kFlow, kHinges},
      {KernelClass::kNonZero, kNone, kFlow, kHinges},
      {KernelClass::kSuppression, kNone, kComparisons, kColdOnly},
      {KernelClass::kPad, kOnAll, kFlow, kWithRows},
      {KernelClass::kRotary, kOnAll, kFlow, kHinges},
      {KernelClass::kResize, kOnHinges, kFlow, kWithTaps},
      {KernelClass::kResizeCubic, kNone, kFlow, kWithTaps},
      {KernelClass::kGridSample, kNone, kFlow, kHinges},
      {KernelClass::kUpsample, kOnHinges, kFlow, kWithTaps},
      {KernelClass::kDepthToSpace, kOnAll, kFlow, kHinges},
      {KernelClass::kCast, kOnAll, kFlow, kHinges},
      {KernelClass::kView, kNone, kLaunch, kColdOnly},
      {KernelClass::kOther, kNone, kFlow, kHinges},
      {KernelClass::kTranspose, kOnAll, kFlowRuns, kHinges},
      {KernelClass::kStream, kNone, kFlow, kHinges},
  }};
  return table;
}

}  // namespace

const KernelForm& FormOf(KernelClass kernel_class) { return Table()[static_cast<size_t>(kernel_class)]; }

}  // namespace opcost
