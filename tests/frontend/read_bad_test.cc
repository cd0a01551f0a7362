// Models that cannot be priced, each with its message; and oddities that can.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "frontend/load.h"
#include "frontend/read_proto.h"
#include "frontend/validate.h"
#include "onnx/defs/parser.h"

namespace opcost::internal {
namespace {

using onnx::AttributeProto;
using onnx::GraphProto;
using onnx::ModelProto;
using onnx::NodeProto;
using onnx::TensorProto;
using testing::HasSubstr;
using testing::StartsWith;

constexpr char kHead[] = R"(<ir_version: 8, opset_import: ["" : 17, "local" : 1]> )";

std::string ErrorOf(const absl::StatusOr<ParsedModel>& model) {
  if (model.ok()) return "accepted";
  EXPECT_EQ(model.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(model.status().message());
}

std::string TextError(const std::string& text) { return ErrorOf(ParseText(kHead + text)); }

// Relu on float[2, 3], with one change.
std::string ChangedError(const std::function<void(ModelProto&)>& change) {
  ModelProto model;
  const auto status = onnx::OnnxParser::Parse(model, absl::StrCat(kHead, R"(
      agraph (float[2, 3] x) => (float[2, 3] y) { y = Relu(x) })")
                                                         .c_str());
  EXPECT_TRUE(status.IsOK()) << status.ErrorMessage();
  change(model);
  return ErrorOf(ParseBytes(model.SerializeAsString(), "m.onnx", 65536));
}

TensorProto& AddWeight(ModelProto& model, const std::vector<int64_t>& dims) {
  TensorProto& tensor = *model.mutable_graph()->add_initializer();
  tensor.set_name("w");
  tensor.set_data_type(TensorProto::FLOAT);
  for (const int64_t extent : dims) tensor.add_dims(extent);
  return tensor;
}

void AddExternal(ModelProto& model, const std::string& location) {
  TensorProto& tensor = AddWeight(model, {5, 7});
  tensor.set_data_location(TensorProto::EXTERNAL);
  tensor.add_external_data()->set_key("location");
  tensor.mutable_external_data(0)->set_value(location);
}

TEST(BadModel, Cycles) {
  EXPECT_EQ(TextError("g (float[2] x) => (float[2] z) { y = Relu(x) [n] z = Add(y, z) }"),
            "model text: node 'n' (Add) depends on its own output, expected a graph without cycles");
  // The node named lies on the cycle, not behind it.
  EXPECT_THAT(TextError("g (float[2] x) => (float[2] y) { [a] p = Add(x, q) [b] q = Relu(p) [c] y = Relu(q) }"),
              testing::AnyOf(HasSubstr("node 'a' (Add) depends"), HasSubstr("node 'b' (Relu) depends")));
  // Through a body: the If waits for what its branch reads.
  EXPECT_THAT(TextError(R"(g (float[2] x, bool c) => (float[2] y) {
      [choose] z = If(c) <then_branch = t () => (float[2] a) { a = Relu(y) }, else_branch = e () => (float[2] b) { b = Relu(x) }>
      [last] y = Relu(z) })"),
              HasSubstr("depends on its own output"));
}

TEST(BadModel, DanglingNames) {
  EXPECT_EQ(TextError("g (float[2] x) => (float[2] y) { [n] y = Add(x, nobody) }"),
            "model text: node 'n' (Add): input 'nobody' is produced by nothing, expected the name of an input, an "
            "initializer or a node's output");
  EXPECT_THAT(TextError("g (float[2] x) => (float[2] y) { z = Relu(x) }"),
              HasSubstr("output 'y' is produced by nothing"));
  EXPECT_THAT(TextError(R"(g (float[2] x, bool c) => (float[2] y) {
      [choose] y = If(c) <then_branch = t () => (float[2] a) { a = Relu(nobody) }, else_branch = e () => (float[2] b) { b = Relu(x) }> })"),
              HasSubstr("node 'choose' (If), graph 't': node 0 (Relu): input 'nobody'"));
  // A body's names are not visible outside it.
  EXPECT_THAT(TextError(R"(g (float[2] x, bool c) => (float[2] y) {
      z = If(c) <then_branch = t () => (float[2] a) { a = Relu(x) }, else_branch = e () => (float[2] b) { b = Relu(x) }>
      y = Add(z, a) })"),
              HasSubstr("input 'a' is produced by nothing"));
  // A function sees its inputs only.
  EXPECT_THAT(TextError(R"(g (float[2] x) => (float[2] y) { y = local.f(x) }
      <domain: "local", opset_import: ["" : 17]> f (p) => (q) { q = Add(p, x) })"),
              HasSubstr("function 'f': node 0 (Add): input 'x'"));
}

