// Local functions are expanded where they are called, so that each call has its own shapes.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/build_graph.h"
#include "frontend/scope.h"

namespace opcost::internal {
namespace {

// What attribute references inside the body mean: the call's attributes, themselves resolved, then the defaults.
AttributeMap Arguments(const onnx::NodeProto& call, const onnx::FunctionProto& function) {
  AttributeMap map;
  for (const onnx::AttributeProto& a : function.attribute_proto()) map[a.name()] = &a;
  for (const onnx::AttributeProto& a : call.attribute()) map[a.name()] = &a;
  return map;
}

OpsetMap Opsets(const onnx::FunctionProto& function, const OpsetMap& outer) {
  OpsetMap opsets = outer;
  for (const auto& import : function.opset_import()) {
    opsets[std::string(CanonicalDomain(import.domain()))] = static_cast<int>(import.version());
  }
  return opsets;
}

// Types that the function states for its own tensors; its parameters have the caller's.
void AddDeclaredTypes(Builder& b, const Names& names, const onnx::FunctionProto& function) {
  for (const onnx::ValueInfoProto& info : function.value_info()) {
    const auto it = names.own.find(info.name());
    if (it == names.own.end() || it->second == kNone || !info.has_type()) continue;
    const onnx::TypeProto*& declared = b.in.declared[static_cast<size_t>(it->second)];
    const auto& parameters = function.input();
    if (std::find(parameters.begin(), parameters.end(), info.name()) == parameters.end()) declared = &info.type();
  }
}

std::string CallName(const onnx::NodeProto& call) {
  if (!call.name().empty()) return call.name();
  for (const std::string& output : call.output()) {
    if (!output.empty()) return absl::StrCat(call.op_type(), "@", output);
  }
  return call.op_type();
}

// A function stands for a module called like its call, unless the exporter wrote down which module the call is part of.
void EnterScope(const Level& level, const onnx::NodeProto& call, Level& inside) {
  const std::string own = ScopeOf(call);
  inside.scope_is_stated = level.scope_is_stated || (call.metadata_props_size() > 0 && !own.empty());
  if (inside.scope_is_stated) {
    inside.scope = own.empty() ? level.scope : own;
    return;
  }
  inside.scope = level.scope.empty() ? "" : absl::StrCat(level.scope, "/");
  absl::StrAppend(&inside.scope, own.empty() ? CallName(call) : own);
}

}  // namespace

std::string FunctionKey(absl::string_view domain, absl::string_view name, absl::string_view overload) {
  return absl::StrCat(CanonicalDomain(domain), "\n", name, "\n", overload);
}

const onnx::NodeProto& ResolveReferences(Builder& b, const Level& level, const onnx::NodeProto& node) {
  if (level.attributes == nullptr) return node;
  const bool refers = std::any_of(node.attribute().begin(), node.attribute().end(),
                                  [](const auto& a) { return !a.ref_attr_name().empty(); });
  if (!refers) return node;
  onnx::NodeProto& copy = b.in.rewritten.emplace_back(node);
  copy.clear_attribute();
  for (const onnx::AttributeProto& a : node.attribute()) {
    if (a.ref_attr_name().empty()) {
      *copy.add_attribute() = a;
      continue;
    }
    const auto it = level.attributes->find(a.ref_attr_name());
    if (it == level.attributes->end()) continue;  // the caller gave none and there is no default: absent
    onnx::AttributeProto* resolved = copy.add_attribute();
    *resolved = *it->second;
    resolved->set_name(a.name());
  }
  return copy;
}

absl::Status ExpandCall(Builder& b, Level& level, const onnx::NodeProto& call, const onnx::FunctionProto& function) {
  if (std::find(b.active.begin(), b.active.end(), &function) != b.active.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("function '", function.name(), "' calls itself; local functions cannot be recursive"));
  }
  if (call.input_size() > function.input_size()) {
    return absl::InvalidArgumentError(absl::StrCat("node '", CallName(call), "' (", call.op_type(),
                                                   "): ", call.input_size(), " inputs, but function '", function.name(),
                                                   "' takes ", function.input_size()));
  }
  const AttributeMap arguments = Arguments(call, function);
  const OpsetMap opsets = Opsets(function, *level.opsets);
  Names names;
  for (int i = 0; i < function.input_size(); ++i) {
    TensorId actual = kNone;
    if (i < call.input_size() && !call.input(i).empty()) {
      const TensorId* found = level.names->Find(call.input(i));
      if (found == nullptr) {
        return absl::InvalidArgumentError(absl::StrCat("node '", CallName(call), "' (", call.op_type(), "): input '",
                                                       call.input(i), "' is defined nowhere"));
      }
      actual = *found;
    }
    names.own[function.input(i)] = actual;
  }
  absl::flat_hash_map<absl::string_view, absl::string_view> renamed;
  const int outputs = std::min(call.output_size(), function.output_size());
  for (int i = 0; i < outputs; ++i) {
    if (!call.output(i).empty()) renamed.emplace(function.output(i), call.output(i));
  }
  // A caller inside another function names its outputs in that function's space.
  std::vector<std::string> outer_names;
  outer_names.reserve(renamed.size());
  for (auto& [inner, outer] : renamed) {
    if (level.renamed != nullptr && level.renamed->contains(outer)) {
      outer = level.renamed->at(outer);
    } else if (!level.prefix.empty()) {
      outer_names.push_back(absl::StrCat(level.prefix, outer));
      outer = outer_names.back();
    }
  }
  Level inside;
  inside.region = level.region;
  inside.names = &names;
  inside.opsets = &opsets;
  inside.prefix = absl::StrCat(level.prefix, CallName(call), "/");
  EnterScope(level, call, inside);
  inside.call_path = level.call_path;
  inside.call_path.push_back(CallName(call));
  inside.attributes = &arguments;
  inside.renamed = &renamed;
  b.active.push_back(&function);
  if (absl::Status s = AddNodes(b, inside, function.node()); !s.ok()) return s;
  b.active.pop_back();
  AddDeclaredTypes(b, names, function);
  for (int i = 0; i < outputs; ++i) {
    if (call.output(i).empty()) continue;
    const TensorId* found = names.Find(function.output(i));
    if (found == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("function '", function.name(), "': output '", function.output(i), "' is defined nowhere"));
    }
    level.names->own[call.output(i)] = *found;
  }
  return absl::OkStatus();
}

}  // namespace opcost::internal
