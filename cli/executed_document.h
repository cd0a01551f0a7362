// The kernels that are predicted beside those that a runtime ran.
#ifndef OPCOST_CLI_EXECUTED_DOCUMENT_H_
#define OPCOST_CLI_EXECUTED_DOCUMENT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "cli/document.h"
#include "costing/calibration/runtime/kernel_difference.h"

namespace opcost {

struct ExecutedView {
  std::string model;
  std::string runtime;    // "ONNX Runtime 1.26.0, level all, as it runs on this machine"
  std::string predicted;  // "… predicted from the file"
  KernelDifference difference;
  std::vector<std::string> notes;
};

// Kinds of kernels, those that differ first; then the kernels that only one side has.
Document ExecutedDocument(const ExecutedView& view);
std::string ExecutedJson(const ExecutedView& view);

}  // namespace opcost

#endif  // OPCOST_CLI_EXECUTED_DOCUMENT_H_
