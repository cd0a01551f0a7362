// One executed kernel as ONNX Runtime's profile shows it, with what the profile leaves out put back where it follows
// from the rest: the operator's domain, which operands are weights, which slot each stands in.
#ifndef OPCOST_COSTING_CALIBRATION_ORT_KERNEL_H_
#define OPCOST_COSTING_CALIBRATION_ORT_KERNEL_H_

#include "costing/calibration/measurement.h"
#include "costing/calibration/ort_events.h"

namespace opcost {

// Without times. `event` is one of its kNode events.
MeasuredKernel KernelOfEvent(const OrtEvent& event);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_ORT_KERNEL_H_
