#include "sample_report.h"

#include <string>
#include <utility>

namespace opcost {
namespace {

ReportNode MakeIdleNode(std::string id, std::string op, int32_t row, std::string rule) {
  ReportNode node;
  node.id = id;
  node.name = std::move(id);
  node.op = std::move(op);
  node.scope = "block" + std::to_string(row);
  node.subgraph = row;
  node.rule = std::move(rule);
  node.inputs = {{.name = "x", .dtype = DType::kFloat32, .shape = {{.value = 3}, {.symbol = "n"}, {}}}};
  node.outputs = {{.name = node.id + "_out", .dtype = DType::kFloat32, .shape = {{.value = 3}, {.value = 5}}}};
  return node;
}

ReportNode MakeNode(std::string id, std::string op, int32_t row, std::string rule, int64_t macs, int64_t bytes) {
  ReportNode node = MakeIdleNode(std::move(id), std::move(op), row, std::move(rule));
  node.work.Add(Resource::kMatrixMacs, DType::kFloat32, macs);
  node.work.Add(Resource::kVectorOps, DType::kFloat32, 13);
  node.work.Add(Resource::kActivationBytesRead, DType::kFloat32, bytes);
  return node;
}

// t = dispatch + work / rate.
Formula RowFormula(double work, double rate, double dispatch) {
  Formula f;
  f.nodes.push_back({.kind = ExprKind::kCoefficient,
                     .key = "default.dispatch_s",
                     .value = dispatch,
                     .term_class = TermClass::kDispatch,
                     .source = "edge.toml:7",
                     .unit = "s"});
  f.nodes.push_back({.kind = ExprKind::kWork, .key = "matrix_flops", .value = work, .unit = "FLOP"});
  f.nodes.push_back({.kind = ExprKind::kCoefficient,
                     .key = "peak.fp32_flops_per_s",
                     .value = rate,
                     .term_class = TermClass::kPeak,
                     .source = "edge.toml:9",
                     .unit = "FLOP/s"});
  f.nodes.push_back({.kind = ExprKind::kDiv, .children = {1, 2}});
  f.nodes.push_back({.kind = ExprKind::kSum, .children = {0, 3}});
  return f;
}

ReportRow MakeRow(std::string name, Pattern pattern, std::vector<int32_t> nodes, double t, Bound bound) {
  ReportRow row;
  row.id = name;
  row.name = std::move(name);
  row.pattern = pattern;
  row.nodes = std::move(nodes);
  row.scope = "block";
  row.t_s = t;
  row.limit_s = t / 4;
  row.bound = row.limit_bound = bound;
  row.evidence = Evidence::kFitted;
  row.step = LookupStep::kPattern;
  row.entry = std::string(Name(pattern)) + ".fp32";
  row.terms = {{"dispatch", 0.0}, {"compute", t}};
  row.formula = RowFormula(t * 1e9, 1e9, 0);
  return row;
}

}  // namespace

Report SampleReport() {
  Report report;
  report.tool_version = "0.0.0";
  report.model.path = "models/sample.onnx";
  report.model.structure_sha256 = "ab12";
  report.model.ir = 8;
  report.model.opsets = {{"ai.onnx", 17}};
  report.bindings = {{"batch", 3}};
  report.hardware.id = "edge:fast";
  report.hardware.name = "Edge, an invented machine";
  report.hardware.mode = "fast";
  report.hardware.evidence = "seeded";
  report.rule_set = "none";
  report.nodes = {MakeNode("conv", "Conv", 0, "conv", 1155, 2310), MakeNode("relu", "Relu", 0, "elementwise", 0, 0),
                  MakeNode("matmul", "MatMul", 1, "matmul", 143, 5000000),
                  MakeNode("softmax", "Softmax", 2, "softmax", 0, 1700), MakeIdleNode("other", "Conv", 3, "conv")};
  report.rows = {MakeRow("conv", Pattern::kConv2dAct, {0, 1}, 7e-3, Bound::kCompute),
                 MakeRow("matmul", Pattern::kMatmul, {2}, 2e-3, Bound::kMemory),
                 MakeRow("softmax", Pattern::kSoftmax, {3}, 1e-3, Bound::kMemory),
                 MakeRow("other", Pattern::kConv2d, {4}, 9e-3, Bound::kCompute)};
  report.rows[0].block = "stem";
  report.rows[0].lo_s = 6e-3;
  report.rows[0].hi_s = 8e-3;
  report.rows[2].in_range = false;
  report.rows[2].step = LookupStep::kDefault;
  report.rows[2].evidence = Evidence::kAssumed;
  report.rows[3].counted = false;
  for (ReportRow& row : report.rows) {
    for (const int32_t node : row.nodes) row.work += report.nodes[static_cast<size_t>(node)].work;
    if (row.counted) report.totals.work += row.work;
  }
  report.totals.macs = 1298;
  report.totals.flops = Flops(report.totals.work);
  report.totals.row_sum_s = 10e-3;
  report.totals.overhead_s = 0.5e-3;
  report.totals.t_s = 10.5e-3;
  report.totals.limit_s = 2.5e-3;
  report.totals.bound = Bound::kCompute;
  report.coverage.nodes = 5;
  report.coverage.costed = 4;
  report.coverage.unknown = {{"com.example::Foo", 1, 0.25}};
  report.coverage.time_share_by_source = {{"fitted", 0.9}, {"assumed", 0.1}};
  report.coverage.time_share_by_step = {{"pattern", 0.9}, {"default", 0.1}};
  report.coverage.time_share_outside_range = 0.1;
  report.memory.weight_bytes = 1024;
  report.memory.parameters = 256;
  report.memory.peak_activation_bytes = 2048;
  report.notes = {{NoteKind::kUnboundSymbol, "'seq' was not bound and became 1 (--dim seq=N)", "seq"}};
  return report;
}

}  // namespace opcost
