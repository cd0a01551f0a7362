// Operators that move nothing: another shape over the same bytes. 0 bytes, 0 dispatches.
#include <algorithm>

#include "ops/rule.h"

namespace opcost {

bool IsPlainView(const Node& node) {
  constexpr absl::string_view kViews[] = {"Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten"};
  if (!node.domain.empty() && node.domain != "ai.onnx") return false;
  return std::find(std::begin(kViews), std::end(kViews), node.op_type) != std::end(kViews);
}

namespace {

void View(Tally& t, const Rule&) { t.View(); }

// A real cast reads and writes; one to the same type is a view.
void Cast(Tally& t, const Rule&) {
  if (t.InType(0) == t.OutType(0) && t.InType(0) != DType::kUnknown) t.View();
}

// CastLike reads its second input's type, not its data.
void CastLike(Tally& t, const Rule& rule) {
  t.Reads(1, 0);
  Cast(t, rule);
}

// A view when only axes of extent 1 move: the order of the others is what it was.
void Transpose(Tally& t, const Rule&) {
  const int rank = t.InRank(0);
  const std::vector<int64_t>& perm = IntsAttribute(t.node(), "perm");
  int64_t last = -1;
  for (int i = 0; i < rank; ++i) {
    const int64_t axis = perm.empty() ? rank - 1 - i : static_cast<size_t>(i) < perm.size() ? perm[i] : i;
    const Amount extent = t.InDim(0, static_cast<int>(axis));
    if (extent.complete && extent.value == 1) continue;
    if (axis < last) return;
    last = axis;
  }
  if (rank >= 0) t.View();
}

// A view at inference. A used mask is written: all true. In training mode a compare and a scale for each element.
void Dropout(Tally& t, const Rule&) {
  const bool training = t.InInts(2).size() == 1 && t.InInts(2)[0] != 0;
  if (training) {
    t.Ops(t.InType(0), t.InElements(0) * 2);
    return;
  }
  const Tensor* mask = t.Out(1);
  if (mask == nullptr || !t.IsUsed(*mask)) return t.View();
  for (int slot = 0; slot < t.num_inputs(); ++slot) t.Reads(slot, 0);
  t.Writes(0, 0);
}

// The extents are known without the data: nothing is read, no kernel runs, a few numbers are written.
void Shape(Tally& t, const Rule&) {
  t.Reads(0, 0);
  t.NoDispatch();
}

constexpr const char* kView = "a view: 0 bytes, 0 dispatches";

constexpr Rule kRules[] = {
    {kOnnx, "Identity", 1, kNewest, View, "view", kC, kView},
    {kOnnx, "Reshape", 1, kNewest, View, "view", kC, kView},
    {kOnnx, "Flatten", 1, kNewest, View, "view", kC, kView},
    {kOnnx, "Squeeze", 1, kNewest, View, "view", kC, kView},
    {kOnnx, "Unsqueeze", 1, kNewest, View, "view", kC, kView},
    {kOnnx, "BitCast", 26, kNewest, View, "view", kC, kView},
    {kMicrosoft, "ExpandDims", 1, kNewest, View, "view", kC, kView},
    {kOnnx, "Constant", 1, kNewest, View, "constant", kC, "folded: 0 bytes, 0 dispatches"},
    {kOnnx, "Dropout", 1, kNewest, Dropout, "view", kC, "a view at inference; a used mask is written"},
    {kMicrosoft, "BitmaskDropout", 1, kNewest, Dropout, "view", kC, "a view at inference; a used mask is written"},
    {kOnnx, "Cast", 1, kNewest, Cast, "cast", kC, "reads and writes; to the same type a view"},
    {kOnnx, "CastLike", 15, kNewest, CastLike, "cast", kC, "reads and writes; to the same type a view"},
    {kOnnx, "Transpose", 1, kNewest, Transpose, "transpose", kC,
     "reads and writes; a view if merely axes of extent 1 move"},
    {kOnnx, "Shape", 1, kNewest, Shape, "shape", kC, "reads no data, 0 dispatches"},
    {kOnnx, "Size", 1, kNewest, Shape, "shape", kC, "reads no data, 0 dispatches"},
};

}  // namespace

absl::Span<const Rule> ViewRules() { return kRules; }

}  // namespace opcost
