#include "frontend/patterns/form.h"

#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "frontend/patterns/form_requirements.h"

namespace opcost {
namespace {

struct NamedText {
  const char* name;
  const char* text;
};

constexpr std::array<NamedText, 12> kClasses = {{
    {"conv", "Conv ConvTranspose"},
    {"anyconv", "Conv ms.FusedConv ms.NhwcFusedConv QLinearConv ms.QLinearConv ConvInteger com.microsoft.nchwc.Conv"},
    {"act",
     "Relu LeakyRelu PRelu Clip Sigmoid Tanh Elu Selu Celu HardSigmoid HardSwish Mish Softplus Softsign "
     "ThresholdedRelu Gelu Swish ms.QuickGelu ms.Gelu ms.FastGelu"},
    // What stands between QK^T and its softmax: scale, soft cap, bias, masks, and the reshapes of windowed attention.
    {"score", "Mul Div Add Sub Where Cast Tanh Reshape Unsqueeze Squeeze Max Clip"},
    {"scale", "Mul Div"},
    {"product", "MatMul Einsum ms.FusedMatMul"},
    {"linear", "MatMul Gemm ms.FusedMatMul ms.FusedGemm ms.MatMulNBits"},
    {"sum", "Add Sum"},
    {"pointwise",
     "Relu LeakyRelu PRelu Clip Sigmoid Tanh Elu Selu Celu HardSigmoid HardSwish Mish Softplus Softsign "
     "ThresholdedRelu Gelu Swish ms.QuickGelu ms.Gelu ms.FastGelu Add Sub Mul Div Pow Sqrt Exp Log Neg Abs Erf Max "
     "Min Reciprocal Floor Ceil Round Sign Sin Cos"},
    {"view", "Reshape Squeeze Unsqueeze Flatten"},
    {"ort_conv_act", "Relu Sigmoid Tanh LeakyRelu Clip HardSigmoid"},
    {"ort_gemm_act", "Relu Sigmoid Tanh LeakyRelu Elu HardSigmoid Selu Softplus Softsign ThresholdedRelu"},
}};

// A macro's X and Y are its arguments. Variables are its own.
constexpr std::array<NamedText, 36> kMacros = {{
    // BatchNormalization, also frozen into a scale and a shift per channel.
    {"norm", "(BatchNormalization{inference}(X) | Add{vector}(Mul{vector}(X, #), #))"},
    {"bn", "(%norm(X) | X)"},
    {"silu", "Mul($s:X, Sigmoid($s))"},
    {"hardswish",
     "(Mul($s:X, HardSigmoid($s)) | Div(Mul($s:X, Clip{relu6}(Add($s, #3))), #6) | "
     "Mul(Mul($s:X, Clip{relu6}(Add($s, #3))), #0.1666667) | Mul($s:X, Div(Clip{relu6}(Add($s, #3)), #6)) | "
     "Mul($s:X, Mul(Clip{relu6}(Add($s, #3)), #0.1666667)))"},
    {"gelu_erf",
     "(Mul(Mul($s:X, Add(Erf((Div($s, #1.41421) | Mul($s, #0.707107))), #1)), #0.5) | "
     "Mul($s:X, Mul(Add(Erf((Div($s, #1.41421) | Mul($s, #0.707107))), #1), #0.5)) | "
     "Mul(Mul($s:X, #0.5), Add(Erf((Div($s, #1.41421) | Mul($s, #0.707107))), #1)))"},
    {"tanh_arg",
     "(Mul(Add($t:X, Mul(%cube($t), #0.044715)), #0.797885) | Mul($t:X, Add(Mul(Mul($t, $t), #0.035677), #0.797885)))"},
    {"cube", "(Pow(X, #3) | Mul(X, Mul(X, X)))"},
    {"gelu_tanh",
     "(Mul(Mul($s:X, Add(Tanh(%tanh_arg($s)), #1)), #0.5) | Mul(Mul($s:X, #0.5), Add(Tanh(%tanh_arg($s)), #1)) | "
     "Mul($s:X, Mul(Add(Tanh(%tanh_arg($s)), #1), #0.5)))"},
    {"mish", "Mul($s:X, Tanh(Softplus($s)))"},
    {"square", "(Pow(X, #2) | Mul(X, X))"},
    {"root", "Sqrt(Add(X, #))"},
    {"centred",
     "(Div($d:Sub($x:X, ReduceMean{last}($x)), %root(ReduceMean{last}(%square((Cast($d) | $d))))) | "
     "Mul($d:Sub($x:X, ReduceMean{last}($x)), (Reciprocal(%root(ReduceMean{last}(%square($d)))) | "
     "Div(#1, %root(ReduceMean{last}(%square($d)))))))"},
    {"rms",
     "(Mul($x:X, (Reciprocal(%root(ReduceMean{last}(%square($x)))) | Div(#1, %root(ReduceMean{last}(%square($x)))) | "
     "Pow(Add(ReduceMean{last}(%square($x)), #), #))) | Div($x:X, %root(ReduceMean{last}(%square($x)))))"},
    {"softmax", "(Softmax(X) | Div($e:Exp(Sub($x:X, ReduceMax($x))), ReduceSum($e)))"},
    // PyTorch replaces the NaN of rows that are masked out whole.
    {"guard", "(Where(IsNaN($p:X), #, $p) | X)"},
    {"turned", "(Reshape(Transpose(?Reshape(X))) | Transpose(X) | X)"},
    // What folds into a convolution's weights.
    {"folded_base", "(BatchNormalization{inference}(X) | X)"},
    {"folded",
     "(Add{vector}((Mul(%folded_base(X), #) | %folded_base(X)), #) | Mul(%folded_base(X), #) | %folded_base(X))"},
    {"ort_operand", "(@scale{const_scalar}(X) | Transpose{swaps_last}(X) | X)"},
    // A gate of a squeeze-excite branch: a whole activation or HardSigmoid written out.
    {"gate",
     "(Sigmoid(X) | HardSigmoid(X) | Div(Clip{relu6}(Add(X, #3)), #6) | Mul(Clip{relu6}(Add(X, #3)), #0.1666667))"},
    {"act", "(@act(X) | %silu(X) | %hardswish(X) | %gelu_erf(X) | %gelu_tanh(X) | %mish(X))"},
    {"optact", "(%act(X) | X)"},
    {"optse", "(%se(X) | X)"},
    {"plus", "(@sum(X, Y) | ms.QLinearAdd(X, _, _, Y) | ms.QLinearAdd(Y, _, _, X))"},
    // Y, as it is or brought to X's shape, added to X.
    {"shortcut", "(%plus(X, %side(Y)) | X)"},
    {"side", "(X | %bn(@anyconv((AveragePool(?Pad(X)) | MaxPool(X) | X))))"},
    {"expanded",
     "%optact(%bn(@anyconv{pw,widens}((BatchNormalization{inference,bare}(X) | %bn(@anyconv{dw}(X)) | X))))"},
    {"se", "Mul($f:X, %gate(@anyconv{pw}(%optact(@anyconv{pw}((GlobalAveragePool($f) | ReduceMean{spatial}($f)))))))"},
    // A layer, whatever its rank, and as a convolution 1x1.
    {"layer", "(Add{vector}(@linear(X), #) | @linear(X))"},
    {"pwlayer", "(%layer(X) | @anyconv{pw}(X))"},
    {"anynorm", "(LayerNormalization(X) | BatchNormalization{inference}(X) | ?Add(?Mul(%centred(X), #), #))"},
    // X with its halves swapped and one negated: rotate-half, or pairs by turns.
    {"rotated",
     "(Concat(Neg(Slice(X)), Slice(X)) | Concat(Neg(Split(X)), _) | "
     "Reshape(Concat(Unsqueeze(Neg(Slice(X))), Unsqueeze(Slice(X)))))"},
    // The halves rotated each for itself.
    {"mixed",
     "Concat(?Unsqueeze(Sub(Mul($a:(Slice(_) | Split(_) | Gather(_)), $c), Mul($b:(Slice(_) | Gather(_) | _), $d))), "
     "?Unsqueeze(Add(Mul($b, $c), Mul($a, $d))))"},
    // Heads of keys or values repeated for the queries; behind a cache.
    {"cached", "(^Concat(_, X) | X)"},
    {"repeated", "Reshape(Expand(Unsqueeze(%cached(X))))"},
    // Every second element of both spatial axes, with the rows taken first.
    {"strided", "(Slice(Slice(X)) | Slice(X))"},
}};

const char* Find(absl::Span<const NamedText> table, absl::string_view name) {
  for (const NamedText& row : table) {
    if (name == row.name) return row.text;
  }
  return nullptr;
}

constexpr int kMaxVariables = 64;

// Recursive descent over the grammar in form.h. A macro is parsed where it is used, with its own variables and with X
// standing for the term already parsed.
class Parser {
 public:
  explicit Parser(Form& form) : form_(form) {}

