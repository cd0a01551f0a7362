#include "frontend/meeting_symbols.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "frontend/dim_expression.h"
#include "frontend/onnx_types.h"

namespace opcost::internal {
namespace {

constexpr int kMaxRounds = 4;
// Large enough to be no width of a usual network, small enough for ranges of them to be evaluated.
constexpr int64_t kFirstCandidate = 101;

// What an operator needs to be equal.
enum class Need : uint8_t { kNothing, kBroadcast, kConcat, kProduct, kQuantizedProduct, kExpand, kEinsum, kBatchFirst };

struct NeedRow {
  absl::string_view op_type;
  Need need;
};
constexpr std::array kNeeds = {
    NeedRow{"Add", Need::kBroadcast},
    NeedRow{"Sub", Need::kBroadcast},
    NeedRow{"Mul", Need::kBroadcast},
    NeedRow{"Div", Need::kBroadcast},
    NeedRow{"Pow", Need::kBroadcast},
    NeedRow{"Mod", Need::kBroadcast},
    NeedRow{"Max", Need::kBroadcast},
    NeedRow{"Min", Need::kBroadcast},
    NeedRow{"Sum", Need::kBroadcast},
    NeedRow{"And", Need::kBroadcast},
    NeedRow{"Or", Need::kBroadcast},
    NeedRow{"Xor", Need::kBroadcast},
    NeedRow{"Mean", Need::kBroadcast},
    NeedRow{"Equal", Need::kBroadcast},
    NeedRow{"Less", Need::kBroadcast},
    NeedRow{"Where", Need::kBroadcast},
    NeedRow{"LessOrEqual", Need::kBroadcast},
    NeedRow{"Greater", Need::kBroadcast},
    NeedRow{"GreaterOrEqual", Need::kBroadcast},
    NeedRow{"PRelu", Need::kBroadcast},
    NeedRow{"BitShift", Need::kBroadcast},
    NeedRow{"BitwiseAnd", Need::kBroadcast},
    NeedRow{"BitwiseOr", Need::kBroadcast},
    NeedRow{"Concat", Need::kConcat},
    NeedRow{"MatMul", Need::kProduct},
    NeedRow{"MatMulInteger", Need::kProduct},
    NeedRow{"FusedMatMul", Need::kProduct},
    NeedRow{"QLinearMatMul", Need::kQuantizedProduct},
    NeedRow{"Expand", Need::kExpand},
    NeedRow{"Einsum", Need::kEinsum},
    // Every tensor of theirs with three axes or more has the batch first.
    NeedRow{"Attention", Need::kBatchFirst},
    NeedRow{"MultiHeadAttention", Need::kBatchFirst},
    NeedRow{"GroupQueryAttention", Need::kBatchFirst},
    NeedRow{"DecoderMaskedMultiHeadAttention", Need::kBatchFirst},
    NeedRow{"SkipLayerNormalization", Need::kBatchFirst},
};

Need NeedOf(absl::string_view op_type) {
  const auto row = std::find_if(kNeeds.begin(), kNeeds.end(), [&](const NeedRow& r) { return r.op_type == op_type; });
  return row == kNeeds.end() ? Need::kNothing : row->need;
}

using Pair = std::pair<int64_t, int64_t>;

// Extents that a node needs to be equal and are not, 1 aside where it broadcasts.
class Mismatches {
 public:
  Mismatches(Instantiation& in, const Node& node) : in_(in), node_(node) {}

  std::vector<Pair> Find(Need need) {
    switch (need) {
      case Need::kNothing:
        break;
      case Need::kBroadcast:
        Broadcast();
        break;
      case Need::kConcat:
        Concat();
        break;
      case Need::kProduct:
        Product(0, 1);
        break;
      case Need::kQuantizedProduct:
        Product(0, 3);
        break;
      case Need::kExpand:
        Expand();
        break;
      case Need::kEinsum:
        Einsum();
        break;
      case Need::kBatchFirst:
        Batches();
        break;
    }
    return std::move(found_);
  }

