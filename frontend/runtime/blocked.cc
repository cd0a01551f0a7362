// Level all: convolutions and pools on channels in blocks, with a Reorder wherever the plain layout meets the blocked.
//
// One pass in execution order. A converted node writes a blocked twin of its output; nodes that can work on blocks read
// the twin, and what is left over reads the plain tensor behind one ReorderOutput.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "frontend/runtime/passes.h"

namespace opcost::internal {
namespace {

constexpr const char* kBlocked = "com.microsoft.nchwc";
// Reorders take channels in steps of this many.
constexpr int64_t kReorderStep = 4;

struct Twin {
  TensorId tensor = kNone;  // blocked
  NodeId producer = kNone;
  int64_t channels = 0;
  size_t readers = 0;    // of the plain tensor, before any was converted; an output of the graph counts
  size_t remaining = 0;  // those not converted
};

class Blocker {
 public:
  Blocker(Rewrite& rewrite, const RuntimeOptions& options) : r_(rewrite), options_(options), block_(options.block) {}

  bool Run() {
    const size_t count = r_.size();
    for (size_t i = 0; i < count; ++i) Convert(static_cast<NodeId>(i));
    for (const TensorId plain : order_) Finish(plain);
    return !order_.empty();
  }

 private:
  void Convert(NodeId n) {
    if (r_.removed(n) || r_.node(n).region != 0) return;
    if (r_.Is(n, "Conv") || r_.Is(n, "com.microsoft.FusedConv")) return ConvertConv(n);
    if (r_.Is(n, "MaxPool") || r_.Is(n, "AveragePool")) return ConvertPool(n);
    if (!AnyTwin(n)) return;
    if (r_.Is(n, "GlobalAveragePool") || r_.Is(n, "GlobalMaxPool")) return ConvertPool(n);
    if (r_.Is(n, "Add") || r_.Is(n, "Sum")) return ConvertSum(n);
    if (r_.Is(n, "Mul")) return ConvertMul(n);
    if (r_.Is(n, "Concat")) return ConvertConcat(n);
    if (r_.Is(n, "Relu") || r_.Is(n, "Sigmoid") || r_.Is(n, "Tanh") || r_.Is(n, "HardSigmoid"))
      return ConvertActivation(n, true);
    if (r_.Is(n, "com.microsoft.QuickGelu") || r_.Is(n, "com.microsoft.Gelu")) return ConvertActivation(n, false);
    if (r_.Is(n, "BatchNormalization")) return ConvertBatchNorm(n);
    if (r_.Is(n, "Transpose")) return ConvertTranspose(n);
    if (r_.Is(n, "Resize") || r_.Is(n, "Upsample")) return ConvertResize(n);
  }

  bool AnyTwin(NodeId n) const {
    for (TensorId t : r_.graph().nodes[static_cast<size_t>(n)].inputs) {
      if (twins_.contains(t)) return true;
    }
    return false;
  }
  Twin* Find(TensorId t) {
    const auto at = twins_.find(t);
    return at == twins_.end() ? nullptr : &at->second;
  }
  int64_t RoundUp(int64_t channels) const { return (channels + block_ - 1) / block_ * block_; }

  static size_t Uses(Rewrite& r, TensorId t) {
    size_t uses = r.tensor(t).is_graph_output ? 1 : 0;
    for (NodeId reader : r.Readers(t)) {
      const std::vector<TensorId>& inputs = r.node(reader).inputs;
      uses += static_cast<size_t>(std::max<int64_t>(1, std::count(inputs.begin(), inputs.end(), t)));
    }
    return uses;
  }

