#include "costing/calibration/generate/generate.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/text.h"
#include "costing/calibration/generate/families.h"

namespace opcost {
namespace {

struct FamilyRow {
  const char* name;
  const char* summary;
  void (*build)(generate::Net& net);
  int per_round = 1;
  // The operator sets that networks take in turn; equal where operators exist in one only.
  int first_opset = 17, last_opset = 20;
};

// In an order in which neighbours differ: a round that is cut short is cut anywhere.
constexpr std::array kFamilies = {
    FamilyRow{"convnet", "dense, pointwise, dilated convolutions; residuals, dense blocks, inceptions",
              generate::BuildConvnet, 3},
    FamilyRow{"vision-transformer", "patches, packed attention, classifiers", generate::BuildVisionTransformer, 2},
    FamilyRow{"mobile", "inverted bottlenecks, squeeze-excite, hard activations", generate::BuildMobile, 3},
    FamilyRow{"encoder", "text: embeddings, masks, norms before or behind, every Gelu", generate::BuildEncoder, 2},
    FamilyRow{"decoder", "language models: caches, rotary positions, grouped queries, gates", generate::BuildDecoder,
              2},
    FamilyRow{"detector", "cross-stage blocks, pyramids, upsampling, decoded boxes", generate::BuildDetector, 2},
    FamilyRow{"window", "attention in shifted windows", generate::BuildWindowTransformer, 2},
    FamilyRow{"grouped", "grouped convolutions, blocks filled or not", generate::BuildGrouped, 2},
    FamilyRow{"gpt", "packed attention under causal masks, tanh Gelu", generate::BuildGpt},
    FamilyRow{"quantized-convnet", "8-bit convolutions between QuantizeLinear and DequantizeLinear",
              generate::BuildQuantizedConvnet, 2},
    FamilyRow{"hybrid", "ConvNeXt, pooling and attention over channels and maps", generate::BuildHybrid, 2},
    FamilyRow{"depthwise", "depthwise convolutions over kernels, strides, channels, sizes", generate::BuildDepthwise},
    FamilyRow{"gemms", "products by weights over M, N, K", generate::BuildGemms},
    FamilyRow{"segmenter", "images to images: group and instance norms, transposed convolutions",
              generate::BuildSegmenter},
    FamilyRow{"recurrent", "LSTM, GRU, RNN in one and both directions", generate::BuildRecurrent, 2},
    FamilyRow{"deep", "wide convolutions at few positions", generate::BuildConvnetDeep, 2},
    FamilyRow{"batched-products", "many products at once: scores and values", generate::BuildBatchedProducts},
    FamilyRow{"stems", "first layers: few channels, large kernels", generate::BuildStem},
    FamilyRow{"dynamic-encoder", "8-bit products with scales found on the way", generate::BuildDynamicEncoder, 2},
    FamilyRow{"few-bits", "4-bit weights in blocks", generate::BuildFewBits, 2},
    FamilyRow{"activations", "every activation and unary operator", generate::BuildActivations},
    FamilyRow{"cross", "cross attention, keys at fewer positions", generate::BuildCrossTransformer},
    FamilyRow{"transposes", "every kind of permutation", generate::BuildTransposes},
    FamilyRow{"vectors", "weights against one row: bound by memory", generate::BuildVectors, 3},
    FamilyRow{"norms", "every norm, alone and behind sums", generate::BuildNorms},
    FamilyRow{"temporal", "convolutions over time", generate::BuildTemporal},
    FamilyRow{"broadcasts", "operands alike, per row, per column, scalar", generate::BuildBroadcasts},
    FamilyRow{"plain-depthwise", "depthwise convolutions on the plain layout", generate::BuildPlainDepthwise},
    FamilyRow{"fused-encoder", "attention and norms as one operator each, as optimised files have them",
              generate::BuildFusedEncoder},
    FamilyRow{"shuffle", "channel shuffles", generate::BuildShuffle},
    FamilyRow{"reductions", "reductions and softmax over several shapes and axes", generate::BuildReductions},
    FamilyRow{"fused-decoder", "grouped-query attention with its cache as one operator", generate::BuildFusedDecoder},
    FamilyRow{"video", "convolutions and pools in three dimensions", generate::BuildVideo},
    FamilyRow{"copies", "slices, splits, concatenations, pads, repeats", generate::BuildCopies},
    FamilyRow{"pools", "windows of every kind", generate::BuildPools},
    FamilyRow{"quantized-operators", "8-bit operators of their own", generate::BuildQuantizedOperators, 3},
    FamilyRow{"mixer", "layers over tokens, per-channel factors", generate::BuildMixer},
    FamilyRow{"logic", "comparisons, selections, casts, integers", generate::BuildLogic},
    FamilyRow{"small", "arithmetic on shapes and single rows", generate::BuildSmall},
    FamilyRow{"indexing", "gathers, scatters, sorting, searching", generate::BuildIndexing},
    FamilyRow{"spectral", "Fourier transforms", generate::BuildSpectral},
    FamilyRow{"suppression", "what detectors do with their boxes", generate::BuildSuppression},
    FamilyRow{"upsampler", "generators of images: pads, resizing", generate::BuildUpsampler},
    FamilyRow{"einsums", "Einsum over several equations", generate::BuildEinsums},
    FamilyRow{"half", "16-bit floats", generate::BuildHalf},
    FamilyRow{"attention-operators", "Attention, RotaryEmbedding, RMSNormalization of ONNX",
              generate::BuildAttentionOperators, 1, 23, 23},
    FamilyRow{"quantized-recurrent", "LSTM on 8-bit weights", generate::BuildQuantizedRecurrent, 2},
    FamilyRow{"float8", "8-bit floats between QuantizeLinear and DequantizeLinear", generate::BuildFloat8, 1, 19, 20},
    FamilyRow{"wide", "single layers as large as real models have them", generate::BuildWide, 6},
};

}  // namespace

const std::vector<NetworkFamily>& NetworkFamilies() {
  static const auto* const families = [] {
    auto* list = new std::vector<NetworkFamily>;
    for (const FamilyRow& row : kFamilies) list->push_back({row.name, row.summary});
    return list;
  }();
  return *families;
}

absl::StatusOr<GeneratedNetwork> GenerateNetwork(absl::string_view family, int64_t index, uint64_t seed) {
  const auto row =
      std::find_if(kFamilies.begin(), kFamilies.end(), [&](const FamilyRow& r) { return family == r.name; });
  if (row == kFamilies.end()) {
    std::vector<std::string> names;
    names.reserve(kFamilies.size());
    for (const FamilyRow& r : kFamilies) names.emplace_back(r.name);
    return absl::NotFoundError(
        absl::StrCat("no family of networks '", family, "'", DidYouMean(std::string(family), names)));
  }
  GeneratedNetwork network = {.name = absl::StrFormat("%s-%03d", row->name, index), .family = row->name};
  const int64_t opsets = row->last_opset - row->first_opset + 1;
  ModelBuilder builder(network.name, row->first_opset + static_cast<int>(index % opsets));
  generate::Net net(builder, generate::SeedOf(row->name, index, seed), index);
  row->build(net);
  absl::StatusOr<std::string> model = builder.Serialize();
  if (!model.ok()) return model.status();
  network.model = *std::move(model);
  return network;
}

int64_t NetworksInRound() {
  int64_t networks = 0;
  for (const FamilyRow& row : kFamilies) networks += row.per_round;
  return networks;
}

std::vector<NetworkChoice> NetworkOrder(int64_t count) {
  std::vector<NetworkChoice> order;
  std::array<int64_t, kFamilies.size()> made{};
  while (static_cast<int64_t>(order.size()) < count) {
    int most = 0;
    for (const FamilyRow& row : kFamilies) most = std::max(most, row.per_round);
    for (int turn = 0; turn < most; ++turn) {
      for (size_t f = 0; f < kFamilies.size(); ++f) {
        if (turn >= kFamilies[f].per_round || static_cast<int64_t>(order.size()) == count) continue;
        order.push_back({kFamilies[f].name, made[f]++});
      }
    }
  }
  return order;
}

}  // namespace opcost