TEST(BadModel, DefinedTwice) {
  EXPECT_EQ(TextError("g (float[2] x) => (float[2] y) { [a] y = Relu(x) [b] y = Sin(x) }"),
            "model text: value 'y' is defined twice, by node 'a' (Relu) and node 'b' (Sin), expected one definition");
  EXPECT_THAT(TextError("g (float[2] x) => (float[2] y) { x = Relu(x) y = Sin(x) }"),
              HasSubstr("'x' is defined twice, by an input or initializer and node 0 (Relu)"));
  EXPECT_THAT(TextError("g (float[2] x, float[2] x) => (float[2] y) { y = Relu(x) }"),
              HasSubstr("'x' is defined twice"));
  EXPECT_THAT(ChangedError([](ModelProto& model) {
                AddWeight(model, {2});
                AddWeight(model, {2});
              }),
              HasSubstr("initializer 'w' is defined twice"));
}

TEST(BadModel, Dimensions) {
  const auto input_dim = [](ModelProto & model, int index) -> auto& {
    return *model.mutable_graph()
                ->mutable_input(0)
                ->mutable_type()
                ->mutable_tensor_type()
                ->mutable_shape()
                ->mutable_dim(index);
  };
  EXPECT_THAT(ChangedError([&](ModelProto& model) { input_dim(model, 0).set_dim_value(-3); }),
              StartsWith("m.onnx: input 'x': dimension -3, expected 0 or more"));
  EXPECT_THAT(ChangedError([&](ModelProto& model) {
                input_dim(model, 0).set_dim_value(int64_t{1} << 40);
                input_dim(model, 1).set_dim_value(int64_t{1} << 40);
              }),
              StartsWith("m.onnx: input 'x': the product of the dimensions overflows"));
  EXPECT_EQ(ChangedError([](ModelProto& model) {
              AddWeight(model, {7, -5});
            }),
            "m.onnx: initializer 'w': negative extent in float[7, -5], expected 0 or more");
  EXPECT_THAT(ChangedError([](ModelProto& model) {
                AddWeight(model, {int64_t{1} << 32, int64_t{1} << 32});
              }),
              StartsWith("m.onnx: initializer 'w': the size of float[4294967296, 4294967296] overflows"));
  EXPECT_THAT(ChangedError([&](ModelProto& model) {
                model.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(77);
              }),
              StartsWith("m.onnx: input 'x': element type 77, expected one of ONNX's"));
  // 2^61 elements are countable, 2^63 bytes are not.
  EXPECT_THAT(ChangedError([](ModelProto& model) { AddWeight(model, {int64_t{1} << 61}); }), HasSubstr("overflows"));
}

TEST(BadModel, ElementsThatDoNotMatchTheExtents) {
  EXPECT_EQ(ChangedError([](ModelProto& model) {
              AddWeight(model, {2, 3}).set_raw_data("twenty bytes, not 24");
            }),
            "m.onnx: initializer 'w': 20 bytes of data, expected 24 for float[2, 3]");
  EXPECT_EQ(ChangedError([](ModelProto& model) { AddWeight(model, {3}).add_float_data(1); }),
            "m.onnx: initializer 'w': 1 elements of data, expected 3 for float[3]");
  // Payloads that were never read are counted too.
  EXPECT_THAT(ChangedError([](ModelProto& model) {
                AddWeight(model, {1000, 1000}).set_raw_data(std::string(300000, 'w'));
              }),
              HasSubstr("tensor 'w' has 300000 bytes of data, expected 4000000 for float[1000, 1000]"));
}

