#include "frontend/validate.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/container/btree_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "frontend/attribute_kinds.h"
#include "frontend/schemas.h"
#include "frontend/tensor_payload.h"
#include "frontend/validate_calls.h"
#include "frontend/validate_names.h"
#include "frontend/validate_types.h"

namespace opcost::internal {
namespace {

using onnx::AttributeProto;
using onnx::GraphProto;
using onnx::ModelProto;
using onnx::NodeProto;
using onnx::TensorProto;

// Operators of ai.onnx that are nothing without a body.
struct BodyRow {
  absl::string_view op_type;
  absl::string_view attribute;
};
constexpr std::array kBodies = {BodyRow{"If", "then_branch"}, BodyRow{"If", "else_branch"}, BodyRow{"Loop", "body"},
                                BodyRow{"Scan", "body"}};

// One spelling for the two names of the default domain.
absl::string_view Domain(absl::string_view domain) { return domain == "ai.onnx" ? "" : domain; }

std::string CallKey(absl::string_view domain, absl::string_view name, absl::string_view overload) {
  return absl::StrCat(Domain(domain), absl::string_view("\0", 1), name, absl::string_view("\0", 1), overload);
}

const AttributeProto* Find(const NodeProto& node, absl::string_view name) {
  for (const AttributeProto& attribute : node.attribute()) {
    if (attribute.name() == name) return &attribute;
  }
  return nullptr;
}

class Validator {
 public:
  explicit Validator(const ModelProto& model) : model_(model) {}
  absl::StatusOr<Validated> Run();

 private:
  absl::Status CheckHeader();
  absl::Status CheckOpsets();
  absl::Status IndexFunctions();
  absl::Status CheckFunction(int index);
  absl::Status CheckList(const NodeList& list);
  absl::Status CheckNodes();
  absl::Status CheckNode(const NodeProto& node);
  absl::Status CheckBodies(const NodeProto& node);
  absl::Status CheckAttributes(const NodeProto& node);
  absl::Status CheckAttribute(const AttributeProto& attribute);
  absl::Status CheckGraphTypes(const GraphProto& graph);
  absl::Status CheckOutputs(const NodeList& list);
  absl::Status CheckOneTensor(const TensorProto& tensor, absl::string_view what);
  absl::Status CheckSparse(const onnx::SparseTensorProto& sparse, absl::string_view what);

  std::string Where(absl::string_view what) const { return absl::StrCat(Place(scopes_), what); }
  std::string NodeWhere() const {
    return absl::StrCat(Place(scopes_), NodeLabel(scopes_.back().list, scopes_.back().current));
  }