  // The output of `n` gets a blocked twin; the node writes that.
  void MakeTwin(NodeId n, int64_t channels) {
    const TensorId plain = r_.Output(n);
    std::vector<int64_t> extents = *r_.Extents(plain);
    extents[1] = RoundUp(channels);
    const TensorId twin =
        r_.AddTensor(absl::StrCat(r_.tensor(plain).name, "/blocked"), r_.tensor(plain).dtype, extents);
    r_.SetOutput(n, 0, twin);
    Register(plain, {twin, n, channels, 0, 0});
  }
  void Register(TensorId plain, Twin twin) {
    twin.readers = twin.remaining = Uses(r_, plain);
    twins_[plain] = twin;
    order_.push_back(plain);
  }
  void ReadTwin(NodeId n, size_t slot) {
    Twin& twin = twins_.at(r_.Input(n, slot));
    --twin.remaining;
    r_.SetInput(n, slot, twin.tensor);
  }
  // Slot 0 of `n` reads blocks, through a ReorderInput when nobody wrote them.
  void ReadBlocks(NodeId n) {
    const TensorId plain = r_.Input(n, 0);
    if (Find(plain) != nullptr) return ReadTwin(n, 0);
    TensorId& reordered = reordered_[plain];
    if (reordered == 0) {
      std::vector<int64_t> extents = *r_.Extents(plain);
      extents[1] = RoundUp(extents[1]);
      const TensorId added =
          r_.AddTensor(absl::StrCat(r_.tensor(plain).name, "/reordered"), r_.tensor(plain).dtype, extents);
      reordered = added;
      Node node = Inserted("ReorderInput", n);
      node.inputs = {plain};
      node.outputs = {reordered};
      // From channels last to blocks in one step.
      const NodeId transpose = r_.ProducerOf(plain, "Transpose");
      if (transpose != kNone && IntsAttribute(r_.node(transpose), "perm") == std::vector<int64_t>{0, 3, 1, 2}) {
        node.inputs = {r_.Input(transpose, 0)};
        SetAttribute(node, "channels_last", int64_t{1});
      }
      r_.Add(std::move(node), {}, true);
    }
    r_.SetInput(n, 0, reordered);
  }
  Node Inserted(absl::string_view op, NodeId like) {
    Node node;
    node.op_type = std::string(op);
    node.domain = kBlocked;
    node.opset = node.since_version = 1;
    node.name = node.id = absl::StrCat(r_.node(like).id, "/", op);
    node.scope = r_.node(like).scope;
    return node;
  }
  void MakeBlocked(NodeId n, absl::string_view op) {
    Node& node = r_.node(n);
    node.op_type = std::string(op);
    node.domain = kBlocked;
    node.opset = node.since_version = 1;
  }

  void ConvertConv(NodeId n) {
    const TensorId weight = r_.Input(n, 1), bias = r_.Input(n, 2), in = r_.Input(n, 0), out = r_.Output(n);
    if (!r_.IsConstant(weight) || (bias != kNone && !r_.IsConstant(bias)) || r_.Input(n, 3) != kNone) return;
    const auto w = r_.Extents(weight);
    if (!w || w->size() != 4 || r_.tensor(in).dtype != DType::kFloat32 || !r_.Extents(in) || !r_.Extents(out)) return;
    const int64_t group = IntAttribute(r_.node(n), "group", 1);
    const int64_t out_channels = (*w)[0], in_channels = (*w)[1] * group;
    bool reads_blocks = true;
    int64_t filter_in = (*w)[1];
    if (group > 1) {
      const bool depthwise = (*w)[1] == 1 && out_channels == group;
      if (!depthwise && (out_channels % block_ != 0 || (*w)[1] % block_ != 0 || (out_channels / group) % block_ != 0)) {
        return;
      }
      if (in_channels % kReorderStep != 0) return;
      if (depthwise) SetAttribute(r_.node(n), "group", RoundUp(group));
    } else if (in_channels < block_) {
      reads_blocks = false;
    } else if (in_channels % kReorderStep != 0) {
      return;
    } else {
      filter_in = RoundUp(filter_in);
    }
    if (reads_blocks) ReadBlocks(n);
    PadWeights(n, {RoundUp(out_channels), filter_in, (*w)[2], (*w)[3]});
    MakeBlocked(n, "Conv");
    MakeTwin(n, out_channels);
  }