TEST(BadModel, DataOutsideTheModelsFolder) {
  for (const auto& [location, fault] : {std::pair("/etc/passwd", "is absolute"),
                                        {"C:\\weights.bin", "is absolute"},
                                        {"\\\\host\\w", "is absolute"},
                                        {"../w.bin", "climbs out"},
                                        {"a/../../w.bin", "climbs out"},
                                        {"a\\..\\..\\w.bin", "climbs out"},
                                        {"", "is empty"}}) {
    EXPECT_EQ(ChangedError([l = std::string(location)](ModelProto& model) { AddExternal(model, l); }),
              absl::StrCat("m.onnx: initializer 'w': external data location '", location, "' ", fault,
                           ", expected a path inside the model's folder"));
  }
  for (const char* location : {"w.bin", "sub/w.bin", "./w.bin", "..w.bin", "a/../w.bin"}) {
    EXPECT_EQ(ChangedError([=](ModelProto& model) { AddExternal(model, location); }), "accepted") << location;
  }
}

TEST(BadModel, Header) {
  EXPECT_EQ(ChangedError([](ModelProto& model) { model.clear_graph(); }), "m.onnx: graph: missing, expected one");
  EXPECT_EQ(ChangedError([](ModelProto& model) { model.clear_ir_version(); }),
            "m.onnx: ir_version: missing, expected 3 or more");
  EXPECT_THAT(ChangedError([](ModelProto& model) { model.set_ir_version(2); }),
              StartsWith("m.onnx: ir_version: 2, expected 3 to "));
  EXPECT_EQ(ChangedError([](ModelProto& model) { model.set_ir_version(onnx::IR_VERSION); }), "accepted");
  EXPECT_THAT(ChangedError([](ModelProto& model) { model.set_ir_version(onnx::IR_VERSION + 1); }),
              HasSubstr("the newest that this build knows"));
  EXPECT_THAT(ChangedError([](ModelProto& model) { model.clear_opset_import(); }), HasSubstr("opset_import: missing"));
  EXPECT_THAT(ChangedError([](ModelProto& model) { model.mutable_opset_import(0)->set_version(-1); }),
              HasSubstr("version -1 of ai.onnx, expected 1 or more"));
}

TEST(BadModel, Attributes) {
  EXPECT_THAT(TextError("g (float[2] x, bool c) => (float[2] y) { [n] y = If(c) }"),
              HasSubstr("node 'n' (If): no attribute 'then_branch', expected a graph"));
  EXPECT_THAT(ChangedError([](ModelProto& model) {
                AttributeProto& attribute = *model.mutable_graph()->mutable_node(0)->add_attribute();
                attribute.set_name("value");
                attribute.set_type(AttributeProto::TENSOR);
              }),
              HasSubstr("node 0 (Relu): attribute 'value' is empty, expected a TENSOR"));
  EXPECT_THAT(ChangedError([](ModelProto& model) { model.mutable_graph()->mutable_node(0)->clear_op_type(); }),
              HasSubstr("no op_type"));
  EXPECT_THAT(TextError(R"(g (float[2] x, bool c) => (float[2] y, float[2] z) {
      [n] y, z = If(c) <then_branch = t () => (float[2] a) { a = Relu(x) }, else_branch = e () => (float[2] b) { b = Relu(x) }> })"),
              HasSubstr("then_branch has 1 outputs, expected 2"));
}