 private:
  const Shape* ShapeAt(size_t i) const {
    if (i >= node_.inputs.size() || node_.inputs[i] == kNone) return nullptr;
    const std::optional<Shape>& shape = in_.TensorAt(node_.inputs[i]).shape;
    return shape ? &*shape : nullptr;
  }

  void Compare(int64_t a, int64_t b, bool broadcasts = true) {
    if (a < 0 || b < 0 || a == b || (broadcasts && (a == 1 || b == 1))) return;
    found_.push_back({a, b});
  }

  void Align(const Shape& a, const Shape& b, size_t skip = 0) {
    const size_t n = std::min(a.size(), b.size());
    for (size_t i = skip; i < n; ++i) Compare(a[a.size() - 1 - i].extent, b[b.size() - 1 - i].extent);
  }

  void Broadcast() {
    for (size_t i = 0; i < node_.inputs.size(); ++i) {
      for (size_t j = 0; j < i; ++j) {
        if (ShapeAt(i) != nullptr && ShapeAt(j) != nullptr) Align(*ShapeAt(j), *ShapeAt(i));
      }
    }
  }

  void Concat() {
    const Shape* first = ShapeAt(0);
    if (first == nullptr) return;
    const int64_t rank = static_cast<int64_t>(first->size());
    int64_t axis = IntAttribute(node_, "axis", 1);
    if (axis < 0) axis += rank;
    for (size_t i = 1; i < node_.inputs.size(); ++i) {
      const Shape* other = ShapeAt(i);
      if (other == nullptr || other->size() != first->size()) continue;
      for (int64_t d = 0; d < rank; ++d) {
        if (d == axis) continue;
        Compare((*first)[static_cast<size_t>(d)].extent, (*other)[static_cast<size_t>(d)].extent, false);
      }
    }
  }

  void Product(size_t left, size_t right) {
    const Shape *a = ShapeAt(left), *b = ShapeAt(right);
    if (a == nullptr || b == nullptr || a->empty() || b->empty()) return;
    const bool turned = IntAttribute(node_, "transB", 0) != 0, turned_a = IntAttribute(node_, "transA", 0) != 0;
    const size_t row = b->size() < 2 ? b->size() - 1 : b->size() - (turned ? 1 : 2);
    const size_t column = turned_a && a->size() > 1 ? a->size() - 2 : a->size() - 1;
    Compare((*a)[column].extent, (*b)[row].extent, false);
    if (a->size() > 2 && b->size() > 2) Align(*a, *b, 2);
  }

  void Expand() {
    const Shape* x = ShapeAt(0);
    const Value* target = node_.inputs.size() > 1 ? in_.ValueOf(node_.inputs[1]) : nullptr;
    if (x == nullptr || target == nullptr || !target->known()) return;
    Shape wanted;
    for (const int64_t extent : target->ints) wanted.push_back({extent, kNone});
    Align(*x, wanted);
  }

  // Plain labels only: an ellipsis stands for axes that have none.
  void Einsum() {
    const absl::string_view equation = StringAttribute(node_, "equation", "");
    std::map<char, int64_t> extents;
    size_t input = 0, axis = 0;
    for (const char c : equation.substr(0, equation.find("->"))) {
      if (c == '.') return;
      if (c == ',') {
        ++input;
        axis = 0;
        continue;
      }
      if (c == ' ') continue;
      const Shape* shape = ShapeAt(input);
      if (shape == nullptr || axis >= shape->size()) return;
      const int64_t extent = (*shape)[axis++].extent;
      const auto [at, is_new] = extents.emplace(c, extent);
      if (!is_new) Compare(at->second, extent);
    }
  }

  void Batches() {
    const Shape* first = ShapeAt(0);
    if (first == nullptr || first->size() < 3) return;
    for (size_t i = 1; i < node_.inputs.size(); ++i) {
      const Shape* other = ShapeAt(i);
      // A past of five axes has keys and values first.
      if (other == nullptr || other->size() < 3 || other->size() > 4) continue;
      if (!in_.TensorAt(node_.inputs[i]).is_constant) Compare(first->front().extent, other->front().extent);
    }
  }