  void PadWeights(NodeId n, const std::vector<int64_t>& extents) {
    const TensorId weight = r_.Input(n, 1), bias = r_.Input(n, 2);
    r_.SetInput(n, 1,
                r_.AddConstant(absl::StrCat(r_.tensor(weight).name, "/blocked"), r_.tensor(weight).dtype, extents));
    if (bias == kNone) return;
    r_.SetInput(n, 2,
                r_.AddConstant(absl::StrCat(r_.tensor(bias).name, "/blocked"), r_.tensor(bias).dtype, {extents[0]}));
  }

  // An average over zeros of the padding whose last window reaches past them: blocks would divide by the whole window,
  // so it stays plain (from 1.29).
  bool CountsPastTheEdge(NodeId n) {
    constexpr int kSince = 29;
    const Node& node = r_.node(n);
    return options_.minor_version >= kSince && node.op_type == "AveragePool" &&
           IntAttribute(node, "ceil_mode", 0) != 0 && IntAttribute(node, "count_include_pad", 0) != 0;
  }
  void ConvertPool(NodeId n) {
    const TensorId in = r_.Input(n, 0);
    const auto extents = r_.Extents(in);
    if (!extents || extents->size() != 4 || r_.tensor(in).dtype != DType::kFloat32 || !r_.Extents(r_.Output(n))) return;
    if (r_.Output(n, 1) != kNone || (*extents)[1] % block_ != 0 || CountsPastTheEdge(n)) return;
    ReadBlocks(n);
    MakeBlocked(n, r_.node(n).op_type);
    MakeTwin(n, (*extents)[1]);
  }

  bool AllTwins(NodeId n) {
    const std::vector<TensorId>& inputs = r_.node(n).inputs;
    return std::all_of(inputs.begin(), inputs.end(), [&](TensorId t) { return Find(t) != nullptr; });
  }
  bool SameShapes(NodeId n) {
    const auto first = r_.Extents(r_.Input(n, 0));
    for (TensorId t : r_.node(n).inputs) {
      if (!first || r_.Extents(t) != first) return false;
    }
    return true;
  }

  void ConvertSum(NodeId n) {
    if (!AllTwins(n) || !SameShapes(n)) return;
    if (r_.node(n).inputs.size() == 2) {
      for (size_t side : {size_t{0}, size_t{1}}) {
        if (AbsorbSum(n, side)) return;
      }
    }
    WorkOnBlocks(n);
  }
  // A convolution that nobody else reads adds the other operand itself.
  bool AbsorbSum(NodeId n, size_t side) {
    const Twin twin = *Find(r_.Input(n, side));
    const NodeId conv = twin.producer;
    if (twin.readers != 1 || r_.node(conv).domain != kBlocked || r_.node(conv).op_type != "Conv") return false;
    if (r_.Input(conv, 3) != kNone || FindAttribute(r_.node(conv), "activation") != nullptr) return false;
    const TensorId plain = r_.Input(n, side), other = r_.Input(n, 1 - side), out = r_.Output(n);
    Twin& addend = twins_.at(other);
    --addend.remaining;
    --twins_.at(plain).remaining;
    if (r_.Input(conv, 2) == kNone) r_.SetInput(conv, 2, kNone);
    r_.SetInput(conv, 3, addend.tensor);
    r_.Absorb(conv, n);
    r_.Remove(n);
    Register(out, {twin.tensor, conv, twin.channels, 0, 0});
    return true;
  }
  void WorkOnBlocks(NodeId n) {
    const int64_t channels = Find(r_.Input(n, 0))->channels;
    for (size_t slot = 0; slot < r_.node(n).inputs.size(); ++slot) ReadTwin(n, slot);
    MakeTwin(n, channels);
  }

