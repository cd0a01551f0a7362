#include "text_graph.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "frontend/load.h"
#include "gtest/gtest.h"

namespace opcost {
namespace {

constexpr char kHead[] = R"(
<ir_version: 9, opset_import: ["" : 20, "com.microsoft" : 1]>
text_graph (
  float[2, 11, 13, 17] x, float[2, 11, 13, 17] z, float[2, 7, 11] s, float[2, 7, 11] r,
  float[2, 5, 7, 11] q, float[2, 5, 7, 11] k, float[2, 5, 7, 11] v, int64[2, 7] ids,
  float[11, 11, 1, 1] k1, float[11, 11, 3, 3] k3, float[11, 1, 3, 3] kd,
  float[33, 11, 1, 1] up, float[33, 11, 3, 3] up3, float[33, 1, 3, 3] wide, float[11, 33, 1, 1] down,
  float[3, 33, 1, 1] sq, float[33, 3, 1, 1] ex, float[33, 33, 1, 1] square,
  float[11] g, float[11] b, float[11] m, float[11] d, float[33] g3, float[33] b3, float[33] m3, float[33] d3
) => (float[] y) {
  half = Constant <value_float = 0.5> ()
  one = Constant <value_float = 1.0> ()
  two = Constant <value_float = 2.0> ()
  three = Constant <value_float = 3.0> ()
  six = Constant <value_float = 6.0> ()
  zero = Constant <value_float = 0.0> ()
  root2 = Constant <value_float = 1.4142135> ()
  eps = Constant <value_float = 0.00001> ()
  cubic = Constant <value_float = 0.044715> ()
  root2pi = Constant <value_float = 0.7978846> ()
  sig = Constant <value_float = 1.702> ()
  eighth = Constant <value_float = 0.125> ()
  infinity = Constant <value_float = -1000000000.0> ()
  last = Constant <value_ints = [-1]> ()
  hw = Constant <value_ints = [2, 3]> ()
  eleven = Constant <value_ints = [11]> ()
  eleven2 = Constant <value_ints = [11, 11]> ()
  flat = Constant <value_ints = [2, 11, -1]> ()
  image = Constant <value_ints = [2, 11, 13, 17]> ()
  pads = Constant <value_ints = [0, 0, 1, 1, 0, 0, 1, 1]> ()
  w1 = ConstantOfShape (eleven)
  w2 = ConstantOfShape (eleven)
  w = ConstantOfShape (eleven2)
)";

}  // namespace

Graph LoadBody(absl::string_view body) {
  absl::StatusOr<Graph> graph = LoadText(absl::StrCat(kHead, body, "\n}"));
  EXPECT_TRUE(graph.ok()) << graph.status() << "\n" << body;
  return graph.ok() ? *std::move(graph) : Graph{};
}

std::string Ops(const Graph& graph, const std::vector<NodeId>& nodes) {
  return absl::StrJoin(nodes, " ", [&](std::string* out, NodeId n) {
    absl::StrAppend(out, graph.nodes[static_cast<size_t>(n)].op_type);
  });
}

std::vector<std::string> FusedRows(const Graph& graph, absl::string_view rule_set) {
  const absl::StatusOr<Classification> c = Classify(graph, rule_set);
  EXPECT_TRUE(c.ok()) << c.status();
  std::vector<std::string> rows;
  for (const Subgraph& row : c->subgraphs) {
    if (row.nodes.size() > 1) rows.push_back(absl::StrCat(Name(row.pattern), ": ", Ops(graph, row.nodes)));
  }
  return rows;
}

}  // namespace opcost
