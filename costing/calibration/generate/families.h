// What each family builds: one function a family, in the file of its kind.
#ifndef OPCOST_COSTING_CALIBRATION_GENERATE_FAMILIES_H_
#define OPCOST_COSTING_CALIBRATION_GENERATE_FAMILIES_H_

#include "costing/calibration/generate/net.h"

namespace opcost::generate {

// convnet.cc
void BuildConvnet(Net& net);
void BuildConvnetDeep(Net& net);
// mobile.cc
void BuildMobile(Net& net);
void BuildDepthwise(Net& net);
void BuildShuffle(Net& net);
void BuildGrouped(Net& net);
void BuildPlainDepthwise(Net& net);
void BuildStem(Net& net);
// detector.cc
void BuildDetector(Net& net);
void BuildSegmenter(Net& net);
void BuildUpsampler(Net& net);
// transformer.cc
void BuildEncoder(Net& net);
void BuildVisionTransformer(Net& net);
void BuildWindowTransformer(Net& net);
void BuildCrossTransformer(Net& net);
// decoder.cc
void BuildDecoder(Net& net);
void BuildGpt(Net& net);
// fused.cc
void BuildFusedEncoder(Net& net);
void BuildFusedDecoder(Net& net);
void BuildAttentionOperators(Net& net);
// sequence.cc
void BuildRecurrent(Net& net);
void BuildTemporal(Net& net);
void BuildSpectral(Net& net);
void BuildVideo(Net& net);
// hybrid.cc
void BuildHybrid(Net& net);
void BuildMixer(Net& net);
// elementwise.cc
void BuildActivations(Net& net);
void BuildBroadcasts(Net& net);
void BuildLogic(Net& net);
void BuildSmall(Net& net);
// movement.cc
void BuildTransposes(Net& net);
void BuildCopies(Net& net);
void BuildIndexing(Net& net);
// rows.cc
void BuildReductions(Net& net);
void BuildNorms(Net& net);
void BuildPools(Net& net);
// products.cc
void BuildGemms(Net& net);
void BuildVectors(Net& net);
void BuildBatchedProducts(Net& net);
void BuildEinsums(Net& net);
void BuildWide(Net& net);
// quantized.cc
void BuildQuantizedConvnet(Net& net);
void BuildQuantizedOperators(Net& net);
void BuildDynamicEncoder(Net& net);
void BuildFewBits(Net& net);
void BuildQuantizedRecurrent(Net& net);
void BuildFloat8(Net& net);
// suppression.cc
void BuildSuppression(Net& net);
// half.cc
void BuildHalf(Net& net);

}  // namespace opcost::generate

#endif  // OPCOST_COSTING_CALIBRATION_GENERATE_FAMILIES_H_
