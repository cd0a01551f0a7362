// Searches that run a decoder in a loop of their own.
#include <optional>
#include <string>
#include <vector>

#include "frontend/contrib/contrib.h"
#include "onnx/defs/tensor_proto_util.h"

namespace opcost::internal {
namespace {

using onnx::Dim;
using onnx::InferenceContext;
using onnx::TensorShapeProto;

// The one element of an int32 input, where it is known.
Dim Given(const InferenceContext& ctx, size_t input) {
  const onnx::TensorProto* data = input < ctx.getNumInputs() ? ctx.getInputData(input) : nullptr;
  if (data == nullptr || data->data_type() != onnx::TensorProto::INT32) return {};
  const std::vector<int32_t> values = onnx::ParseData<int32_t>(data);
  return values.size() == 1 ? DimOf(values[0]) : Dim();
}

Dim Vocabulary(InferenceContext& ctx) {
  const int64_t given = onnx::getAttribute(ctx, std::string("vocab_size"), int64_t{0});
  return given > 0 ? DimOf(given) : Dim();
}

// ids [B, S], max_length → [B, max_length] and the scores of the words.
void Greedy(InferenceContext& ctx) {
  SetType(ctx, 0, onnx::TensorProto::INT32);
  SetShape(ctx, 0, {AxisOf(ctx, 0, 0), Given(ctx, 1)});
  SetType(ctx, 1, onnx::TensorProto::FLOAT);
  SetShape(ctx, 1, {AxisOf(ctx, 0, 0), Vocabulary(ctx)});
}

// ids [B, S], max_length, min_length, beams, sequences to return → [B, R, max_length], their scores [B, R], and those
// of every word at every step [steps, B, beams, V].
void Beams(InferenceContext& ctx) {
  const Dim b = AxisOf(ctx, 0, 0), returned = Given(ctx, 4);
  SetType(ctx, 0, onnx::TensorProto::INT32);
  SetShape(ctx, 0, {b, returned, Given(ctx, 1)});
  TypeFrom(ctx, 5, 1);
  SetType(ctx, 1, onnx::TensorProto::FLOAT);
  SetShape(ctx, 1, {b, returned});
  SetType(ctx, 2, onnx::TensorProto::FLOAT);
  SetShape(ctx, 2, {Dim(), b, Given(ctx, 3), Vocabulary(ctx)});
}

void WhisperBeams(InferenceContext& ctx) {
  Beams(ctx);
  SetType(ctx, 3, onnx::TensorProto::FLOAT);
  SetType(ctx, 4, onnx::TensorProto::FLOAT);
  SetShape(ctx, 4, {AxisOf(ctx, 0, 0)});
}

// src and current tokens, how much of a suffix matched before, predicted tokens → tokens, and the suffix now.
void BifurcationDetector(InferenceContext& ctx) {
  SetType(ctx, 0, onnx::TensorProto::INT64);
  SetShape(ctx, 0, {Dim()});
  SameAs(ctx, 2, 1);
}

constexpr const char* kBeamInputs =
    "input_ids:A max_length:int32 min_length?:int32 num_beams:int32 num_return_sequences:int32 length_penalty?:T "
    "repetition_penalty?:T vocab_mask?:int32 prefix_vocab_mask?:int32 attention_mask?:int32 decoder_input_ids?:int32 "
    "logits_processor?:int32";
constexpr const char* kSearch =
    "decoder:g! encoder:g init_decoder:g eos_token_id:i! pad_token_id:i! decoder_start_token_id:i model_type:i "
    "no_repeat_ngram_size:i vocab_size:i early_stopping:i";

constexpr ContribOperator kRows[] = {
    {"GreedySearch",
     "input_ids:int32 max_length:int32 min_length?:int32 repetition_penalty?:float vocab_mask?:int32 "
     "prefix_vocab_mask?:int32 attention_mask?:int32",
     "sequences:int32", kSearch, Greedy},
    {"Sampling",
     "input_ids:int32 max_length:int32 min_length?:int32 repetition_penalty?:float vocab_mask?:int32 "
     "prefix_vocab_mask?:int32 attention_mask?:int32 presence_mask?:int32 seed?:int32",
     "sequences:int32 filtered_logits?:float",
     "decoder:g! encoder:g init_decoder:g eos_token_id:i! pad_token_id:i! decoder_start_token_id:i model_type:i "
     "no_repeat_ngram_size:i vocab_size:i temperature:f top_p:f filter_value:f min_tokens_to_keep:i presence_penalty:f "
     "custom:i",
     Greedy},
    {"BeamSearch", kBeamInputs, "sequences:int32 sequences_scores?:T scores?:T", kSearch, Beams},
    {"WhisperBeamSearch",
     "input_ids:A max_length:int32 min_length?:int32 num_beams:int32 num_return_sequences:int32 length_penalty?:T "
     "repetition_penalty?:T vocab_mask?:int32 prefix_vocab_mask?:int32 attention_mask?:int32 decoder_input_ids?:int32 "
     "logits_processor?:int32 cross_qk_layer_head?:int32 extra_decoding_ids?:int32 temperature?:T",
     "sequences:int32 sequences_scores?:T scores?:T cross_qk?:float non_speech_probs?:T", kSearch, WhisperBeams},
    {"BifurcationDetector", "src_tokens:int64 cur_tokens:int64 prev_suffix_match_idx:int64 pred_tokens?:int64",
     "tokens:int64 suffix_match_idx:int64", "min_ngram_size:i max_ngram_size:i", BifurcationDetector},
};

}  // namespace

absl::Span<const ContribOperator> GenerationOperators() { return kRows; }

}  // namespace opcost::internal
