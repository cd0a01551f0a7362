#include "costing/calibration/generate/activation.h"

#include <array>

namespace opcost::generate {
namespace {

// Constants of the activations' definitions.
constexpr double kSqrt2 = 1.4142135623730951, kTanhScale = 0.7978845608028654, kTanhCubic = 0.044715;
constexpr double kQuickScale = 1.702, kHardShift = 3, kHardTop = 6;

T Clip(Net& net, const T& x, double low, double high) { return net.Op("Clip", {x, net.Scalar(low), net.Scalar(high)}); }

T HardSwishHs(Net& net, const T& x) {
  return net.Op("Mul", {x, net.Op("HardSigmoid", {x}, {{"alpha", 1 / kHardTop}, {"beta", 0.5}})});
}
T HardSwishClip(Net& net, const T& x) {
  const T gate = Clip(net, net.Op("Add", {x, net.Scalar(kHardShift)}), 0, kHardTop);
  return net.Op("Div", {net.Op("Mul", {x, gate}), net.Scalar(kHardTop)});
}
T Gelu(Net& net, const T& x) {
  const T erf = net.Op("Erf", {net.Op("Div", {x, net.Scalar(kSqrt2)})});
  return net.Op("Mul", {net.Op("Mul", {x, net.Op("Add", {erf, net.Scalar(1)})}), net.Scalar(0.5)});
}
T GeluTanh(Net& net, const T& x) {
  const T cubic = net.Op("Mul", {net.Op("Pow", {x, net.Scalar(3)}), net.Scalar(kTanhCubic)});
  const T tanh = net.Op("Tanh", {net.Op("Mul", {net.Op("Add", {x, cubic}), net.Scalar(kTanhScale)})});
  return net.Op("Mul", {net.Op("Mul", {x, net.Scalar(0.5)}), net.Op("Add", {tanh, net.Scalar(1)})});
}
T PRelu(Net& net, const T& x) {
  Dims slope(x.dims.size() > 1 ? x.dims.size() - 1 : 1, 1);
  slope[0] = x.dims.size() > 1 ? x.dims[1] : x.dims[0];
  return net.Op("PRelu", {x, net.Weight(slope)});
}

// Operators that take nothing but x.
struct PlainRow {
  Activation activation;
  const char* op_type;
};
constexpr std::array kPlain = {
    PlainRow{Activation::kRelu, "Relu"},
    PlainRow{Activation::kHardSwish, "HardSwish"},
    PlainRow{Activation::kHardSigmoid, "HardSigmoid"},
    PlainRow{Activation::kSigmoid, "Sigmoid"},
    PlainRow{Activation::kLeakyRelu, "LeakyRelu"},
    PlainRow{Activation::kElu, "Elu"},
    PlainRow{Activation::kSelu, "Selu"},
    PlainRow{Activation::kCelu, "Celu"},
    PlainRow{Activation::kTanh, "Tanh"},
    PlainRow{Activation::kSoftplus, "Softplus"},
    PlainRow{Activation::kSoftsign, "Softsign"},
    PlainRow{Activation::kThresholdedRelu, "ThresholdedRelu"},
};

constexpr int kGeluOpset = 20, kMishOpset = 18;

}  // namespace

T Activate(Net& net, const T& x, Activation activation) {
  for (const PlainRow& row : kPlain) {
    if (row.activation == activation) return net.Op(row.op_type, {x});
  }
  switch (activation) {
    case Activation::kRelu6:
      return Clip(net, x, 0, kHardTop);
    case Activation::kReluClip:
      return Clip(net, net.Op("Relu", {x}), 0, kHardTop);
    case Activation::kHardSwishHs:
      return HardSwishHs(net, x);
    case Activation::kHardSwishClip:
      return HardSwishClip(net, x);
    case Activation::kSilu:
      return net.Op("Mul", {x, net.Op("Sigmoid", {x})});
    case Activation::kQuickGelu:
      return net.Op("Mul", {x, net.Op("Sigmoid", {net.Op("Mul", {x, net.Scalar(kQuickScale)})})});
    case Activation::kGelu:
      return Gelu(net, x);
    case Activation::kGeluTanh:
      return GeluTanh(net, x);
    case Activation::kGeluOp:
      return net.opset() >= kGeluOpset ? net.Op("Gelu", {x}) : Gelu(net, x);
    case Activation::kMishOp:
      if (net.opset() >= kMishOpset) return net.Op("Mish", {x});
      [[fallthrough]];
    case Activation::kMish:
      return net.Op("Mul", {x, net.Op("Tanh", {net.Op("Softplus", {x})})});
    case Activation::kPRelu:
      return PRelu(net, x);
    case Activation::kSquaredRelu: {
      const T relu = net.Op("Relu", {x});
      return net.Op("Mul", {relu, relu});
    }
    default:
      return x;
  }
}

Activation ConvActivation(Net& net) {
  using A = Activation;
  return net.Turn({A::kRelu, A::kSilu, A::kRelu6, A::kHardSwish, A::kRelu, A::kGelu, A::kLeakyRelu, A::kHardSwishHs,
                   A::kRelu, A::kSigmoid, A::kSilu, A::kPRelu, A::kMish, A::kElu, A::kTanh, A::kReluClip});
}

Activation TransformerActivation(Net& net) {
  using A = Activation;
  return net.Turn({A::kGelu, A::kRelu, A::kGeluTanh, A::kGelu, A::kSilu, A::kGeluOp, A::kQuickGelu, A::kSquaredRelu});
}

}  // namespace opcost::generate