  const ModelProto& model_;
  Validated result_;
  absl::btree_set<std::string> data_files_;
  std::vector<Scope> scopes_;
  absl::flat_hash_map<std::string, int> functions_;
  std::vector<Callable> callables_;
  Callable* callable_ = nullptr;  // the function, or the main graph, being walked
  bool in_function_ = false;
};

absl::Status Validator::CheckHeader() {
  if (!model_.has_ir_version() && !model_.has_graph()) {
    return absl::InvalidArgumentError("neither an ir_version nor a graph, expected an ONNX model (protobuf)");
  }
  if (!model_.has_graph()) return absl::InvalidArgumentError("graph: missing, expected one");
  if (!model_.has_ir_version()) return absl::InvalidArgumentError("ir_version: missing, expected 3 or more");
  constexpr int64_t kOldest = onnx::IR_VERSION_2017_11_3;
  if (model_.ir_version() < kOldest || model_.ir_version() > onnx::IR_VERSION) {
    return absl::InvalidArgumentError(absl::StrCat("ir_version: ", model_.ir_version(), ", expected ", kOldest, " to ",
                                                   int{onnx::IR_VERSION}, ", the newest that this build knows"));
  }
  if (!IsUtf8(model_.graph().name()) || !IsUtf8(model_.producer_name()) || !IsUtf8(model_.producer_version())) {
    return absl::InvalidArgumentError("the name of the graph or its producer is not UTF-8, expected text");
  }
  return CheckOpsets();
}

absl::Status Validator::CheckOpsets() {
  if (model_.opset_import_size() == 0) {
    return absl::InvalidArgumentError("opset_import: missing, expected the version of at least one operator set");
  }
  absl::flat_hash_map<absl::string_view, int64_t> versions;
  for (const auto& opset : model_.opset_import()) {
    const absl::string_view domain = Domain(opset.domain());
    const std::string name = domain.empty() ? "ai.onnx" : opset.domain();
    if (!IsUtf8(domain)) return absl::InvalidArgumentError("opset_import: a domain is not UTF-8, expected text");
    if (opset.version() < 1) {
      return absl::InvalidArgumentError(
          absl::StrCat("opset_import: version ", opset.version(), " of ", name, ", expected 1 or more"));
    }
    if (const int newest = NewestVersion(domain); newest > 0 && opset.version() > newest) {
      result_.notes.push_back({NoteKind::kAssumption,
                               absl::StrCat("operator set ", name, " ", opset.version(), " is newer than ", newest,
                                            ", the newest that this build knows: operators are taken as that defines "
                                            "them"),
                               name});
    }
    const auto [at, fresh] = versions.try_emplace(domain, opset.version());
    if (fresh || at->second == opset.version()) continue;
    result_.notes.push_back({NoteKind::kModel,
                             absl::StrCat("operator set ", name, " is imported twice, as version ", at->second, " and ",
                                          opset.version(), "; the file is ambiguous"),
                             name});
  }
  return absl::OkStatus();
}

absl::Status Validator::IndexFunctions() {
  callables_.resize(model_.functions_size());
  for (int i = 0; i < model_.functions_size(); ++i) {
    const onnx::FunctionProto& function = model_.functions(i);
    if (!IsUtf8(function.name()) || !IsUtf8(function.domain())) {
      return absl::InvalidArgumentError(absl::StrCat("function ", i, ": its name is not UTF-8, expected text"));
    }
    callables_[i].label = absl::StrCat("function '", function.name(), "'");
    const std::string key = CallKey(function.domain(), function.name(), function.overload());
    if (!functions_.try_emplace(key, i).second) {
      return absl::InvalidArgumentError(absl::StrCat(callables_[i].label, ": defined twice in domain '",
                                                     function.domain(), "', expected one definition"));
    }
  }
  return absl::OkStatus();
}

absl::Status Validator::CheckOneTensor(const TensorProto& tensor, absl::string_view what) {
  const std::string where = Where(what);
  if (absl::Status status = CheckTensor(tensor, where); !status.ok()) return status;
  return CheckExternalData(tensor, where, data_files_);
}

absl::Status Validator::CheckSparse(const onnx::SparseTensorProto& sparse, absl::string_view what) {
  TensorProto dense;
  *dense.mutable_dims() = sparse.dims();
  dense.set_data_type(sparse.values().data_type());
  if (absl::Status status = CheckTensor(dense, Where(what)); !status.ok()) return status;
  if (absl::Status status = CheckOneTensor(sparse.values(), absl::StrCat(what, ", values")); !status.ok())
    return status;
  return CheckOneTensor(sparse.indices(), absl::StrCat(what, ", indices"));
}

absl::Status Validator::CheckGraphTypes(const GraphProto& graph) {
  for (const TensorProto& tensor : graph.initializer()) {
    // The place costs more to write than the check to make.
    if (tensor.data_location() != TensorProto::EXTERNAL && CheckTensor(tensor, "").ok()) continue;
    absl::Status status = CheckOneTensor(tensor, absl::StrCat("initializer '", tensor.name(), "'"));
    if (!status.ok()) return status;
  }
  for (const auto& sparse : graph.sparse_initializer()) {
    absl::Status status = CheckSparse(sparse, absl::StrCat("sparse initializer '", sparse.values().name(), "'"));
    if (!status.ok()) return status;
  }
  const auto check = [&](const auto& infos, absl::string_view what) {
    for (const onnx::ValueInfoProto& info : infos) {
      if (CheckType(info.type(), "").ok()) continue;
      return CheckType(info.type(), Where(absl::StrCat(what, " '", info.name(), "'")));
    }
    return absl::OkStatus();
  };
  if (absl::Status status = check(graph.input(), "input"); !status.ok()) return status;
  if (absl::Status status = check(graph.output(), "output"); !status.ok()) return status;
  return check(graph.value_info(), "value_info");
}

absl::Status Validator::CheckAttribute(const AttributeProto& attribute) {
  if (!IsUtf8(attribute.name())) {
    return absl::InvalidArgumentError(absl::StrCat(NodeWhere(), ": an attribute's name is not UTF-8, expected text"));
  }
  if (const std::string fault = KindFault(attribute); !fault.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(NodeWhere(), ": attribute '", attribute.name(), "' ", fault));
  }
  if (!attribute.ref_attr_name().empty() && !in_function_) {
    return absl::InvalidArgumentError(absl::StrCat(NodeWhere(), ": attribute '", attribute.name(), "' refers to '",
                                                   attribute.ref_attr_name(),
                                                   "' of a function, expected a value outside functions"));
  }
  const bool absent = (attribute.type() == AttributeProto::TENSOR && !attribute.has_t()) ||
                      (attribute.type() == AttributeProto::GRAPH && !attribute.has_g()) ||
                      (attribute.type() == AttributeProto::SPARSE_TENSOR && !attribute.has_sparse_tensor()) ||
                      (attribute.type() == AttributeProto::TYPE_PROTO && !attribute.has_tp());
  if (absent && attribute.ref_attr_name().empty()) {
    return absl::InvalidArgumentError(absl::StrCat(NodeWhere(), ": attribute '", attribute.name(),
                                                   "' is empty, expected a ",
                                                   AttributeProto::AttributeType_Name(attribute.type())));
  }
  const bool tensors = attribute.has_t() || attribute.tensors_size() > 0;
  const bool sparse = attribute.has_sparse_tensor() || attribute.sparse_tensors_size() > 0;
  const bool graphs = attribute.has_g() || attribute.graphs_size() > 0;
  if (!tensors && !sparse && !graphs) return absl::OkStatus();

