// Models and targets made by hand, so that these tests rest on nothing but arithmetic.
#ifndef OPCOST_TESTS_COSTING_TINY_H_
#define OPCOST_TESTS_COSTING_TINY_H_

#include <string>
#include <utility>
#include <vector>

#include "costing/analyze.h"

namespace opcost {

// A graph of nodes with given work; each is a row of its own unless grouped.
class TinyModel {
 public:
  TinyModel() {
    model_.graph.regions.push_back({});
    model_.classification.rule_set = "none";
  }

  TensorId AddTensor(std::string name, std::vector<int64_t> extents, TensorKind kind = TensorKind::kActivation,
                     DType dtype = DType::kFloat32) {
    Tensor t{.name = std::move(name), .dtype = dtype, .kind = kind};
    t.shape.emplace();
    for (int64_t e : extents) t.shape->push_back({.extent = e});
    const TensorId id = static_cast<TensorId>(model_.graph.tensors.size());
    model_.graph.tensors.push_back(std::move(t));
    if (kind == TensorKind::kInput) model_.graph.inputs.push_back(id);
    return id;
  }
  void MarkOutput(TensorId id) {
    model_.graph.tensors[static_cast<size_t>(id)].is_graph_output = true;
    model_.graph.outputs.push_back(id);
  }

  NodeId Add(std::string op, Pattern pattern, Work work, std::vector<TensorId> inputs = {},
             std::vector<TensorId> outputs = {}, RegionId region = 0) {
    const NodeId id = static_cast<NodeId>(model_.graph.nodes.size());
    Node node{.name = op + std::to_string(id), .id = op + std::to_string(id), .op_type = op};
    node.inputs = inputs;
    node.outputs = outputs;
    node.region = region;
    model_.graph.nodes.push_back(node);
    for (TensorId t : inputs)
      if (t != kNone) model_.graph.tensors[static_cast<size_t>(t)].consumers.push_back(id);
    for (TensorId t : outputs) model_.graph.tensors[static_cast<size_t>(t)].producer = id;
    for (TensorId t : outputs) model_.graph.tensors[static_cast<size_t>(t)].region = region;
    NodeCount count;
    count.work = std::move(work);
    count.rule = "given";
    count.zero_by_rule = count.work.entries().empty();
    model_.counts.push_back(count);
    model_.classification.subgraph_of.push_back(static_cast<int32_t>(model_.classification.subgraphs.size()));
    model_.classification.block_of.push_back(kNone);
    model_.classification.subgraphs.push_back({.pattern = pattern, .nodes = {id}, .anchor = id});
    return id;
  }

  RegionId AddRegion(RegionKind kind, NodeId owner, int64_t trips = 1) {
    const RegionId id = static_cast<RegionId>(model_.graph.regions.size());
    model_.graph.regions.push_back({.kind = kind, .owner = owner, .parent = 0, .trips = trips});
    model_.graph.nodes[static_cast<size_t>(owner)].bodies.push_back(id);
    return id;
  }

  CountedModel& model() { return model_; }

 private:
  CountedModel model_;
};

// `flops` is 2 × MACs, all bytes are activations read.
inline Work MatrixWork(int64_t flops, int64_t bytes, DType dtype = DType::kFloat32, int64_t dispatches = 1) {
  Work work;
  work.Add(Resource::kMatrixMacs, dtype, flops / 2);
  work.Add(Resource::kActivationBytesRead, dtype, bytes);
  work.Add(Resource::kDispatches, DType::kUnknown, dispatches);
  return work;
}

class TinyTarget {
 public:
  TinyTarget() {
    target_.id = "edge";
    target_.device_class = "cpu";
    target_.runtime.rule_set = "none";
    target_.peak.fill(kNoId);
  }

  CoefficientId Add(std::string key, double value, Dimension dimension, TermClass term_class,
                    Evidence evidence = Evidence::kMeasured) {
    Coefficient c{.key = std::move(key), .dimension = dimension, .term_class = term_class, .evidence = evidence};
    c.layers.push_back({"edge.toml:1", value});
    target_.coefficients.push_back(std::move(c));
    return static_cast<CoefficientId>(target_.coefficients.size()) - 1;
  }
  CoefficientId Rate(std::string key, double value, TermClass c = TermClass::kPeak) {
    return Add(std::move(key), value, Dimension::kRate, c);
  }
  CoefficientId Ratio(std::string key, double value, TermClass c = TermClass::kEfficiency) {
    return Add(std::move(key), value, Dimension::kRatio, c);
  }
  CoefficientId Time(std::string key, double value, TermClass c = TermClass::kDispatch) {
    return Add(std::move(key), value, Dimension::kTime, c);
  }

  struct Point {
    double x, y, std_dev = 0;
  };
  CurveId AddCurve(std::string key, Metric x, Interpolation interpolation, std::vector<Point> points) {
    Curve curve{.key = key, .x = x, .interpolation = interpolation};
    for (size_t i = 0; i < points.size(); ++i) {
      const std::string at = key + "[" + std::to_string(i) + "]";
      CurvePoint p{.std_dev = points[i].std_dev, .evidence = Evidence::kFitted};
      p.x = Add(at + ".x", points[i].x, Dimension::kSize, TermClass::kEfficiency);
      p.y = Ratio(at, points[i].y);
      curve.points.push_back(p);
    }
    target_.curves.push_back(std::move(curve));
    return static_cast<CurveId>(target_.curves.size()) - 1;
  }

  Entry& AddEntry(std::string key, Pattern pattern, std::optional<Precision> precision) {
    target_.entries.push_back({.key = std::move(key), .pattern = pattern, .precision = precision});
    return target_.entries.back();
  }

  // fp32 at `flops_per_s`, memory at `bytes_per_s`, everything by default at these, without dispatch, full overlap.
  static TinyTarget Plain(double flops_per_s, double bytes_per_s) {
    TinyTarget t;
    const CoefficientId peak = t.Rate("peak.fp32_flops_per_s", flops_per_s);
    const CoefficientId bandwidth = t.Rate("memory.bandwidth_bytes_per_s", bytes_per_s, TermClass::kBandwidth);
    t.target().peak[static_cast<size_t>(Precision::kFp32)] = peak;
    t.target().bandwidth = bandwidth;
    Entry& entry = t.AddEntry("default", Pattern::kAny, std::nullopt);
    entry.is_default = true;
    entry.efficiency = EfficiencyForm{.work = Metric::kMatrixFlops, .rate = peak, .bandwidth = bandwidth};
    entry.efficiency->overlap = t.Ratio("default.overlap", 1, TermClass::kBandwidth);
    return t;
  }

  Target& target() { return target_; }

 private:
  Target target_;
};

inline Report Analyze(const CountedModel& model, const Target& target) {
  return Estimate::Price(model, target)->MakeReport(model);
}

}  // namespace opcost

#endif  // OPCOST_TESTS_COSTING_TINY_H_
