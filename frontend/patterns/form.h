// The shape of a fusion, written as text and compiled once.
//
// A form is a term over operators, read from the last node backwards:
//
//   Mul($s:Conv(_), Sigmoid($s))        SiLU after a convolution: $s names a tensor, which must be the same both times
//   Add(MatMul(_, #), #)                # is a constant; #0.5 is a constant whose elements are all 0.5
//   Relu(?BatchNormalization(!Conv(_))) ? marks a node that may be missing, ! the anchor
//   (Relu(x…) | Clip(x…))               alternatives, tried in order
//   Transpose{swaps_last}(_)            predicates on the node (predicates.h)
//   @act(_)                             any operator of a class (classes in form.cc)
//   *@score(T)                          up to eight nodes of a class between here and T, along any of their inputs
//   %act(T)                             a macro (in form.cc) with T in place of its X, a second argument of its Y
//   ^Add(_, _)                          a node whose outputs may also be read outside
//   _                                   any tensor; constants included
//   ~                                   any tensor that is no constant
//
// Arguments are positional and those not mentioned do not matter, but: Add, Mul, Sum, Max, Min, And, Or with two
// arguments match in either order and have exactly two inputs; one argument of these, of Where and of a class may stand
// at any input; Split stands for any of its outputs, all other operators for their first. Identity and inference
// Dropout between two terms are passed through and belong to the match. Operators outside ai.onnx are written with
// their domain: ms.Gelu for com.microsoft, otherwise domain.Op.
#ifndef OPCOST_FRONTEND_PATTERNS_FORM_H_
#define OPCOST_FRONTEND_PATTERNS_FORM_H_

#include <bitset>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "frontend/patterns/graph_view.h"
#include "frontend/patterns/predicates.h"

namespace opcost {

using OpSet = std::bitset<kMaxOps>;

struct FormTerm {
  enum class Kind : uint8_t { kAny, kDynamic, kConst, kVariable, kChoice, kStar, kNode };
  Kind kind = Kind::kAny;
  bool anchor = false;
  bool may_escape = false;
  bool any_position = false;  // one argument, at whichever input
  bool commutative = false;
  bool any_output = false;  // Split: whichever output the tensor is
  bool has_value = false;
  int8_t variable = -1;  // kVariable: which; kNode: the output is bound to it
  OpSet ops;             // kNode, kStar
  // What can produce a tensor that the term matches; `starts_anywhere`: anything can, or nothing.
  OpSet starts;
  bool starts_anywhere = false;
  double value = 0;  // kConst
  std::vector<int16_t> children;
  std::vector<Predicate> predicates;
};

struct Form {
  std::vector<FormTerm> terms;
  int16_t root = -1;
  int8_t variables = 0;
  // The operators that the last node can have.
  OpSet first;
  // A match has a node of each of these sets.
  std::vector<std::vector<OpId>> required;
};

// InvalidArgument says where the text breaks the grammar above.
absl::StatusOr<Form> CompileForm(absl::string_view text);

// The operators of a class of form.cc.
OpSet ClassOps(absl::string_view name);

}  // namespace opcost

#endif  // OPCOST_FRONTEND_PATTERNS_FORM_H_
