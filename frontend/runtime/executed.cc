#include "frontend/runtime/executed.h"

#include <array>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "frontend/runtime/passes.h"
#include "frontend/runtime/rewrite.h"

namespace opcost {
namespace {

using internal::Pass;
using internal::Rewrite;

// A level repeats its passes until none changes anything, at most so often.
constexpr int kMaxRounds = 10;
constexpr int kFirstMinor = 12, kLastMinor = 32;

constexpr std::array<Pass, 2> kBefore = {internal::InlineFunctions, internal::InlineCastsEarly};
constexpr std::array<Pass, 10> kBasic = {
    internal::EliminateNoOps, internal::FoldIntoConvolutions, internal::MergeEqualNodes, internal::FoldConstants,
    internal::FuseMatMulAdd,  internal::FuseReshapes,         internal::FuseFormsBasic,  internal::SpreadQuantisation,
    internal::QuantiseBiases, internal::PushTransposes,
};
// Once, as soon as the kernels are chosen.
constexpr std::array<Pass, 1> kAssigned = {internal::PushTransposesLate};
constexpr std::array<Pass, 8> kExtended = {
    internal::FuseQuantised, internal::FuseDynamicQuantisation, internal::FuseActivations, internal::FuseFormsExtended,
    internal::FuseSplits,    internal::FuseMatMulAddLate,       internal::FuseSkipNorms,   internal::FuseIntoMatMul,
};
constexpr std::array<Pass, 3> kAll = {internal::BlockLayout, internal::PutChannelsLast, internal::FuseConvSums};

void RunLevel(absl::Span<const Pass> passes, int rounds, Rewrite& rewrite, const RuntimeOptions& options) {
  for (int round = 0; round < rounds; ++round) {
    bool changed = false;
    for (const Pass pass : passes) {
      if (!pass(rewrite, options)) continue;
      changed = true;
      rewrite.Compact();
    }
    if (!changed) return;
  }
}

void RunExtended(Rewrite& rewrite, const RuntimeOptions& options) {
  if (options.level < RuntimeLevel::kExtended) return;
  RunLevel(kAssigned, 1, rewrite, options);
  RunLevel(kExtended, kMaxRounds, rewrite, options);
}

}  // namespace

absl::StatusOr<ExecutedGraph> ExecuteWithOnnxRuntime(const Graph& graph, const RuntimeOptions& options) {
  if (options.minor_version < kFirstMinor || options.minor_version > kLastMinor) {
    return absl::InvalidArgumentError(absl::StrCat("ONNX Runtime 1.", options.minor_version,
                                                   ": its rules are not known, expected 1.", kFirstMinor, " to 1.",
                                                   kLastMinor));
  }
  if (options.block != 8 && options.block != 16) {
    return absl::InvalidArgumentError(
        absl::StrCat("a block of ", options.block, " channels: expected 16 (with AVX-512) or 8 (without)"));
  }
  Rewrite rewrite(graph);
  if (options.other_binding != nullptr) internal::ForgetOpenShapes(rewrite, *options.other_binding);
  internal::UnfoldDequantized(rewrite);
  RunLevel(kBefore, 1, rewrite, options);
  rewrite.Compact();
  RunLevel(kBasic, kMaxRounds, rewrite, options);
  internal::InlineCasts(rewrite, options);
  internal::GiveHalfKernels(rewrite, options);
  RunExtended(rewrite, options);
  if (internal::InsertCasts(rewrite, options)) RunExtended(rewrite, options);
  rewrite.RememberShapes();
  if (options.level >= RuntimeLevel::kAll) RunLevel(kAll, 1, rewrite, options);
  return std::move(rewrite).Take();
}

}  // namespace opcost
