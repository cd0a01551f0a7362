// Shapes of operators outside ONNX's definitions. Extents follow from the operators' documentation, by hand.
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/contrib/contrib.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/frontend/contrib_shape_rows.h"
#include "tests/frontend/load_text.h"

namespace opcost {

void PrintTo(const ContribShapeRow& row, std::ostream* out) { *out << row.name; }

namespace {

using ::testing::IsEmpty;
using testing_support::MustLoad;
using testing_support::NotesOf;
using testing_support::ShapeOf;

class Contrib : public ::testing::TestWithParam<ContribShapeRow> {};

TEST_P(Contrib, Infers) {
  const ContribShapeRow& row = GetParam();
  const Graph g = MustLoad(std::string("<ir_version: 10, opset_import: [\"\" : 17, \"com.microsoft\" : 1, "
                                       "\"com.microsoft.nchwc\" : 1, \"com.ms.internal.nhwc\" : 11, "
                                       "\"ai.onnx.ml\" : 3]>\ng (") +
                           row.inputs + ") => (" + row.output + ") {\n" + row.node + "\n}");
  for (const auto& [tensor, shape] : row.shapes) EXPECT_EQ(ShapeOf(g, tensor), shape) << tensor;
  EXPECT_THAT(NotesOf(g, NoteKind::kUnknownOperator), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Operators, Contrib, ::testing::ValuesIn(ContribShapeRows()),
                         [](const ::testing::TestParamInfo<ContribShapeRow>& info) {
                           return std::string(info.param.name);
                         });

TEST(ContribShapes, EveryOperatorHasARow) {
  std::string text;
  for (const ContribShapeRow& row : ContribShapeRows()) absl::StrAppend(&text, row.node, "\n");
  // Their outputs are tested with their subgraphs.
  const std::set<std::string> elsewhere = {"GreedySearch", "Sampling", "BeamSearch", "WhisperBeamSearch"};
  for (const auto family : internal::ContribFamilies()) {
    for (const internal::ContribOperator& op : family) {
      if (*op.domain == '\0' && std::string(op.op_type) == "LayerNormalization") continue;  // below
      const std::string call = absl::StrCat(op.domain, *op.domain == '\0' ? "" : ".", op.op_type);
      const bool found = text.find(absl::StrCat("= ", call, "(")) != std::string::npos ||
                         text.find(absl::StrCat("= ", call, " <")) != std::string::npos;
      EXPECT_NE(found, elsewhere.count(op.op_type) > 0) << call;
    }
  }
}

// ONNX Runtime's optimiser writes it into ONNX's domain before ONNX has it.
TEST(ContribShapes, LayerNormalizationOfAnOlderOperatorSet) {
  const Graph g = MustLoad(
      "<ir_version: 9, opset_import: [\"\" : 14]>\ng (float[2,3,5] x, float[5] g0) => (float y) { y, m = "
      "LayerNormalization <axis = 1> (x, g0) }");
  EXPECT_EQ(ShapeOf(g, "y"), "[2, 3, 5]");
  EXPECT_EQ(ShapeOf(g, "m"), "[2, 1, 1]");
  EXPECT_THAT(NotesOf(g, NoteKind::kUnknownOperator), IsEmpty());
}

TEST(ContribShapes, AMissingImportIsANote) {
  const Graph g = MustLoad(
      "<ir_version: 9, opset_import: [\"\" : 17]>\ng (float[2,3] x) => (float y) { y = com.microsoft.Gelu(x) }");
  EXPECT_EQ(ShapeOf(g, "y"), "[2, 3]");
  EXPECT_EQ(NotesOf(g, NoteKind::kModel).size(), 1u);
}

}  // namespace
}  // namespace opcost
