// Measured times as plain data, whatever tool took them.
//
// A run is one model on one machine; its kernels are what the runtime executed, one entry a kernel, with the best and
// the typical time over the repeats. A source that lacks something leaves it empty and the importer says so (`lost`).
#ifndef OPCOST_COSTING_CALIBRATION_MEASUREMENT_H_
#define OPCOST_COSTING_CALIBRATION_MEASUREMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/dtype.h"
#include "frontend/graph.h"

namespace opcost {

// One operand as the runtime saw it.
struct MeasuredTensor {
  DType dtype = DType::kFloat32;
  std::vector<int64_t> dims;
  bool is_constant = false;  // a stored weight
  bool is_input = false;     // what the caller hands to the model; false where the source does not tell
  bool is_present = true;    // false: an omitted optional operand, or one that the source does not show
};

// Amounts that a source counted itself; used where it shows no shapes.
struct SourceCounts {
  double flops = 0;
  double weight_bytes = 0;
  double activation_bytes = 0;
};

struct MeasuredKernel {
  std::string name;                                    // as the runtime calls this execution
  std::string op_type;                                 // "Conv"; with `counts` the name of a pattern
  std::string domain;                                  // "com.microsoft.nchwc"; "" for ai.onnx, or unknown
  std::vector<std::string> parts;                      // names of original nodes that the source lists, in their order
  bool parts_are_ends = false;                         // `parts` are the first and the last node of a region
  std::vector<std::string> input_names, output_names;  // of tensors, where the source tells them
  bool is_conversion = false;  // the runtime put it in to change a layout or a type: carries out no original node
  int64_t index = -1;          // number of the node in the graph that ran; -1 not told
  std::string inside;          // name of the kernel whose body it runs in; "" the main graph
  std::string provider;        // "CPUExecutionProvider"; "" not told
  std::vector<Attribute> attributes;
  std::vector<MeasuredTensor> inputs;  // by input slot
  std::vector<MeasuredTensor> outputs;
  std::optional<SourceCounts> counts;
  double seconds = 0;         // best over the repeats
  double median_seconds = 0;  // typical; equals `seconds` where only one figure is known
  // Mean over the runs that took little more than the best, where the source tells. Of times that are cut to whole
  // microseconds a mean says more than a minimum.
  std::optional<double> mean_s;
  double spread = 0;  // relative, between repeats or passes; 0 unknown
  int64_t repeats = 0;
  double executions = 1;  // in one run: more in the body of a loop; `seconds` is of all of them
};

// Where and how it was taken. Empty: the source does not say (flags fill it in).
struct RunFacts {
  std::string machine;
  std::string runtime;
  std::string runtime_version;
  std::string date;
  std::string mode;       // power mode, clock setting
  std::string precision;  // "fp32"
  int threads = 0;        // 0 unknown
  int batch = 0;          // 0 unknown
};

struct MeasuredRun {
  std::string network;
  std::string path;  // the file it came from
  RunFacts facts;
  std::vector<MeasuredKernel> kernels;  // in execution order
  std::optional<double> end_to_end_s;   // best whole run, without a profiler
  std::optional<double> profiled_s;     // best whole run under the profiler
  // Products of fixed size beside it, which tell how fast the machine was: one that stays in the caches, and one of a
  // vector and a matrix beyond them where this run leaves them, too.
  std::optional<double> reference_s, memory_reference_s;
  bool profiled = false;  // each kernel's time includes the profiler's own
  // What the profiler adds to a kernel, taken off the times above when they were measured.
  std::optional<double> profiler_removed_s;
  bool launches_only = false;  // kernel times are the host's calls, not the device's work: no speeds
  std::vector<Note> notes;     // what was repaired, left out, or looks wrong
};

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_MEASUREMENT_H_
