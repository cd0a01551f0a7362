// The passes, in the order in which executed.cc runs them. Each says in its file what it holds for.
#ifndef OPCOST_FRONTEND_RUNTIME_PASSES_H_
#define OPCOST_FRONTEND_RUNTIME_PASSES_H_

#include "frontend/runtime/executed.h"
#include "frontend/runtime/rewrite.h"

namespace opcost::internal {

// Each returns true when it changed something.
using Pass = bool (*)(Rewrite& rewrite, const RuntimeOptions& options);

// open_shapes.cc: not a pass. Leaves of the shapes what the runtime knows ahead; `other` is the file under another
// binding.
void ForgetOpenShapes(Rewrite& rewrite, const Graph& other);
// The shapes behind `n` that follow from what became known of its operands.
void LearnShapes(Rewrite& rewrite, NodeId n);
// fold.cc
bool InlineFunctions(Rewrite& rewrite, const RuntimeOptions& options);
bool InlineCastsEarly(Rewrite& rewrite, const RuntimeOptions& options);
bool InlineCasts(Rewrite& rewrite, const RuntimeOptions& options);
bool FoldConstants(Rewrite& rewrite, const RuntimeOptions& options);
bool EliminateNoOps(Rewrite& rewrite, const RuntimeOptions& options);
// duplicates.cc
bool MergeEqualNodes(Rewrite& rewrite, const RuntimeOptions& options);
// conv_folding.cc
bool FoldIntoConvolutions(Rewrite& rewrite, const RuntimeOptions& options);
// gemm.cc
bool FuseMatMulAdd(Rewrite& rewrite, const RuntimeOptions& options);
bool FuseMatMulAddLate(Rewrite& rewrite, const RuntimeOptions& options);
// reshapes.cc
bool FuseReshapes(Rewrite& rewrite, const RuntimeOptions& options);
// fuse_forms.cc
bool FuseFormsBasic(Rewrite& rewrite, const RuntimeOptions& options);
bool FuseFormsExtended(Rewrite& rewrite, const RuntimeOptions& options);
// activation_fusion.cc
bool FuseActivations(Rewrite& rewrite, const RuntimeOptions& options);
bool FuseConvSums(Rewrite& rewrite, const RuntimeOptions& options);
// transposes.cc
bool PushTransposes(Rewrite& rewrite, const RuntimeOptions& options);
bool PushTransposesLate(Rewrite& rewrite, const RuntimeOptions& options);
// fused_matmul.cc
bool FuseIntoMatMul(Rewrite& rewrite, const RuntimeOptions& options);
// split.cc
bool FuseSplits(Rewrite& rewrite, const RuntimeOptions& options);
// skip_norm.cc
bool FuseSkipNorms(Rewrite& rewrite, const RuntimeOptions& options);
// qdq.cc
void UnfoldDequantized(Rewrite& rewrite);  // before all passes
// After Transposes moved.
bool RepairQuantised(Rewrite& rewrite);
bool SpreadQuantisation(Rewrite& rewrite, const RuntimeOptions& options);
bool FuseQuantised(Rewrite& rewrite, const RuntimeOptions& options);
// bias_scale.cc: whether a convolution on integers can take the bias, from the DequantizeLinear of its operands.
bool BiasFits(Rewrite& rewrite, const RuntimeOptions& options, NodeId input, NodeId weight, NodeId bias);
// bias_quantisation.cc
bool QuantiseBiases(Rewrite& rewrite, const RuntimeOptions& options);
// half_functions.cc
bool ExpandHalfFunctions(Rewrite& rewrite);
// half_precision.cc: between the levels. First, before level extended; the other behind it, true when weights were
// converted, after which level extended has something to do.
void GiveHalfKernels(Rewrite& rewrite, const RuntimeOptions& options);
bool InsertCasts(Rewrite& rewrite, const RuntimeOptions& options);
// dynamic_quantisation.cc
bool FuseDynamicQuantisation(Rewrite& rewrite, const RuntimeOptions& options);
// channels_last.cc
bool PutChannelsLast(Rewrite& rewrite, const RuntimeOptions& options);
// blocked.cc
bool BlockLayout(Rewrite& rewrite, const RuntimeOptions& options);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_RUNTIME_PASSES_H_