  const auto what = [&] {
    return absl::StrCat(NodeLabel(scopes_.back().list, scopes_.back().current), ", attribute '", attribute.name(), "'");
  };
  if (attribute.has_t()) {
    if (absl::Status status = CheckOneTensor(attribute.t(), what()); !status.ok()) return status;
  }
  for (const TensorProto& tensor : attribute.tensors()) {
    if (absl::Status status = CheckOneTensor(tensor, what()); !status.ok()) return status;
  }
  if (attribute.has_sparse_tensor()) {
    if (absl::Status status = CheckSparse(attribute.sparse_tensor(), what()); !status.ok()) return status;
  }
  for (const auto& one : attribute.sparse_tensors()) {
    if (absl::Status status = CheckSparse(one, what()); !status.ok()) return status;
  }
  if (attribute.has_g()) {
    NodeList body{&attribute.g().node(), &attribute.g(), nullptr};
    if (absl::Status status = CheckList(body); !status.ok()) return status;
  }
  for (const GraphProto& graph : attribute.graphs()) {
    NodeList body{&graph.node(), &graph, nullptr};
    if (absl::Status status = CheckList(body); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Validator::CheckAttributes(const NodeProto& node) {
  absl::InlinedVector<absl::string_view, 8> names;
  for (const AttributeProto& attribute : node.attribute()) {
    if (absl::Status status = CheckAttribute(attribute); !status.ok()) return status;
    names.push_back(attribute.name());
  }
  std::sort(names.begin(), names.end());
  const auto* twice = std::adjacent_find(names.begin(), names.end());
  if (twice == names.end()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(NodeWhere(), ": attribute '", *twice, "' is given twice, expected one"));
}

absl::Status Validator::CheckBodies(const NodeProto& node) {
  for (const BodyRow& row : kBodies) {
    if (node.op_type() != row.op_type) continue;
    const AttributeProto* attribute = Find(node, row.attribute);
    if (!attribute || (!attribute->has_g() && attribute->ref_attr_name().empty())) {
      return absl::InvalidArgumentError(
          absl::StrCat(NodeWhere(), ": no attribute '", row.attribute, "', expected a graph"));
    }
    if (node.op_type() == "If" && attribute->g().output_size() < node.output_size()) {
      return absl::InvalidArgumentError(absl::StrCat(NodeWhere(), ": ", row.attribute, " has ",
                                                     attribute->g().output_size(), " outputs, expected ",
                                                     node.output_size(), " as the node has"));
    }
  }
  return absl::OkStatus();
}

absl::Status Validator::CheckNode(const NodeProto& node) {
  if (node.op_type().empty())
    return absl::InvalidArgumentError(absl::StrCat(NodeWhere(), ": no op_type, expected one"));
  if (!IsUtf8(node.name()) || !IsUtf8(node.op_type()) || !IsUtf8(node.domain())) {
    return absl::InvalidArgumentError(
        Where(absl::StrCat("node ", scopes_.back().current, " '", absl::CHexEscape(node.name()),
                           "': its name, operator or domain is not UTF-8, expected text")));
  }
  for (const std::string& input : node.input()) {
    if (input.empty() || Read(scopes_, input)) continue;
    return absl::InvalidArgumentError(absl::StrCat(NodeWhere(), ": input '", input,
                                                   "' is produced by nothing, expected the name of an input, an "
                                                   "initializer or a node's output"));
  }
  if (absl::Status status = CheckAttributes(node); !status.ok()) return status;
  ++callable_->nodes;
  if (!functions_.empty()) {
    const auto called = functions_.find(CallKey(node.domain(), node.op_type(), node.overload()));
    if (called != functions_.end()) callable_->callees.push_back(called->second);
  }
  return Domain(node.domain()).empty() ? CheckBodies(node) : absl::OkStatus();
}

absl::Status Validator::CheckNodes() {
  const NodeList list = scopes_.back().list;
  for (int i = 0; i < list.nodes->size(); ++i) {
    scopes_.back().current = i;
    if (absl::Status status = CheckNode(list.nodes->Get(i)); !status.ok()) return status;
  }
  scopes_.back().current = list.nodes->size();
  return absl::OkStatus();
}

absl::Status Validator::CheckOutputs(const NodeList& list) {
  const auto check = [&](absl::string_view name) {
    if (name.empty() || Read(scopes_, name)) return absl::OkStatus();
    return absl::InvalidArgumentError(
        Where(absl::StrCat("output '", name, "' is produced by nothing, expected the name of ",
                           "an input, an initializer or a node's output")));
  };
  if (list.function) {
    for (const std::string& name : list.function->output()) {
      if (absl::Status status = check(name); !status.ok()) return status;
    }
    return absl::OkStatus();
  }
  for (const onnx::ValueInfoProto& output : list.graph->output()) {
    if (absl::Status status = check(output.name()); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Validator::CheckList(const NodeList& list) {
  if (scopes_.size() >= kMaxGraphNesting) {
    return absl::InvalidArgumentError(
        absl::StrCat(NodeWhere(), ": graphs nested more than ", kMaxGraphNesting, " deep, expected fewer"));
  }
  scopes_.push_back({list});
  absl::Status status = Define(scopes_);
  if (status.ok()) status = CheckNodes();
  if (status.ok()) status = CheckOutputs(list);
  if (status.ok() && list.graph) status = CheckGraphTypes(*list.graph);
  if (status.ok()) status = CheckAcyclic(scopes_);
  scopes_.pop_back();
  return status;
}

absl::Status Validator::CheckFunction(int index) {
  callable_ = &callables_[index];
  in_function_ = true;
  const onnx::FunctionProto& function = model_.functions(index);
  return CheckList({&function.node(), nullptr, &function});
}

absl::StatusOr<Validated> Validator::Run() {
  if (absl::Status status = CheckHeader(); !status.ok()) return status;
  if (absl::Status status = IndexFunctions(); !status.ok()) return status;
  for (int i = 0; i < model_.functions_size(); ++i) {
    if (absl::Status status = CheckFunction(i); !status.ok()) return status;
  }
  in_function_ = false;
  Callable main{"graph"};
  callable_ = &main;
  if (absl::Status status = CheckList({&model_.graph().node(), &model_.graph(), nullptr}); !status.ok()) return status;
  if (absl::Status status = CheckCalls(callables_, main, kMaxExpandedNodes); !status.ok()) return status;
  result_.data_files.assign(data_files_.begin(), data_files_.end());
  return std::move(result_);
}

}  // namespace

absl::StatusOr<Validated> Validate(const ModelProto& model) { return Validator(model).Run(); }

}  // namespace opcost::internal