  absl::StatusOr<int16_t> Parse(absl::string_view text, std::vector<int16_t> arguments) {
    Scope outer = std::move(scope_);
    scope_ = Scope{text, 0, std::move(arguments), {}};
    absl::StatusOr<int16_t> term = ParseTerm();
    if (term.ok()) {
      SkipSpace();
      if (scope_.at != scope_.text.size()) term = Error("expected the end");
    }
    scope_ = std::move(outer);
    return term;
  }

 private:
  struct Scope {
    absl::string_view text;
    size_t at = 0;
    std::vector<int16_t> arguments;  // what X and Y stand for
    absl::flat_hash_map<std::string, int8_t> variables;
  };

  absl::Status Error(absl::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat("form '", scope_.text, "' at ", scope_.at, ": ", what));
  }
  void SkipSpace() {
    while (scope_.at < scope_.text.size() && scope_.text[scope_.at] == ' ') ++scope_.at;
  }
  bool Eat(char c) {
    SkipSpace();
    if (scope_.at >= scope_.text.size() || scope_.text[scope_.at] != c) return false;
    ++scope_.at;
    return true;
  }
  std::string Word() {
    SkipSpace();
    const size_t begin = scope_.at;
    const auto is_word = [](char c) {
      return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.';
    };
    while (scope_.at < scope_.text.size() && is_word(scope_.text[scope_.at])) ++scope_.at;
    return std::string(scope_.text.substr(begin, scope_.at - begin));
  }
  int16_t Make(FormTerm term) {
    form_.terms.push_back(std::move(term));
    return static_cast<int16_t>(form_.terms.size() - 1);
  }
  int16_t MakeKind(FormTerm::Kind kind) {
    FormTerm term;
    term.kind = kind;
    return Make(std::move(term));
  }