  Instantiation& in_;
  const Node& node_;
  std::vector<Pair> found_;
};

bool IsPrime(int64_t n) {
  for (int64_t d = 2; d * d <= n; ++d) {
    if (n % d == 0) return false;
  }
  return n > 1;
}

// Extents that the file states: no symbol may stand for one of them.
std::set<int64_t> StatedExtents(const ParsedModel& parsed) {
  std::set<int64_t> stated;
  for (const onnx::TensorProto& t : parsed.proto.graph().initializer()) {
    stated.insert(t.dims().begin(), t.dims().end());
  }
  return stated;
}

class Probe {
 public:
  explicit Probe(Instantiation& in) : in_(in) {}

  std::vector<SymbolMeeting> Run() {
    const LoadOptions given = std::exchange(in_.options, {});
    std::vector<std::string> symbols;
    for (const auto& [name, unused] : in_.graph.bindings) symbols.push_back(name);
    GivePrimes(symbols);
    in_.probing = true;
    ++in_.quiet;
    for (int round = 0; round < kMaxRounds; ++round) {
      if (!RunOnce()) break;
    }
    Rewind(in_);
    in_.options = given;
    in_.probing = false;
    // They were bound before.
    BindSymbols(in_).IgnoreError();
    --in_.quiet;
    return std::move(meetings_);
  }

 private:
  void GivePrimes(const std::vector<std::string>& symbols) {
    const std::set<int64_t> stated = StatedExtents(in_.parsed);
    int64_t candidate = kFirstCandidate;
    for (const std::string& name : symbols) {
      while (!IsPrime(candidate) || stated.count(candidate) != 0) ++candidate;
      in_.options.dims[name] = candidate++;
    }
  }

  // Whether symbols met that did not before; from now on they have one value.
  bool RunOnce() {
    Rewind(in_);
    if (!BindSymbols(in_).ok() || !InferShapes(in_).ok()) return false;
    bool any = false;
    for (size_t i = 0; i < in_.graph.nodes.size(); ++i) {
      const auto [need, is_new] = needs_.try_emplace(in_.operators[i]);
      if (is_new) need->second = NeedOf(in_.operators[i]->op_type);
      if (need->second == Need::kNothing) continue;
      for (const Pair& pair : Mismatches(in_, in_.graph.nodes[i]).Find(need->second)) {
        any = Meet(static_cast<NodeId>(i), pair) || any;
      }
    }
    return any;
  }

  bool Meet(NodeId node, const Pair& pair) {
    const std::string a = NameOf(pair.first), b = NameOf(pair.second);
    if (a.empty() || b.empty() || a == b) return false;
    const auto known = [&](const SymbolMeeting& m) { return (m.a == a && m.b == b) || (m.a == b && m.b == a); };
    if (std::any_of(meetings_.begin(), meetings_.end(), known)) return false;
    meetings_.push_back({a, b, in_.NodeAt(node).op_type, Label(in_, node)});
    std::map<std::string, int64_t>& dims = in_.options.dims;
    // The plain one of the two takes the other's value.
    if (dims.count(b) != 0) {
      dims[b] = pair.first;
    } else if (dims.count(a) != 0) {
      dims[a] = pair.second;
    }
    return true;
  }

  // The symbol, or the expression that the file writes for it, or a sum of two; "" where nothing fits.
  std::string NameOf(int64_t extent) const {
    for (const auto& [name, value] : in_.options.dims) {
      if (value == extent) return name;
    }
    for (const auto& [name, value] : in_.options.dims) {
      for (const auto& [other, more] : in_.options.dims) {
        if (name < other && value + more == extent) return absl::StrCat(name, " + ", other);
      }
    }
    for (const onnx::TypeProto* type : in_.declared) {
      if (type == nullptr || !type->has_tensor_type()) continue;
      for (const auto& dim : type->tensor_type().shape().dim()) {
        if (dim.has_dim_param() && ValueOf(dim.dim_param()) == extent) return dim.dim_param();
      }
    }
    return "";
  }

