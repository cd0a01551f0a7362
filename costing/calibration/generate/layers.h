// Layers that families are made of.
#ifndef OPCOST_COSTING_CALIBRATION_GENERATE_LAYERS_H_
#define OPCOST_COSTING_CALIBRATION_GENERATE_LAYERS_H_

#include <cstdint>
#include <vector>

#include "costing/calibration/generate/activation.h"
#include "costing/calibration/generate/net.h"

namespace opcost::generate {

struct ConvSpec {
  int64_t channels = 1;  // that it makes
  int64_t kernel = 1;
  int64_t stride = 1;
  int64_t group = 1;
  int64_t dilation = 1;
  int64_t width = 0;   // of the kernel; 0: square
  bool padded = true;  // as many outputs as inputs over stride; otherwise no padding
  bool bias = true;    // also what is left of a norm that was folded
};
// Over as many axes as x has behind its channels.
T Conv(Net& net, const T& x, const ConvSpec& spec);
T ConvAct(Net& net, const T& x, const ConvSpec& spec, Activation activation);
T Depthwise(Net& net, const T& x, int64_t kernel, int64_t stride, Activation activation);
T BatchNorm(Net& net, const T& x);

enum class Pool : uint8_t { kMax, kAverage };
T Pooling(Net& net, const T& x, Pool pool, int64_t kernel, int64_t stride);
T GlobalPool(Net& net, const T& x);
// Global pooling, a view and a Gemm.
T Classifier(Net& net, const T& x, int64_t classes);
// x times a gate per channel from its own averages.
T SqueezeExcite(Net& net, const T& x, int64_t hidden, Activation activation, Activation gate);

T Add(Net& net, const T& a, const T& b);
T Mul(Net& net, const T& a, const T& b);
T Reshape(Net& net, const T& x, const Dims& dims);
T Transpose(Net& net, const T& x, const Dims& permutation);
T Concat(Net& net, const std::vector<T>& parts, int64_t axis);
std::vector<T> Split(Net& net, const T& x, const Dims& sizes, int64_t axis);
T Slice(Net& net, const T& x, int64_t axis, int64_t from, int64_t to, int64_t step = 1);
// Axes as an attribute or an operand, as the opset wants them.
T Reduce(Net& net, absl::string_view op_type, const T& x, const Dims& axes, bool keep);
T Softmax(Net& net, const T& x, int64_t axis);

// x · W + b over the last axis: MatMul and Add, as torch exports rank 3.
T Linear(Net& net, const T& x, int64_t out, bool bias = true);
// x [M, K] by a weight that is stored transposed, as torch exports rank 2.
T Gemm(Net& net, const T& x, int64_t out);
T Mlp(Net& net, const T& x, int64_t hidden, Activation activation);
// A product of two activations.
T MatMul(Net& net, const T& a, const T& b);

T LayerNorm(Net& net, const T& x);
// x / √(mean x² + ε) · w, spelt out.
T RmsNorm(Net& net, const T& x);
// In groups of channels as torch exports it: InstanceNormalization between views, then scale and shift.
T GroupNorm(Net& net, const T& x, int64_t groups);
T InstanceNorm(Net& net, const T& x);
// x [N, C, H, W] with a LayerNorm over C, between transposes.
T ChannelNorm(Net& net, const T& x);

// Channels as networks have them: log-uniform, three quarters of them multiples of 8.
int64_t Channels(Net& net, int64_t low, int64_t high);

}  // namespace opcost::generate

#endif  // OPCOST_COSTING_CALIBRATION_GENERATE_LAYERS_H_