TEST(BadModel, AttributesThatContradictThemselves) {
  const auto error = [](const std::function<void(AttributeProto&)>& change) {
    return ChangedError([&](ModelProto& model) {
      AttributeProto& attribute = *model.mutable_graph()->mutable_node(0)->add_attribute();
      attribute.set_name("axis");
      change(attribute);
    });
  };
  EXPECT_EQ(error([](AttributeProto& a) {
              a.set_type(AttributeProto::INT);
              a.set_s("2");
            }),
            "m.onnx: node 0 (Relu): attribute 'axis' holds STRING, expected INT as it says");
  EXPECT_EQ(error([](AttributeProto& a) {
              a.set_type(AttributeProto::INT);
              a.set_i(2);
              a.add_ints(3);
            }),
            "m.onnx: node 0 (Relu): attribute 'axis' holds INTS, expected INT as it says");
  EXPECT_EQ(error([](AttributeProto& a) { a.set_i(2); }),
            "m.onnx: node 0 (Relu): attribute 'axis' names no kind, expected INT");
  EXPECT_EQ(error([](AttributeProto&) {}),
            "m.onnx: node 0 (Relu): attribute 'axis' names no kind and holds nothing, expected a value");
  EXPECT_EQ(error([](AttributeProto& a) {
              a.set_type(AttributeProto::INT);
              a.set_ref_attr_name("outer");
            }),
            "m.onnx: node 0 (Relu): attribute 'axis' refers to 'outer' of a function, expected a value outside "
            "functions");
  EXPECT_EQ(error([](AttributeProto& a) { a.set_type(AttributeProto::INT); }), "accepted") << "a zero left out";
  EXPECT_EQ(error([](AttributeProto& a) { a.set_type(AttributeProto::INTS); }), "accepted") << "an empty list";
  EXPECT_EQ(TextError("g (float[2, 3] x) => (float[2, 3] y) { [n] y = Softmax <axis = 0, axis = 1> (x) }"),
            "model text: node 'n' (Softmax): attribute 'axis' is given twice, expected one");
}

// What only the operator's definition knows.
TEST(BadModel, AttributesAgainstTheOperatorsDefinition) {
  const auto error = [](const std::string& graph) {
    return std::string(LoadText(absl::StrCat(kHead, graph)).status().message());
  };
  EXPECT_EQ(error("g (float[2, 3] x) => (float[2, 3] y) { [n] y = Softmax <axis = \"1\"> (x) }"),
            "model text: node 'n' (Softmax): attribute 'axis' is STRING, expected INT");
  EXPECT_EQ(error("g (float[1, 5, 7, 7] x, float[3, 5, 3, 3] w) => (float[1, 3, 5, 5] y) { "
                  "y = Conv <strides = 1> (x, w) }"),
            "model text: node 'Conv@y' (Conv): attribute 'strides' is INT, expected INTS");
  EXPECT_EQ(error("g (float[2, 3] x) => (float[2, 3] y) { [n] y = LeakyRelu <alpha = 1> (x) }"),
            "model text: node 'n' (LeakyRelu): attribute 'alpha' is INT, expected FLOAT");
  EXPECT_EQ(error("g (float[2, 3] x) => (float[2, 6] y) { [n] y = Concat(x, x) }"),
            "model text: node 'n' (Concat): no attribute 'axis', expected INT");
  // Inside a function the caller's value counts.
  EXPECT_EQ(error(R"(g (float[2, 3] x) => (float[2, 3] y) { [call] y = local.f <by = 1.5> (x) }
      <domain: "local", opset_import: ["" : 17]> f <by> (p) => (q) { q = Softmax <axis: int = @by> (p) })"),
            "model text: node 'call/Softmax@y' (Softmax): attribute 'axis' is FLOAT, expected INT");
  EXPECT_EQ(error("g (float[2, 3] x) => (float[2, 3] y) { y = Softmax <axis = 1> (x) }"), "");
  EXPECT_EQ(error("g (float[2, 3] x) => (float[2, 3] y) { y = Softmax <unheard_of = \"1\"> (x) }"), "");
}

