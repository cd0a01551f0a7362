// Rows of text into ONNX's definitions.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "frontend/contrib/contrib.h"
#include "onnx/defs/schema.h"

namespace opcost::internal {
namespace {

using onnx::OpSchema;

// A type parameter: inputs and outputs that name the same one have the same type.
struct TypeRow {
  const char* name;
  const char* allowed;  // "" is any tensor
};
constexpr const char* kFloats = "float16 float double bfloat16";
constexpr const char* kBytes = "int8 uint8";
constexpr const char* kIndices = "int32 int64";
constexpr std::array<TypeRow, 11> kTypes = {{
    {"T", kFloats},
    {"U", kFloats},
    {"Q", kBytes},
    {"R", kBytes},
    {"P", kBytes},
    {"I", kIndices},
    {"J", kIndices},
    // Packed weights, and caches that may be quantised.
    {"W", "uint8 int8 uint4 int4 uint2 int2 float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz float4e2m1"},
    {"C", "float16 float bfloat16 int8 uint8 float8e4m3fn"},
    {"A", ""},
    {"V", ""},
}};

struct KindRow {
  char letter;
  onnx::AttributeProto::AttributeType kind;
};
constexpr std::array<KindRow, 8> kKinds = {{{'i', onnx::AttributeProto::INT},
                                            {'f', onnx::AttributeProto::FLOAT},
                                            {'s', onnx::AttributeProto::STRING},
                                            {'I', onnx::AttributeProto::INTS},
                                            {'F', onnx::AttributeProto::FLOATS},
                                            {'S', onnx::AttributeProto::STRINGS},
                                            {'t', onnx::AttributeProto::TENSOR},
                                            {'g', onnx::AttributeProto::GRAPH}}};

[[noreturn]] void Malformed(const ContribOperator& row, absl::string_view word) {
  std::fprintf(stderr, "operator %s: '%s' is malformed\n", row.op_type, std::string(word).c_str());
  std::abort();
}

struct Parameter {
  std::string name, type;
  OpSchema::FormalParameterOption option = OpSchema::Single;
};

Parameter ParseParameter(const ContribOperator& row, absl::string_view word) {
  const size_t colon = word.find(':');
  if (colon == absl::string_view::npos || colon == 0) Malformed(row, word);
  Parameter p{.name = std::string(word.substr(0, colon)), .type = std::string(word.substr(colon + 1))};
  if (p.name.back() == '?') p.option = OpSchema::Optional;
  if (p.name.back() == '*') p.option = OpSchema::Variadic;
  if (p.option != OpSchema::Single) p.name.pop_back();
  return p;
}

// The types that a parameter stands for; "tensor(int64)" stands for itself.
std::vector<std::string> Allowed(const TypeRow& row) {
  if (row.allowed[0] == '\0') return OpSchema::all_tensor_types_ir11();
  std::vector<std::string> types;
  for (const auto name : absl::StrSplit(row.allowed, ' ')) types.push_back("tensor(" + std::string(name) + ")");
  return types;
}

class Definer {
 public:
  explicit Definer(const ContribOperator& row) : row_(row) {
    schema_.SetName(row.op_type).SetDomain(row.domain).SinceVersion(1).SetLocation(__FILE__, 0);
  }

  OpSchema Run() {
    int n = 0;
    for (const auto word : absl::StrSplit(row_.inputs, ' ', absl::SkipEmpty())) {
      const Parameter p = ParseParameter(row_, word);
      schema_.Input(n++, p.name, "", TypeOf(p), p.option, p.option != OpSchema::Variadic);
    }
    n = 0;
    for (const auto word : absl::StrSplit(row_.outputs, ' ', absl::SkipEmpty())) {
      const Parameter p = ParseParameter(row_, word);
      schema_.Output(n++, p.name, "", TypeOf(p), p.option, p.option != OpSchema::Variadic);
    }
    for (const auto word : absl::StrSplit(row_.attributes, ' ', absl::SkipEmpty())) AddAttribute(word);
    // Later releases add attributes; one that is not known here changes nothing.
    schema_.AllowUncheckedAttributes();
    if (row_.infer != nullptr) schema_.TypeAndShapeInferenceFunction(row_.infer);
    return std::move(schema_);
  }

 private:
  std::string TypeOf(const Parameter& p) {
    for (const TypeRow& type : kTypes) {
      if (p.type != type.name) continue;
      if (constrained_.find(p.type) == std::string::npos) {
        schema_.TypeConstraint(p.type, Allowed(type), "");
        constrained_ += p.type;
      }
      return p.type;
    }
    return "tensor(" + p.type + ")";
  }

  void AddAttribute(absl::string_view word) {
    const bool required = word.back() == '!';
    if (required) word.remove_suffix(1);
    const size_t colon = word.find(':');
    if (colon == absl::string_view::npos || colon + 2 != word.size()) Malformed(row_, word);
    for (const KindRow& kind : kKinds) {
      if (kind.letter != word.back()) continue;
      schema_.Attr(std::string(word.substr(0, colon)), "", kind.kind, required);
      return;
    }
    Malformed(row_, word);
  }

  const ContribOperator& row_;
  OpSchema schema_;
  std::string constrained_;  // type parameters that have their constraint
};

}  // namespace

absl::Span<const absl::Span<const ContribOperator>> ContribFamilies() {
  static const auto* const kFamilies = new std::array<absl::Span<const ContribOperator>, 10>{
      AttentionOperators(), LinearAttentionOperators(), NormalizationOperators(), ActivationOperators(),
      MatrixOperators(),    ConvolutionOperators(),     QuantizedOperators(),     IndexingOperators(),
      SignalOperators(),    GenerationOperators()};
  return *kFamilies;
}

OpSchema Define(const ContribOperator& row) { return Definer(row).Run(); }

}  // namespace opcost::internal
