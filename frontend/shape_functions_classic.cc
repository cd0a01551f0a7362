// Shape functions of ai.onnx.ml where ONNX has none, or one that loses the number of rows.
#include <algorithm>
#include <string>
#include <vector>

#include "frontend/shape_functions.h"

namespace opcost::internal {
namespace {

using onnx::Dim;
using onnx::InferenceContext;
using onnx::TensorShapeProto;

constexpr const char* kMl = "ai.onnx.ml";

// Rows of [N, C]; a vector is one row.
Dim Rows(const InferenceContext& ctx) {
  const TensorShapeProto* x = ShapeOf(ctx, 0);
  if (x == nullptr) return {};
  return x->dim_size() > 1 ? x->dim(0) : DimOf(1);
}

void FloatLikeFirst(InferenceContext& ctx) {
  SetType(ctx, 0, onnx::TensorProto::FLOAT);
  if (const TensorShapeProto* x = ShapeOf(ctx, 0)) SetShape(ctx, 0, *x);
}

void Regressor(InferenceContext& ctx, const char* targets) {
  SetType(ctx, 0, onnx::TensorProto::FLOAT);
  SetShape(ctx, 0, {Rows(ctx), DimOf(onnx::getAttribute(ctx, std::string(targets), int64_t{1}))});
}

void LinearRegressor(InferenceContext& ctx) { Regressor(ctx, "targets"); }
void TreeEnsembleRegressor(InferenceContext& ctx) { Regressor(ctx, "n_targets"); }

void SvmRegressor(InferenceContext& ctx) {
  SetType(ctx, 0, onnx::TensorProto::FLOAT);
  SetShape(ctx, 0, {Rows(ctx), DimOf(1)});
}

// Labels [N] and scores [N, classes]. `ids` names a list with an entry for each class that a weight belongs to: a
// binary classifier may list only one and still gives two scores.
void Classifier(InferenceContext& ctx) {
  const onnx::AttributeProto* strings = nullptr;
  int64_t classes = 0;
  for (const char* name : {"classlabels_strings", "classlabels_ints", "classlabels_int64s"}) {
    const onnx::AttributeProto* a = ctx.getAttribute(name);
    if (a == nullptr) continue;
    if (a->strings_size() > 0) strings = a;
    classes = std::max<int64_t>({classes, a->strings_size(), a->ints_size()});
  }
  SetType(ctx, 0, strings != nullptr ? onnx::TensorProto::STRING : onnx::TensorProto::INT64);
  SetShape(ctx, 0, {Rows(ctx)});
  SetType(ctx, 1, onnx::TensorProto::FLOAT);
  SetShape(ctx, 1, {Rows(ctx), classes > 0 ? DimOf(std::max<int64_t>(classes, 1)) : Dim()});
}

// Inputs side by side.
void FeatureVectorizer(InferenceContext& ctx) {
  SetType(ctx, 0, onnx::TensorProto::FLOAT);
  Dim width = DimOf(0);
  for (size_t i = 0; i < ctx.getNumInputs(); ++i) {
    const TensorShapeProto* x = ShapeOf(ctx, i);
    if (x == nullptr || x->dim_size() == 0) return;
    width = Sum(width, x->dim(x->dim_size() - 1));
  }
  SetShape(ctx, 0, {Rows(ctx), width});
}

// The columns of the last axis that the second input names; a vector counts as one row.
void ArrayFeatureExtractor(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto *x = ShapeOf(ctx, 0), *y = ShapeOf(ctx, 1);
  if (x == nullptr || y == nullptr || x->dim_size() == 0) return;
  Dim picked = DimOf(1);
  for (const Dim& d : y->dim()) picked = picked * d;
  TensorShapeProto shape = *x;
  if (x->dim_size() == 1) {
    *shape.mutable_dim(0) = DimOf(1);
    *shape.add_dim() = picked;
  } else {
    *shape.mutable_dim(x->dim_size() - 1) = picked;
  }
  SetShape(ctx, 0, shape);
}

constexpr ShapeFunctionRow kRows[] = {
    {kMl, "Imputer", SameAsFirst},
    {kMl, "ArrayFeatureExtractor", ArrayFeatureExtractor, true},
    {kMl, "Normalizer", FloatLikeFirst},
    {kMl, "Scaler", FloatLikeFirst},
    {kMl, "LinearRegressor", LinearRegressor},
    {kMl, "SVMRegressor", SvmRegressor},
    {kMl, "FeatureVectorizer", FeatureVectorizer},
    {kMl, "TreeEnsembleRegressor", TreeEnsembleRegressor, true},
    {kMl, "TreeEnsembleClassifier", Classifier, true},
    {kMl, "LinearClassifier", Classifier, true},
};

}  // namespace

absl::Span<const ShapeFunctionRow> ClassicShapeFunctions() { return kRows; }

}  // namespace opcost::internal