  void ConvertMul(NodeId n) {
    if (AllTwins(n) && SameShapes(n)) return WorkOnBlocks(n);
    // One constant a channel: a depthwise layer of 1×1 (from 1.26).
    const Twin* twin = Find(r_.Input(n, 0));
    const TensorId scale = r_.Input(n, 1);
    const auto extents = r_.Extents(scale);
    if (options_.minor_version < 26 || twin == nullptr || !r_.IsConstant(scale) || !extents) return;
    std::vector<int64_t> aligned = *extents;
    while (aligned.size() < 4) aligned.insert(aligned.begin(), 1);
    if (aligned.size() != 4 || aligned[0] != 1 || aligned[1] != twin->channels || aligned[2] != 1 || aligned[3] != 1)
      return;
    ToDepthwise(n, false);
  }
  void ConvertBatchNorm(NodeId n) {
    if (Find(r_.Input(n, 0)) == nullptr || r_.Output(n, 1) != kNone) return;
    for (size_t slot = 1; slot < 5; ++slot) {
      if (!r_.IsConstant(r_.Input(n, slot))) return;
    }
    ToDepthwise(n, true);
  }
  void ToDepthwise(NodeId n, bool has_bias) {
    const int64_t channels = Find(r_.Input(n, 0))->channels, padded = RoundUp(channels);
    ReadTwin(n, 0);
    while (r_.node(n).inputs.size() > 1) {
      const size_t last = r_.node(n).inputs.size() - 1;
      r_.SetInput(n, last, kNone);
      r_.node(n).inputs.pop_back();
    }
    MakeBlocked(n, "Conv");
    r_.node(n).attributes.clear();
    SetAttribute(r_.node(n), "group", padded);
    r_.SetInput(n, 1, r_.AddConstant("scale/blocked", DType::kFloat32, {padded, 1, 1, 1}));
    if (has_bias) r_.SetInput(n, 2, r_.AddConstant("shift/blocked", DType::kFloat32, {padded}));
    MakeTwin(n, channels);
  }

  void ConvertConcat(NodeId n) {
    if (!AllTwins(n) || IntAttribute(r_.node(n), "axis", 0) != 1) return;
    int64_t channels = 0;
    for (TensorId t : r_.node(n).inputs) {
      if (Find(t)->channels % block_ != 0) return;
      channels += Find(t)->channels;
    }
    for (size_t slot = 0; slot < r_.node(n).inputs.size(); ++slot) ReadTwin(n, slot);
    MakeTwin(n, channels);
  }

  // x · HardSigmoid(x) behind a convolution that nobody else reads is HardSwish, which it does itself (from 1.30).
  bool AbsorbHardSwish(NodeId gate) {
    constexpr int kSince = 30;
    const TensorId in = r_.Input(gate, 0);
    const Twin twin = *Find(in);
    const NodeId conv = twin.producer, product = r_.OnlyReader(r_.Output(gate));
    if (options_.minor_version < kSince || !r_.Is(gate, "HardSigmoid") || !r_.Is(product, "Mul") || twin.readers != 2) {
      return false;
    }
    const size_t side = r_.Input(product, 0) == in ? 0 : 1;
    if (r_.Input(product, side) != in || r_.Input(product, 1 - side) != r_.Output(gate)) return false;
    constexpr double kAlpha = 1.0 / 6.0, kBeta = 0.5, kTolerance = 1e-6;
    if (std::abs(FloatAttribute(r_.node(gate), "alpha", 0.2) - kAlpha) > kTolerance ||
        FloatAttribute(r_.node(gate), "beta", kBeta) != kBeta) {
      return false;
    }
    if (r_.node(conv).domain != kBlocked || r_.node(conv).op_type != "Conv" ||
        FindAttribute(r_.node(conv), "activation") != nullptr) {
      return false;
    }
    const TensorId out = r_.Output(product);
    twins_.at(in).remaining -= 2;
    SetAttribute(r_.node(conv), "activation", absl::string_view("HardSwish"));
    for (NodeId n : {product, gate}) {
      r_.Absorb(conv, n);
      r_.Remove(n);
    }
    Register(out, {twin.tensor, conv, twin.channels, 0, 0});
    return true;
  }

