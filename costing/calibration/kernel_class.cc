#include "costing/calibration/kernel_class.h"

#include <array>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"

namespace opcost {
namespace {

using M = KernelMetric;
using S = TermScope;
using C = KernelClass;
using P = Pattern;
constexpr Term kOne = {M::kDispatches, S::kAll};
constexpr Term kMacs = {M::kTiledMacs, S::kAll};
constexpr Term kBorder = {M::kBorderMacs, S::kAll};
constexpr Term kSteps = {M::kTileSteps, S::kAll};
constexpr Term kAlias = {M::kAliasedMacs, S::kAll};
constexpr Term kPass = {M::kPassBytes, S::kAll};
constexpr Term kPack = {M::kPackedElements, S::kAll};
constexpr Term kCalls = {M::kInnerCalls, S::kAll};
constexpr Term kBytes = {M::kBytes, S::kAll};
constexpr Term kBytesL2 = {M::kBytes, S::kBeyondL2};
constexpr Term kBytesLlc = {M::kBytes, S::kBeyondLlc};
constexpr Term kActs = {M::kActivationBytes, S::kAll};
constexpr Term kActsL2 = {M::kActivationBytes, S::kBeyondL2};
constexpr Term kActsLlc = {M::kActivationBytes, S::kBeyondLlc};
constexpr Term kWeights = {M::kWeightBytes, S::kAll};
constexpr Term kMissed = {M::kWeightBytes, S::kMissedEachRun};
constexpr Term kResidual = {M::kResidualBytes, S::kAll};
constexpr Term kActOps = {M::kActivationOps, S::kAll};
constexpr Term kActExp = {M::kActivationTranscendentals, S::kAll};
constexpr Term kRows = {M::kRows, S::kAll};
constexpr Term kVectors = {M::kRowVectors, S::kAll};
constexpr Term kTaps = {M::kTaps, S::kAll};
constexpr Term kPlanes = {M::kPlanes, S::kAll};
constexpr Term kAliasBytes = {M::kAliasedBytes, S::kAll};

// Forms, by what kind of code runs.
constexpr std::array kCompute = {kOne, kMacs};
constexpr std::array kComputeCalls = {kOne, kMacs, kCalls};
constexpr std::array kVectorProduct = {kOne, kWeights};
constexpr std::array kVectorProducts = {kOne, kCalls, kBytes};
constexpr std::array kFlow = {kOne, kBytes};
constexpr std::array kLaunch = {kOne};
constexpr std::array kFlowRuns = {kOne, kBytes, kRows};
constexpr std::array kRowsOnly = {kOne, kRows, kVectors};

constexpr std::array kBlockedTerms = {kBorder, kSteps, kAlias, kResidual, kMissed, kActsL2, kActOps, kActExp};
constexpr std::array kFirstTerms = {kBorder, kSteps, kAlias, kResidual, kActs, kActsL2, kActOps, kActExp};
constexpr std::array kPointwiseTerms = {kSteps, kAlias, kResidual, kWeights, kMissed, kActsL2, kActOps, kActExp};
constexpr std::array kDepthwiseTerms = {kBorder,  kSteps,  kResidual, kActs,  kActsL2,
                                        kActsLlc, kMissed, kActOps,   kActExp};
constexpr std::array kPlainTerms = {kPack, kPass, kSteps, kActs, kMissed, kActOps, kActExp};
constexpr std::array kGroupedTerms = {kPack, kPass, kActs, kActOps};
constexpr std::array kPlainDepthwiseTerms = {kActs, kActOps};
constexpr std::array kVectorTerms = {kMissed, kActOps, kActExp};
constexpr std::array kStoredTerms = {kPass, kSteps, kAlias, kMissed, kBytesL2, kActOps};
constexpr std::array kMatvecTerms = {kMissed, kActOps};
constexpr std::array kBatchedTerms = {kPass, kSteps, kAlias, kPack, kBytesL2};
constexpr std::array kHinges = {kBytesL2, kBytesLlc};
constexpr std::array kWithRows = {kRows, kBytesL2, kBytesLlc};
constexpr std::array kWithTaps = {kTaps, kBytesL2, kBytesLlc};
constexpr std::array kWithMacs = {kMacs, kBytesL2, kBytesLlc};
constexpr std::array kWithAlias = {kAliasBytes, kBytesL2, kBytesLlc};
constexpr std::array kWithPlanes = {kAliasBytes, kPlanes, kBytesL2, kBytesLlc};
constexpr absl::Span<const Term> kNothing = {};

constexpr Shrinkage kNone = Shrinkage::kNone;
constexpr Shrinkage kOnHinges = Shrinkage::kHinges;
constexpr Shrinkage kOnAll = Shrinkage::kAll;
constexpr std::nullopt_t kRoot = std::nullopt;

// In the order of the enum.
const std::array<KernelClassRow, static_cast<size_t>(C::kCount)>& Table() {
  static const std::array<KernelClassRow, static_cast<size_t>(C::kCount)> table = {{
      {"conv_blocked", kRoot, kNone, P::kConv2d, kCompute, kBlockedTerms},
      {"conv_blocked_first", C::kConvBlocked, kNone, P::kConv2d, kCompute, kFirstTerms},
      {"conv_blocked_pointwise", C::kConvBlocked, kNone, P::kPointwise, kCompute, kPointwiseTerms},
      {"conv_blocked_depthwise", C::kConvBlocked, kNone, P::kDepthwise, kCompute, kDepthwiseTerms},
      {"conv_plain", kRoot, kNone, P::kConv2d, kCompute, kPlainTerms},
      {"conv_plain_pointwise", C::kConvPlain, kOnAll, P::kPointwise, kCompute, kPlainTerms},
      {"conv_plain_grouped", C::kConvPlain, kNone, P::kGrouped, kComputeCalls, kGroupedTerms},
      {"conv_plain_depthwise", C::kConvPlain, kNone, P::kDepthwise, kComputeCalls, kPlainDepthwiseTerms},
      {"conv_plain_vector", C::kConvPlain, kNone, P::kPointwise, kVectorProduct, kVectorTerms},
      {"conv_transpose", C::kConvPlain, kNone, P::kTransposed, kCompute, kWithMacs},
      {"matmul_stored", kRoot, kNone, P::kGemm, kCompute, kStoredTerms},
      {"matvec_stored", C::kMatmulStored, kNone, P::kGemm, kVectorProduct, kMatvecTerms},
      {"matmul_batched", C::kMatmulStored, kOnAll, P::kMatmul, kComputeCalls, kBatchedTerms},
      {"matmul_batched_transposed", C::kMatmulBatched, kOnAll, P::kMatmul, kComputeCalls, kBatchedTerms},
      {"matvec_batched", C::kMatmulBatched, kNone, P::kMatmul, kVectorProducts, kNothing},
      {"lstm", kRoot, kNone, P::kRecurrent, kCompute, kWithRows},
      {"gru", C::kLstm, kNone, P::kRecurrent, kCompute, kWithRows},
      {"rnn", C::kLstm, kNone, P::kRecurrent, kCompute, kWithRows},
      {"gelu", C::kStream, kOnHinges, P::kGelu, kFlow, kHinges},
      {"bias_gelu", C::kGelu, kNone, P::kGelu, kFlow, kHinges},
      {"fast_gelu", C::kGelu, kNone, P::kGelu, kFlow, kHinges},
      {"sigmoid", C::kStream, kOnAll, P::kSilu, kFlow, kHinges},
      {"tanh", C::kSigmoid, kNone, P::kActivation, kFlow, kHinges},
      {"activation", C::kStream, kOnAll, P::kActivation, kFlow, kHinges},
      {"elementwise_same", C::kStream, kOnAll, P::kElementwise, kFlow, kHinges},
      {"elementwise_row", C::kStream, kOnAll, P::kElementwise, kFlow, kWithRows},
      {"elementwise_column", C::kStream, kOnAll, P::kElementwise, kFlow, kWithRows},
      {"elementwise_scalar", C::kStream, kOnAll, P::kElementwise, kFlow, kHinges},
      {"elementwise_other", C::kStream, kOnAll, P::kElementwise, kFlow, kHinges},
      {"softmax", C::kStream, kOnHinges, P::kSoftmax, kRowsOnly, kHinges},
      {"softmax_strided", C::kStream, kOnHinges, P::kSoftmax, kFlow, kHinges},
      {"layernorm", C::kStream, kOnHinges, P::kLayernorm, kFlow, kWithRows},
      {"skip_layernorm", C::kLayernorm, kNone, P::kLayernorm, kFlow, kWithRows},
      {"rmsnorm", C::kLayernorm, kNone, P::kRmsnorm, kFlow, kWithRows},
      {"instancenorm", C::kStream, kOnHinges, P::kBatchnorm, kFlow, kHinges},
      {"batchnorm", C::kStream, kOnAll, P::kBatchnorm, kFlow, kHinges},
      {"reduce", C::kStream, kOnHinges, P::kReduce, kFlow, kHinges},
      {"pool_max_blocked", C::kStream, kOnHinges, P::kPool, kFlow, kWithTaps},
      {"pool_average_blocked", C::kStream, kOnHinges, P::kPool, kFlow, kWithTaps},
      {"pool_global_blocked", C::kStream, kOnHinges, P::kPool, kFlow, kHinges},
      {"pool_max", C::kPoolMaxBlocked, kNone, P::kPool, kFlow, kWithTaps},
      {"pool_average", C::kPoolAverageBlocked, kNone, P::kPool, kFlow, kWithTaps},
      {"pool_global", C::kStream, kOnHinges, P::kPool, kFlow, kHinges},
      {"reorder_input", C::kStream, kOnAll, P::kMove, kFlow, kWithPlanes},
      {"reorder_input_nhwc", C::kStream, kOnAll, P::kMove, kFlow, kHinges},
      {"reorder_output", C::kStream, kOnAll, P::kMove, kFlow, kWithPlanes},
      {"reorder_output_nhwc", C::kStream, kOnAll, P::kMove, kFlow, kHinges},
      {"transpose_copy", C::kStream, kOnAll, P::kMove, kFlow, kHinges},
      {"transpose_axis", C::kTranspose, kOnAll, P::kMove, kFlowRuns, kWithAlias},
      {"transpose_plane", C::kStream, kOnAll, P::kMove, kFlow, kWithAlias},
      {"transpose_blocks", C::kTranspose, kOnAll, P::kMove, kFlowRuns, kWithAlias},
      {"transpose_elements", C::kTranspose, kOnAll, P::kMove, kFlowRuns, kHinges},
      {"concat", C::kStream, kOnAll, P::kMove, kFlow, kWithRows},
      {"split", C::kStream, kOnAll, P::kMove, kFlow, kWithRows},
      {"slice", C::kStream, kOnAll, P::kMove, kFlow, kWithRows},
      {"expand", C::kStream, kOnAll, P::kMove, kFlow, kHinges},
      {"gather", C::kStream, kOnAll, P::kEmbedding, kFlow, kHinges},
      {"resize", C::kStream, kOnHinges, P::kMove, kFlow, kHinges},
      {"upsample", C::kStream, kOnHinges, P::kMove, kFlow, kHinges},
      {"depth_to_space", C::kTranspose, kOnAll, P::kMove, kFlow, kHinges},
      {"cast", C::kStream, kOnAll, P::kMove, kFlow, kHinges},
      {"view", C::kStream, kNone, P::kFree, kLaunch, kNothing},
      {"transpose", C::kStream, kOnAll, P::kMove, kFlowRuns, kHinges},
      {"stream", kRoot, kNone, P::kAny, kFlow, kHinges},
  }};
  return table;
}

}  // namespace

const KernelClassRow& Row(KernelClass kernel_class) { return Table()[static_cast<size_t>(kernel_class)]; }

absl::StatusOr<KernelClass> ParseKernelClass(absl::string_view name) {
  std::vector<std::string> names;
  for (size_t i = 0; i < Table().size(); ++i) {
    if (Table()[i].name == name) return static_cast<KernelClass>(i);
    names.emplace_back(Table()[i].name);
  }
  return absl::NotFoundError(absl::StrCat("'", name, "' is no kernel class", DidYouMean(name, names)));
}

}  // namespace opcost