  std::optional<int64_t> ValueOf(const std::string& text) const {
    return EvaluateDim(text, [&](absl::string_view atom) -> std::optional<int64_t> {
      const auto it = in_.options.dims.find(std::string(atom));
      return it == in_.options.dims.end() ? std::nullopt : std::optional<int64_t>(it->second);
    });
  }

  Instantiation& in_;
  absl::flat_hash_map<const Operator*, Need> needs_;
  std::vector<SymbolMeeting> meetings_;
};

// The symbols of a name or an expression that are bound here.
std::vector<std::string> AtomsOf(const Instantiation& in, const std::string& text) {
  if (in.graph.bindings.count(text) != 0) return {text};
  return DimAtoms(text).value_or(std::vector<std::string>{text});
}

std::optional<int64_t> ValueUnder(const Instantiation& in, const std::string& text) {
  const auto whole = in.graph.bindings.find(text);
  if (whole != in.graph.bindings.end()) return whole->second;
  return EvaluateDim(text, [&](absl::string_view atom) -> std::optional<int64_t> {
    const auto it = in.graph.bindings.find(std::string(atom));
    return it == in.graph.bindings.end() ? std::nullopt : std::optional<int64_t>(it->second);
  });
}

// "w" and "2*(w//2)": no other binding of another symbol makes them equal.
bool ShareSymbols(const Instantiation& in, const SymbolMeeting& meeting) {
  const std::vector<std::string> a = AtomsOf(in, meeting.a), b = AtomsOf(in, meeting.b);
  return std::any_of(a.begin(), a.end(),
                     [&](const std::string& s) { return std::find(b.begin(), b.end(), s) != b.end(); });
}

void NoteMeeting(Instantiation& in, const SymbolMeeting& meeting) {
  const std::optional<int64_t> a = ValueUnder(in, meeting.a), b = ValueUnder(in, meeting.b);
  if (!a || !b) return;
  if (ShareSymbols(in, meeting)) {
    if (*a == *b) return;
    in.told.insert({meeting.a, meeting.b});
    in.Note(NoteKind::kModel,
            absl::StrCat("'", meeting.a, "' and '", meeting.b, "' have to be equal, since ", meeting.op_type, " '",
                         meeting.where, "' joins them, but they are ", *a, " and ", *b,
                         "; bind --dim to values for which they are"),
            meeting.where);
    return;
  }
  std::vector<std::string> unbound;
  for (const std::string& side : {meeting.a, meeting.b}) {
    for (const std::string& atom : AtomsOf(in, side)) {
      if (in.unbound.contains(atom)) unbound.push_back(absl::StrCat(atom, "=N"));
    }
  }
  if (*a == *b && unbound.empty()) return;
  const std::string names = absl::StrCat("'", meeting.a, "' and '", meeting.b, "' stand for the same extent, since ",
                                         meeting.op_type, " '", meeting.where, "' joins them");
  if (*a == *b) {
    in.Note(NoteKind::kModel, absl::StrCat(names, "; bind them alike: --dim ", absl::StrJoin(unbound, ",")), meeting.b);
    return;
  }
  const bool b_plain = in.graph.bindings.count(meeting.b) != 0;
  in.told.insert({meeting.a, meeting.b});
  in.Note(NoteKind::kModel,
          absl::StrCat(names, ", but they are ", *a, " and ", *b, "; bind them alike: --dim ",
                       b_plain ? meeting.b : meeting.a, "=", b_plain ? *a : *b),
          b_plain ? meeting.b : meeting.a);
}

}  // namespace

std::vector<SymbolMeeting> FindMeetings(Instantiation& in) { return Probe(in).Run(); }

void NoteMeetings(Instantiation& in, const std::vector<SymbolMeeting>& meetings) {
  for (const SymbolMeeting& meeting : meetings) NoteMeeting(in, meeting);
}

}  // namespace opcost::internal