  absl::StatusOr<int8_t> Variable(const std::string& name) {
    const auto found = scope_.variables.find(name);
    if (found != scope_.variables.end()) return found->second;
    if (form_.variables >= kMaxVariables) return Error("too many variables");
    return scope_.variables[name] = form_.variables++;
  }

  absl::StatusOr<int16_t> ParseTerm() {
    if (Eat('(')) return ParseChoice();
    if (Eat('#')) return ParseConstant();
    if (Eat('$')) return ParseVariable();
    if (Eat('~')) return MakeKind(FormTerm::Kind::kDynamic);
    if (Eat('?')) return ParseOptional();
    if (Eat('*')) return ParseStar();
    if (Eat('%')) return ParseMacro();
    return ParseNode();
  }

  absl::StatusOr<int16_t> ParseChoice() {
    FormTerm term;
    term.kind = FormTerm::Kind::kChoice;
    do {
      absl::StatusOr<int16_t> child = ParseTerm();
      if (!child.ok()) return child;
      term.children.push_back(*child);
    } while (Eat('|'));
    if (!Eat(')')) return Error("expected ')'");
    return Make(std::move(term));
  }

  absl::StatusOr<int16_t> ParseConstant() {
    FormTerm term;
    term.kind = FormTerm::Kind::kConst;
    const bool has_number =
        scope_.at < scope_.text.size() && absl::ascii_isdigit(static_cast<unsigned char>(scope_.text[scope_.at]));
    if (has_number) {
      if (!absl::SimpleAtod(Word(), &term.value)) return Error("expected a number after '#'");
      term.has_value = true;
    }
    return Make(std::move(term));
  }

  absl::StatusOr<int16_t> ParseVariable() {
    const absl::StatusOr<int8_t> variable = Variable(Word());
    if (!variable.ok()) return variable.status();
    FormTerm term;
    term.kind = FormTerm::Kind::kVariable;
    term.variable = *variable;
    if (!Eat(':')) return Make(std::move(term));
    absl::StatusOr<int16_t> bound = ParseTerm();
    if (!bound.ok()) return bound;
    term.children.push_back(*bound);
    return Make(std::move(term));
  }

  // ?Op(T, …) is (Op(T, …) | T).
  absl::StatusOr<int16_t> ParseOptional() {
    absl::StatusOr<int16_t> node = ParseNode();
    if (!node.ok()) return node;
    const FormTerm& made = form_.terms[static_cast<size_t>(*node)];
    if (made.kind != FormTerm::Kind::kNode || made.children.empty())
      return Error("'?' wants an operator with an argument");
    FormTerm choice;
    choice.kind = FormTerm::Kind::kChoice;
    choice.children = {*node, made.children[0]};
    return Make(std::move(choice));
  }

