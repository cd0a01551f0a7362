// Kernels in tests: written down as a profile shows them, counted without one.
#ifndef OPCOST_TESTS_CALIBRATION_COUNTED_KERNEL_H_
#define OPCOST_TESTS_CALIBRATION_COUNTED_KERNEL_H_

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "costing/calibration/kernel_graph.h"
#include "costing/kernels/count_kernel.h"

namespace opcost::counted {

inline constexpr char kBlocked[] = "com.microsoft.nchwc";
using M = Metric;
using Dims = std::vector<int64_t>;

inline Attribute Ints(const std::string& name, Dims values) {
  Attribute attribute;
  attribute.name = name;
  attribute.kind = Attribute::Kind::kInts;
  attribute.ints = std::move(values);
  return attribute;
}
inline Attribute Int(const std::string& name, int64_t value) {
  Attribute attribute;
  attribute.name = name;
  attribute.kind = Attribute::Kind::kInt;
  attribute.i = value;
  return attribute;
}
inline Attribute Text(const std::string& name, const std::string& value) {
  Attribute attribute;
  attribute.name = name;
  attribute.kind = Attribute::Kind::kString;
  attribute.s = value;
  return attribute;
}

inline MeasuredTensor In(Dims dims) { return {.dims = std::move(dims)}; }
inline MeasuredTensor Weight(Dims dims) { return {.dims = std::move(dims), .is_constant = true}; }

inline MeasuredTensor FromCaller(Dims dims) { return {.dims = std::move(dims), .is_input = true}; }

struct Kernel {
  std::string op_type, domain;
  std::vector<Attribute> attributes;
  std::vector<MeasuredTensor> inputs;
  Dims output;
};

inline std::string ClassOf(const KernelCount& count) {
  return count.kernel_class ? std::string(Name(*count.kernel_class)) : "none";
}

inline KernelCount Count(const Kernel& kernel, int64_t lanes = 16) {
  MeasuredKernel measured;
  measured.name = "k";
  measured.op_type = kernel.op_type;
  measured.domain = kernel.domain;
  measured.attributes = kernel.attributes;
  measured.inputs = kernel.inputs;
  measured.outputs = {In(kernel.output)};
  const Graph graph = KernelGraph(measured);
  const absl::StatusOr<NodeCount> count = CountNode(graph, graph.nodes[0]);
  EXPECT_TRUE(count.ok()) << count.status();
  if (!count.ok()) return {};
  return CountKernel(graph, graph.nodes[0], *count, KernelMachine{.lanes = lanes, .l1_way_bytes = 4096});
}

inline double Of(const KernelCount& count, M metric) { return At(count.amounts, metric); }

inline std::vector<Attribute> Window(int64_t kernel, int64_t stride, int64_t pad, int64_t group = 1) {
  return {Ints("kernel_shape", {kernel, kernel}), Ints("strides", {stride, stride}), Ints("pads", {pad, pad, pad, pad}),
          Ints("dilations", {1, 1}), Int("group", group)};
}

}  // namespace opcost::counted

#endif  // OPCOST_TESTS_CALIBRATION_COUNTED_KERNEL_H_