  // Becomes part of the convolution in front of it, or runs on blocks.
  void ConvertActivation(NodeId n, bool may_fuse) {
    if (AbsorbHardSwish(n)) return;
    const TensorId in = r_.Input(n, 0), out = r_.Output(n);
    const Twin twin = *Find(in);
    const NodeId conv = twin.producer;
    const bool fuses = may_fuse && twin.readers == 1 && r_.node(conv).domain == kBlocked &&
                       r_.node(conv).op_type == "Conv" && FindAttribute(r_.node(conv), "activation") == nullptr;
    if (!fuses) return WorkOnBlocks(n);
    --twins_.at(in).remaining;
    SetAttribute(r_.node(conv), "activation", absl::string_view(r_.node(n).op_type));
    r_.Absorb(conv, n);
    r_.Remove(n);
    Register(out, {twin.tensor, conv, twin.channels, 0, 0});
  }

  void ConvertTranspose(NodeId n) {
    const TensorId in = r_.Input(n, 0);
    if (IntsAttribute(r_.node(n), "perm") != std::vector<int64_t>{0, 2, 3, 1}) return;
    const int64_t channels = Find(in)->channels;
    ReadTwin(n, 0);
    MakeBlocked(n, "ReorderOutput");
    r_.node(n).attributes.clear();
    SetAttribute(r_.node(n), "channels", channels);
    SetAttribute(r_.node(n), "channels_last", int64_t{1});
  }

  void ConvertResize(NodeId n) {
    const auto in = r_.Extents(r_.Input(n, 0)), out = r_.Extents(r_.Output(n));
    const Node& node = r_.node(n);
    if (Find(r_.Input(n, 0)) == nullptr || !in || !out || in->size() != 4) return;
    const absl::string_view mode = StringAttribute(node, "mode", "nearest");
    const absl::string_view transform = StringAttribute(node, "coordinate_transformation_mode", "half_pixel");
    if (node.op_type == "Resize") {
      const bool nearest = mode == "nearest" && transform == "asymmetric" &&
                           StringAttribute(node, "nearest_mode", "round_prefer_floor") == "floor";
      if (!nearest && mode != "linear") return;
      if (mode == "linear" && transform != "asymmetric" && transform != "half_pixel" && transform != "align_corners" &&
          transform != "pytorch_half_pixel") {
        return;
      }
    }
    for (size_t d = 0; d < 4; ++d) {
      if ((*in)[d] == 0 || (*out)[d] % (*in)[d] != 0 || (d < 2 && (*out)[d] != (*in)[d])) return;
    }
    // Scales or sizes, and known.
    const TensorId scales = r_.Input(n, node.op_type == "Resize" ? 2 : 1), sizes = r_.Input(n, 3);
    if (!r_.IsConstant(scales) && !(node.op_type == "Resize" && r_.IsConstant(sizes))) return;
    const int64_t channels = Find(r_.Input(n, 0))->channels;
    ReadTwin(n, 0);
    while (r_.node(n).inputs.size() > 1) {
      r_.SetInput(n, r_.node(n).inputs.size() - 1, kNone);
      r_.node(n).inputs.pop_back();
    }
    MakeBlocked(n, "Upsample");
    MakeTwin(n, channels);
  }

  // Whoever was not converted reads the plain tensor.
  void Finish(TensorId plain) {
    const Twin& twin = twins_.at(plain);
    if (twin.remaining == 0) return;
    if (r_.Readers(plain).empty() && !r_.tensor(plain).is_graph_output) return;
    Node node = Inserted("ReorderOutput", twin.producer);
    node.inputs = {twin.tensor};
    node.outputs = {plain};
    SetAttribute(node, "channels", twin.channels);
    r_.Add(std::move(node), {}, true);
  }

  Rewrite& r_;
  const RuntimeOptions& options_;
  const int64_t block_;
  absl::flat_hash_map<TensorId, Twin> twins_;  // by plain tensor
  std::vector<TensorId> order_;
  absl::flat_hash_map<TensorId, TensorId> reordered_;  // plain → blocked by a ReorderInput
};

}  // namespace

bool BlockLayout(Rewrite& rewrite, const RuntimeOptions& options) { return Blocker(rewrite, options).Run(); }

}  // namespace opcost::internal