  absl::StatusOr<int16_t> ParseStar() {
    absl::StatusOr<int16_t> node = ParseNode();
    if (!node.ok()) return node;
    FormTerm& made = form_.terms[static_cast<size_t>(*node)];
    if (made.children.size() != 1) return Error("'*' wants an operator or class with one argument");
    made.kind = FormTerm::Kind::kStar;
    return node;
  }

  absl::StatusOr<int16_t> ParseMacro() {
    const std::string name = Word();
    const char* text = Find(kMacros, name);
    if (text == nullptr) return Error(absl::StrCat("no macro '", name, "'"));
    if (!Eat('(')) return Error("expected '('");
    std::vector<int16_t> arguments;
    do {
      absl::StatusOr<int16_t> argument = ParseTerm();
      if (!argument.ok()) return argument;
      arguments.push_back(*argument);
    } while (Eat(','));
    if (!Eat(')')) return Error("expected ')'");
    return Parse(text, std::move(arguments));
  }

  absl::StatusOr<int16_t> ParseNode() {
    FormTerm term;
    term.kind = FormTerm::Kind::kNode;
    while (true) {
      if (Eat('!')) {
        term.anchor = true;
      } else if (Eat('^')) {
        term.may_escape = true;
      } else {
        break;
      }
    }
    const bool is_class = Eat('@');
    const std::string name = Word();
    if (name == "_" && !is_class) return MakeKind(FormTerm::Kind::kAny);
    if ((name == "X" || name == "Y") && !is_class) {
      const size_t which = name == "X" ? 0 : 1;
      if (which >= scope_.arguments.size()) return Error(absl::StrCat(name, " stands for nothing"));
      return scope_.arguments[which];
    }
    if (absl::Status s = SetOps(name, is_class, term); !s.ok()) return s;
    if (absl::Status s = ParsePredicates(term); !s.ok()) return s;
    if (absl::Status s = ParseArguments(term); !s.ok()) return s;
    const bool symmetric = is_class || name == "Add" || name == "Mul" || name == "Sum" || name == "Max" ||
                           name == "Min" || name == "And" || name == "Or" || name == "Where";
    term.any_output = name == "Split";
    term.any_position = symmetric && term.children.size() == 1;
    term.commutative = symmetric && name != "Where" && (!is_class || name == "sum") && term.children.size() == 2;
    return Make(std::move(term));
  }

  absl::Status SetOps(const std::string& name, bool is_class, FormTerm& term) {
    if (is_class) {
      if (Find(kClasses, name) == nullptr) return Error(absl::StrCat("no class '", name, "'"));
      term.ops = ClassOps(name);
      return absl::OkStatus();
    }
    const OpId op = OpByName(name);
    if (op == 0) return Error(absl::StrCat("no operator '", name, "'"));
    term.ops.set(op);
    return absl::OkStatus();
  }

  absl::Status ParsePredicates(FormTerm& term) {
    if (!Eat('{')) return absl::OkStatus();
    do {
      const std::string name = Word();
      const Predicate predicate = FindPredicate(name);
      if (predicate == nullptr) return Error(absl::StrCat("no predicate '", name, "'"));
      term.predicates.push_back(predicate);
    } while (Eat(','));
    return Eat('}') ? absl::OkStatus() : Error("expected '}'");
  }

  absl::Status ParseArguments(FormTerm& term) {
    if (!Eat('(')) return Error("expected '('");
    if (Eat(')')) return absl::OkStatus();
    do {
      absl::StatusOr<int16_t> child = ParseTerm();
      if (!child.ok()) return child.status();
      term.children.push_back(*child);
    } while (Eat(','));
    return Eat(')') ? absl::OkStatus() : Error("expected ')'");
  }

  Form& form_;
  Scope scope_;
};

}  // namespace

OpSet ClassOps(absl::string_view name) {
  OpSet ops;
  const char* text = Find(kClasses, name);
  if (text == nullptr) return ops;
  for (absl::string_view op : absl::StrSplit(text, ' ')) ops.set(OpByName(op));
  return ops;
}

absl::StatusOr<Form> CompileForm(absl::string_view text) {
  Form form;
  const absl::StatusOr<int16_t> root = Parser(form).Parse(text, {});
  if (!root.ok()) return root.status();
  form.root = *root;
  FindRequirements(form);
  if (form.first.none()) return absl::InvalidArgumentError(absl::StrCat("form '", text, "': no operator at its end"));
  return form;
}

}  // namespace opcost