TEST(BadModel, FunctionsThatNeverEnd) {
  EXPECT_THAT(TextError(R"(g (float[2] x) => (float[2] y) { y = local.f(x) }
      <domain: "local", opset_import: ["" : 17, "local" : 1]> f (p) => (q) { q = local.f(p) })"),
              HasSubstr("function 'f': calls itself, expected functions without recursion"));
  EXPECT_THAT(TextError(R"(g (float[2] x) => (float[2] y) { y = local.f(x) }
      <domain: "local", opset_import: ["" : 17, "local" : 1]> f (p) => (q) { q = local.h(p) }
      <domain: "local", opset_import: ["" : 17, "local" : 1]> h (p) => (q) { q = local.f(p) })"),
              HasSubstr("function 'f': calls itself through function 'h'"));
  // Each of 30 functions calls the next one twice: 2^30 nodes from a page of text.
  std::string text = "g (float[2] x) => (float[2] y) { y = local.f0(x) }";
  for (int i = 0; i < 30; ++i) {
    absl::StrAppend(&text, "<domain: \"local\", opset_import: [\"\" : 17, \"local\" : 1]> f", i,
                    " (p) => (q) { r = local.f", i + 1, "(p) q = local.f", i + 1, "(r) }");
  }
  absl::StrAppend(&text, "<domain: \"local\", opset_import: [\"\" : 17]> f30 (p) => (q) { q = Relu(p) }");
  EXPECT_THAT(TextError(text), HasSubstr("expands to more than 1000000 nodes"));
}

TEST(BadModel, NestedWithoutEnd) {
  ModelProto model;
  const auto status =
      onnx::OnnxParser::Parse(model, absl::StrCat(kHead, "g (bool c) => (float[2] y) { y = Foo(c) }").c_str());
  ASSERT_TRUE(status.IsOK());
  const auto nest = [&](int levels) {
    GraphProto graph = model.graph();
    for (int i = 0; i < levels; ++i) {
      GraphProto outer = model.graph();
      AttributeProto& attribute = *outer.mutable_node(0)->add_attribute();
      attribute.set_name("body");
      attribute.set_type(AttributeProto::GRAPH);
      *attribute.mutable_g() = graph;
      graph = outer;
    }
    ModelProto nested = model;
    *nested.mutable_graph() = graph;
    return ErrorOf(ParseBytes(nested.SerializeAsString(), "m.onnx", 65536));
  };
  EXPECT_EQ(nest(kMaxGraphNesting - 1), "accepted");
  EXPECT_THAT(nest(kMaxGraphNesting), HasSubstr("graphs nested more than 24 deep"));
  EXPECT_THAT(nest(150), HasSubstr("nested more than"));
}

TEST(BadModel, NamesThatAreNoText) {
  EXPECT_EQ(ChangedError([](ModelProto& model) { model.mutable_graph()->mutable_node(0)->set_name("a\xff"); }),
            "m.onnx: node 0 'a\\xff': its name, operator or domain is not UTF-8, expected text");
  EXPECT_THAT(ChangedError([](ModelProto& model) {
                NodeProto& node = *model.mutable_graph()->add_node();
                node.set_op_type("Sin");
                node.add_input("x");
                node.add_output("\xc0\x80");  // an overlong zero
              }),
              HasSubstr("value '\\xc0\\x80' has a name that is not UTF-8"));
  EXPECT_EQ(
      ChangedError([](ModelProto& model) { model.mutable_graph()->mutable_node(0)->set_name("Schicht é 层 🧱"); }),
      "accepted");
}

TEST(BadModel, Truncated) {
  std::string bytes;
  ChangedError([&](ModelProto& model) {
    AddWeight(model, {50000}).set_raw_data(std::string(200000, 'w'));
    bytes = model.SerializeAsString();
  });
  const auto error = [&](size_t size) { return ErrorOf(ParseBytes(bytes.substr(0, size), "m.onnx", 65536)); };
  EXPECT_EQ(error(bytes.size()), "accepted");
  EXPECT_THAT(error(bytes.size() - 1), StartsWith("m.onnx: truncated: model."));
  EXPECT_THAT(error(bytes.size() / 2), StartsWith("m.onnx: truncated: model.graph at byte "));
  EXPECT_THAT(error(3), StartsWith("m.onnx: "));
  for (size_t size = 0; size + 1 < bytes.size(); size += size < 300 ? 1 : 1009)
    EXPECT_NE(error(size), "accepted") << size;
}

