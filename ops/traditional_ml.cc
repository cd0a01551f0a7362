// ai.onnx.ml: scalers, encoders, linear models, support vector machines. Coefficients stand in attributes and are read
// as float32 weights.
#include "ops/rule.h"

namespace opcost {
namespace {

// Integers are converted: the arithmetic runs in float32.
DType FloatOf(const Tally& t) { return IsFloat(t.InType(0)) ? t.InType(0) : DType::kFloat32; }

int64_t Count(const Tally& t, absl::string_view name) {
  const Attribute* a = FindAttribute(t.node(), name);
  if (a == nullptr) return 0;
  return static_cast<int64_t>(a->floats.size() + a->ints.size() + a->strings.size());
}

// X [rows, features], or one row.
Amount Rows(const Tally& t) { return t.InRank(0) == 1 ? Amount(1) : t.InDim(0, 0); }
Amount Features(const Tally& t) { return t.InDim(0, -1); }

void Elementwise(Tally& t, const Rule& rule) { t.Each(FloatOf(t), rule.per, t.InElements(0)); }

// Softmax, logistic … on each score.
void PostTransform(Tally& t, DType dtype, Amount scores) {
  const absl::string_view transform = t.String("post_transform", "NONE");
  if (transform == "SOFTMAX" || transform == "SOFTMAX_ZERO") t.Each(dtype, {4, 1}, scores);
  if (transform == "LOGISTIC") t.Each(dtype, {0, 1}, scores);
  if (transform == "PROBIT") t.Each(dtype, {3, 2}, scores);
}

// rows · classes · features MACs, classes · features being the number of coefficients.
void Linear(Tally& t, const Rule&) {
  const DType dtype = FloatOf(t);
  const Amount coefficients = Count(t, "coefficients");
  const Amount scores = Rows(t) * (coefficients / Features(t));
  t.Macs(dtype, Rows(t) * coefficients);
  if (Count(t, "intercepts") > 0) t.Ops(dtype, scores);
  PostTransform(t, dtype, scores);
  t.ReadsAttribute(DType::kFloat32, coefficients + Amount(Count(t, "intercepts")));
}

// rows · vectors · features MACs, then the kernel (RBF: 3 ops + 1 T, POLY: 2 ops + 1 T, SIGMOID: 2 ops + 1 T per row
// and vector) and the coefficients' sums, 2 ops each. Without support vectors it is a linear model.
void SupportVectors(Tally& t, const Rule& rule) {
  const Amount stored = Count(t, "support_vectors");
  if (stored.value == 0) return Linear(t, rule);
  const DType dtype = FloatOf(t);
  const Amount vectors = stored / Features(t);
  const Amount coefficients = Count(t, "coefficients");
  t.Macs(dtype, Rows(t) * stored);
  const absl::string_view kernel = t.String("kernel_type", "LINEAR");
  if (kernel == "RBF") t.Each(dtype, {3, 1}, Rows(t) * vectors);
  if (kernel == "POLY" || kernel == "SIGMOID") t.Each(dtype, {2, 1}, Rows(t) * vectors);
  t.Ops(dtype, Rows(t) * coefficients * 2);
  t.ReadsAttribute(DType::kFloat32, stored + coefficients);
}

// MAX and L1: a reduction and a division; L2: a square more, and 1 T per row.
void Normalizer(Tally& t, const Rule&) {
  const bool l2 = t.String("norm", "MAX") == "L2";
  t.Ops(FloatOf(t), t.InElements(0) * (l2 ? 3 : 2));
  if (l2) t.Transcendentals(FloatOf(t), Rows(t));
}

// One look-up (a compare of keys) for each element.
void LookUp(Tally& t, const Rule& rule) { t.Each(DType::kInt64, rule.per, t.InElements(0)); }

// A compare for each category and element.
void OneHotEncoder(Tally& t, const Rule&) { t.Ops(DType::kInt64, t.OutElements(0)); }

// Maps and vectors change their container: what is known of their size is moved.
void Move(Tally&, const Rule&) {}

constexpr const char* kMove = "reads and writes, no arithmetic";
constexpr const char* kLookUp = "1 integer op (look-up) per element";

constexpr Rule kRules[] = {
    {kMl, "LinearClassifier", 1, kNewest, Linear, "linear_model", kE,
     "MACs rows · classes · features; intercepts 1 op per score; post-transform"},
    {kMl, "LinearRegressor", 1, kNewest, Linear, "linear_model", kE,
     "MACs rows · targets · features; intercepts 1 op per score; post-transform"},
    {kMl, "SVMClassifier", 1, kNewest, SupportVectors, "support_vectors", kE,
     "MACs rows · vectors · features; kernel per row and vector; 2 ops per coefficient"},
    {kMl, "SVMRegressor", 1, kNewest, SupportVectors, "support_vectors", kE,
     "MACs rows · vectors · features; kernel per row and vector; 2 ops per coefficient"},
    {kMl, "Scaler", 1, kNewest, Elementwise, "elementwise", kC, "2 ops per element: offset, scale", {2, 0}},
    {kMl, "Imputer", 1, kNewest, Elementwise, "elementwise", kC, "2 ops per element: compare, select", {2, 0}},
    {kMl, "Binarizer", 1, kNewest, Elementwise, "elementwise", kC, "1 op per element", {1, 0}},
    {kMl, "Normalizer", 1, kNewest, Normalizer, "elementwise", kC, "MAX, L1 2 ops per element; L2 3 ops, 1 T per row"},
    {kMl, "LabelEncoder", 1, kNewest, LookUp, "lookup", kC, kLookUp, {1, 0}},
    {kMl, "CategoryMapper", 1, kNewest, LookUp, "lookup", kC, kLookUp, {1, 0}},
    {kMl, "OneHotEncoder", 1, kNewest, OneHotEncoder, "lookup", kC, "1 integer op per output element"},
    {kMl, "FeatureVectorizer", 1, kNewest, Move, "move", kC, kMove},
    {kMl, "DictVectorizer", 1, kNewest, Move, "move", kC, kMove},
    {kMl, "CastMap", 1, kNewest, Move, "move", kC, kMove},
};

}  // namespace

absl::Span<const Rule> TraditionalMlRules() { return kRules; }

}  // namespace opcost
