// Activations as exporters write them.
#ifndef OPCOST_COSTING_CALIBRATION_GENERATE_ACTIVATION_H_
#define OPCOST_COSTING_CALIBRATION_GENERATE_ACTIVATION_H_

#include <cstdint>

#include "absl/types/span.h"
#include "costing/calibration/generate/net.h"

namespace opcost::generate {

enum class Activation : uint8_t {
  kNone,
  kRelu,
  kRelu6,          // Clip(0, 6)
  kReluClip,       // Clip of a Relu
  kHardSwish,      // the operator
  kHardSwishHs,    // x · HardSigmoid(x)
  kHardSwishClip,  // x · Clip(x + 3, 0, 6) / 6
  kHardSigmoid,
  kSigmoid,
  kSilu,       // x · Sigmoid(x)
  kQuickGelu,  // x · Sigmoid(1.702 x)
  kGelu,       // with Erf
  kGeluTanh,   // with Tanh and Pow
  kGeluOp,     // the operator of opset 20; with Erf before
  kMish,       // x · Tanh(Softplus(x))
  kMishOp,
  kLeakyRelu,
  kPRelu,
  kElu,
  kSelu,
  kCelu,
  kTanh,
  kSoftplus,
  kSoftsign,
  kThresholdedRelu,
  kSquaredRelu,
  kCount,
};

// Activations of one input; what is per channel (PRelu) takes axis 1.
T Activate(Net& net, const T& x, Activation activation);

// What convolutional networks and transformers mostly use, in turn.
Activation ConvActivation(Net& net);
Activation TransformerActivation(Net& net);

}  // namespace opcost::generate

#endif  // OPCOST_COSTING_CALIBRATION_GENERATE_ACTIVATION_H_
