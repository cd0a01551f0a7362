#include "costing/calibration/form_spec.h"

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace opcost {
namespace {

using M = Metric;
using S = TermScope;

// Subgraphs of an eager framework: a launch, 2 × MACs, weights, activations.
constexpr std::array kProduct = {Term{M::kDispatches, S::kAll}, Term{M::kMatrixFlops, S::kAll}};
constexpr std::array kFlow = {Term{M::kDispatches, S::kAll}, Term{M::kActivationBytes, S::kAll}};
constexpr std::array kLaunch = {Term{M::kDispatches, S::kAll}};
constexpr std::array kProductOptional = {Term{M::kActivationBytes, S::kAll}, Term{M::kWeightBytes, S::kAll},
                                         Term{M::kActivationBytes, S::kBeyondL2}, Term{M::kWeightBytes, S::kBeyondL2}};
// A product with few rows, such as a classifier at batch 1, is bound by its weights; what it takes more for each row is
// work. Where sources hold no others, a price on its activations would be that work under a wrong name, and wrong by a
// multiple for products with many rows.
constexpr std::array kMatmulOptional = {Term{M::kWeightBytes, S::kAll}, Term{M::kWeightBytes, S::kBeyondL2}};
constexpr std::array kFlowOptional = {Term{M::kActivationBytes, S::kBeyondL2},
                                      Term{M::kActivationBytes, S::kBeyondLlc}};

// What has a form of its own; the others take their parent's.
struct PatternForm {
  Pattern pattern;
  Pattern leans_on;  // itself: on nothing
  absl::Span<const Term> always, optional;
};
constexpr std::array kPatternForms = {
    PatternForm{Pattern::kConv2d, Pattern::kConv2d, kProduct, kProductOptional},
    PatternForm{Pattern::kPointwise, Pattern::kConv2d, kProduct, kProductOptional},
    PatternForm{Pattern::kDepthwise, Pattern::kConv2d, kProduct, kProductOptional},
    PatternForm{Pattern::kMbconv, Pattern::kConv2d, kProduct, kProductOptional},
    PatternForm{Pattern::kSqueezeExcite, Pattern::kConv2d, kProduct, kProductOptional},
    PatternForm{Pattern::kMatmul, Pattern::kConv2d, kProduct, kMatmulOptional},
    PatternForm{Pattern::kAttention, Pattern::kMatmul, kProduct, kProductOptional},
    PatternForm{Pattern::kElementwise, Pattern::kElementwise, kFlow, kFlowOptional},
    PatternForm{Pattern::kSoftmax, Pattern::kElementwise, kFlow, kFlowOptional},
    PatternForm{Pattern::kLayernorm, Pattern::kElementwise, kFlow, kFlowOptional},
    PatternForm{Pattern::kPool, Pattern::kElementwise, kFlow, kFlowOptional},
    PatternForm{Pattern::kActivation, Pattern::kElementwise, kFlow, kFlowOptional},
    PatternForm{Pattern::kMove, Pattern::kElementwise, kFlow, kFlowOptional},
    PatternForm{Pattern::kFree, Pattern::kFree, kLaunch, {}},
};

std::vector<Term> Copy(absl::Span<const Term> terms) { return {terms.begin(), terms.end()}; }

}  // namespace

int32_t FormOfPattern(Pattern pattern) {
  for (std::optional<Pattern> at = pattern; at; at = Parent(*at)) {
    for (size_t i = 0; i < kPatternForms.size(); ++i) {
      if (kPatternForms[i].pattern == *at) return static_cast<int32_t>(i);
    }
  }
  return -1;
}

std::vector<FormSpec> KernelForms() {
  std::vector<FormSpec> forms;
  for (size_t i = 0; i < static_cast<size_t>(KernelClass::kCount); ++i) {
    const KernelClass kernel_class = static_cast<KernelClass>(i);
    const KernelForm& form = FormOf(kernel_class);
    const std::optional<KernelClass> parent = Parent(kernel_class);
    forms.push_back({.name = std::string(Name(kernel_class)),
                     .section = absl::StrCat("kernel.", Name(kernel_class)),
                     .parent = parent ? static_cast<int32_t>(*parent) : -1,
                     .shrinkage = form.shrinkage,
                     .pattern = PatternOf(kernel_class),
                     .by_precision = form.by_precision,
                     .always = Copy(form.always),
                     .optional = Copy(form.optional)});
  }
  return forms;
}

std::vector<FormSpec> PatternForms() {
  std::vector<FormSpec> forms;
  for (const PatternForm& form : kPatternForms) {
    const bool leans = form.leans_on != form.pattern;
    forms.push_back({.name = std::string(Name(form.pattern)),
                     .section = absl::StrCat("pattern.", Name(form.pattern)),
                     .parent = leans ? FormOfPattern(form.leans_on) : -1,
                     .shrinkage = leans ? Shrinkage::kAll : Shrinkage::kNone,
                     .pattern = form.pattern,
                     .always = Copy(form.always),
                     .optional = Copy(form.optional)});
  }
  return forms;
}

}  // namespace opcost