TEST(BadModel, MalformedWireFormat) {
  const auto error = [](absl::string_view bytes) { return ErrorOf(ParseBytes(bytes, "m.onnx", 65536)); };
  EXPECT_EQ(error("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
            "m.onnx: malformed at byte 0: a number of more than 10 bytes, expected at most 10");
  EXPECT_EQ(error("\x08\x08\x0b"), "m.onnx: malformed at byte 2: wire type 3, expected 0, 1, 2 or 5, which ONNX has");
  // A graph of 4 bytes whose node claims 100.
  EXPECT_EQ(
      error(absl::string_view("\x3a\x04\x0a\x64\x22\x00", 6)),
      "m.onnx: malformed at byte 2: graph.node claims 100 bytes, expected at most the 2 that are left of the graph "
      "around it");
}

// All of these are odd, and none is wrong.
TEST(OddModel, IsAccepted) {
  EXPECT_EQ(TextError("g (float[2] x) => (float[2] y) { y = Relu(z) z = Sin(x) }"), "accepted") << "unsorted";
  EXPECT_EQ(TextError("g (float[2] x) => (float[2] y) { [n] z = Sin(x) [n] y = Relu(z) }"), "accepted") << "same name";
  EXPECT_EQ(TextError("g (float[2] x) => (float[2] y) { y = com.acme.Frobnicate(x) }"), "accepted") << "unknown domain";
  EXPECT_EQ(TextError("g (float[2] x) => (float[2] y) { y = com.microsoft.FusedMatMul(x, x) }"), "accepted");
  EXPECT_EQ(TextError("g (float[2] x) => (float[2] y) { y = Clip(x, , ) }"), "accepted") << "omitted inputs";
  EXPECT_EQ(ChangedError([](ModelProto& model) { model.mutable_graph()->add_value_info()->set_name("no type"); }),
            "accepted");
  EXPECT_EQ(ChangedError([](ModelProto& model) { AddWeight(model, {0, 7}); }), "accepted") << "no elements";
  EXPECT_EQ(ChangedError([](ModelProto& model) { AddWeight(model, {2, 3}); }), "accepted") << "payload left out";
  EXPECT_EQ(ChangedError([](ModelProto& model) {
              AddWeight(model, {2, 3});
              *model.mutable_graph()->add_input() = model.graph().input(0);
              model.mutable_graph()->mutable_input(1)->set_name("w");
            }),
            "accepted")
      << "initializer that is an input, as up to IR 3";
  EXPECT_EQ(TextError(R"(g (float[2] x, bool c) => (float[2] y) {
      y = If(c) <then_branch = t () => (float[2] a) { a = Relu(x) }, else_branch = e () => (float[2] a) { a = Sin(x) }> })"),
            "accepted")
      << "each branch may use the same name";
}

TEST(OddModel, AnOperatorSetOfTheFutureIsNoted) {
  const auto notes = [](const std::string& version) {
    const auto model = ParseText(R"(<ir_version: 8, opset_import: ["" : )" + version + R"(, "com.acme" : 99]>
      g (float[2] x) => (float[2] y) { y = Relu(x) })");
    return model.ok() ? model->notes : std::vector<Note>{{NoteKind::kModel, std::string(model.status().message()), ""}};
  };
  EXPECT_TRUE(notes("17").empty());
  ASSERT_EQ(notes("99").size(), 1U);
  EXPECT_EQ(notes("99")[0].kind, NoteKind::kAssumption);
  EXPECT_THAT(notes("99")[0].text, StartsWith("operator set ai.onnx 99 is newer than"));
}

TEST(OddModel, AmbiguousImportIsNoted) {
  const auto model = ParseText(R"(<ir_version: 8, opset_import: ["" : 17, "ai.onnx" : 15]>
      g (float[2] x) => (float[2] y) { y = Relu(x) })");
  ASSERT_TRUE(model.ok()) << model.status().message();
  ASSERT_EQ(model->notes.size(), 1U);
  EXPECT_EQ(model->notes[0].kind, NoteKind::kModel);
  EXPECT_THAT(model->notes[0].text, HasSubstr("imported twice, as version 17 and 15"));
}

}  // namespace
}  // namespace opcost::internal
