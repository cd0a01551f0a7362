// Level all: convolutions on integers have their channels last, between Transposes that then move out of the way.
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/runtime/passes.h"
#include "frontend/runtime/permute.h"

namespace opcost::internal {
namespace {

void Wrap(Rewrite& rewrite, NodeId n) {
  const TensorId in = rewrite.Input(n, 0), out = rewrite.Output(n);
  const int64_t rank = static_cast<int64_t>(rewrite.Rank(in));
  Perm last = {0};
  for (int64_t d = 2; d < rank; ++d) last.push_back(d);
  last.push_back(1);
  const auto permuted = [&](const Shape& shape) { return Permuted(shape, last); };
  const TensorId wide = rewrite.AddLike(in, "/channels_last", permuted);
  const TensorId made = rewrite.AddLike(out, "/channels_last", permuted);
  Node front = rewrite.node(n);
  front.op_type = "Transpose";
  front.domain.clear();
  front.attributes.clear();
  front.id = front.name = absl::StrCat(rewrite.node(n).id, "/Transpose");
  Node back = front;
  front.inputs = {in};
  front.outputs = {wide};
  SetAttribute(front, "perm", last);
  back.id = back.name = absl::StrCat(back.id, "/back");
  back.inputs = {made};
  back.outputs = {out};
  SetAttribute(back, "perm", Inverse(last));
  rewrite.SetOutput(n, 0, made);
  rewrite.SetInput(n, 0, wide);
  Node& node = rewrite.node(n);
  node.domain = "com.microsoft";
  node.opset = node.since_version = 1;
  SetAttribute(node, "channels_last", int64_t{1});
  rewrite.Add(std::move(front), {}, true);
  rewrite.Add(std::move(back), {}, true);
}

}  // namespace

bool PutChannelsLast(Rewrite& rewrite, const RuntimeOptions& options) {
  bool changed = false;
  const size_t count = rewrite.size();
  for (size_t i = 0; i < count; ++i) {
    const NodeId n = static_cast<NodeId>(i);
    if (!rewrite.Is(n, "QLinearConv") || rewrite.Rank(rewrite.Input(n, 0)) < 3) continue;
    Wrap(rewrite, n);
    changed = true;
  }
  if (!changed) return false;
  rewrite.Compact();
  PushTransposesLate(rewrite, options);
  return true;
}

}  // namespace opcost::internal
