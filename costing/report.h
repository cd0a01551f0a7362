// The result of an analysis, as plain data in base units (MAC, FLOP, byte, second). Every renderer reads this and
// nothing else, so text, JSON, CSV and Markdown of one report hold the same numbers.
#ifndef OPCOST_COSTING_REPORT_H_
#define OPCOST_COSTING_REPORT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "costing/formula.h"
#include "frontend/graph.h"
#include "hardware/target.h"
#include "ops/count.h"
#include "ops/work.h"

namespace opcost {

inline constexpr int kReportSchemaVersion = 1;

struct ReportTensor {
  std::string name;
  DType dtype = DType::kUnknown;
  bool ranked = true;
  struct Extent {
    int64_t value = -1;  // known when >= 0
    std::string symbol;  // else its name; "" when unknown
  };
  std::vector<Extent> shape;
};

// One ONNX node: counts and shapes, no time.
struct ReportNode {
  std::string id;  // stable, unique
  std::string name;
  std::string domain;
  std::string op;
  std::string scope;
  std::vector<std::string> call_path;
  int32_t subgraph = -1;  // index into Report::subgraphs
  std::vector<ReportTensor> inputs, outputs;
  Work work;  // all executions (repeats included)
  int64_t repeats = 1;
  std::string rule;
  RuleStatus status = RuleStatus::kExact;
  bool zero_by_rule = false;
  bool incomplete = false;
  bool foldable = false;
};

enum class Bound : uint8_t { kCompute, kMemory, kDispatch, kNone };
absl::string_view Name(Bound bound);

// Which step of the look-up answered.
enum class LookupStep : uint8_t { kExact, kPattern, kParent, kDefault, kFree };
absl::string_view Name(LookupStep step);

// One priced row.
struct ReportRow {
  std::string id;    // stable: the anchor node's id, or "reorder of <tensor>"
  std::string name;  // what the table shows
  Pattern pattern = Pattern::kOther;
  std::string block;  // name of the innermost block, "" if none
  Pattern block_pattern = Pattern::kCount;
  std::string kernel;
  std::string scope;
  bool inserted = false;
  std::vector<int32_t> nodes;         // indices into Report::nodes
  std::optional<int64_t> live_bytes;  // from the memory's timeline; absent inside bodies
  Precision precision = Precision::kFp32;
  Work work;  // all executions
  int64_t repeats = 1;
  double t_s = 0;                    // all executions
  std::optional<double> lo_s, hi_s;  // absent where no spread is known
  double limit_s = 0;                // no machine of this peak and bandwidth can be faster
  Bound bound = Bound::kNone;
  Bound limit_bound = Bound::kNone;
  // Parts of t_s before overlap, for display: dispatch, compute, memory, (time form) each named term.
  struct Term {
    std::string name;
    double t_s = 0;
  };
  std::vector<Term> terms;
  Evidence evidence = Evidence::kAssumed;
  LookupStep step = LookupStep::kDefault;
  std::string entry;     // key of the entry that priced it: "conv2d.fp32"
  bool in_range = true;  // inside the calibrated (or curve's) range
  // A branch not taken because another is dearer, or a dead one: listed, adds nothing to the total.
  bool counted = true;
  Formula formula;  // evaluates to t_s
};

struct Coverage {
  int64_t nodes = 0;
  int64_t costed = 0;  // by a rule (zero_by_rule included)
  int64_t zero_by_rule = 0;
  int64_t incomplete = 0;  // some shape unknown
  int64_t foldable = 0;
  struct Unknown {
    std::string op;  // "com.example::Foo"
    int64_t nodes = 0;
    double share_of_bytes = 0;
  };
  std::vector<Unknown> unknown;
  std::map<std::string, double> time_share_by_source;  // by Name(Evidence), and "free"
  std::map<std::string, double> time_share_by_step;    // by Name(LookupStep)
  double time_share_outside_range = 0;
};

// A key or value cache of a decoder: what comes in as past and goes out as present.
struct CacheUse {
  std::string past, present;  // tensors
  int64_t past_bytes = 0, present_bytes = 0;
  // One buffer, which the new tokens are written into; otherwise both exist while the present is made.
  bool shared = false;
};

struct MemoryUse {
  int64_t weight_bytes = 0;  // distinct
  std::map<std::string, int64_t> weight_bytes_by_dtype;
  int64_t parameters = 0;               // elements of distinct weights used as data
  int64_t constants = 0;                // elements of shape scalars, masks, scales …
  int64_t peak_activation_bytes = 0;    // over the schedule
  std::string peak_node;                // id of the first node at the peak
  std::vector<std::string> peak_nodes;  // of every row that needs as much
  // What lives at `peak_node`, largest first; adds up to the peak.
  struct Live {
    std::string tensor;
    int64_t bytes = 0;
  };
  std::vector<Live> at_peak;
  // The rows of the main graph as they run: bytes of activations during and after each.
  struct Step {
    int32_t row = -1;  // index into Report::rows
    int64_t live_bytes = 0;
    int64_t after_bytes = 0;
  };
  std::vector<Step> timeline;
  int64_t input_bytes = 0;  // alive before the first row
  // Of these, caches: their presents, which a shared past is part of.
  int64_t cache_bytes = 0;
  std::vector<CacheUse> caches;
  std::optional<int64_t> capacity_bytes;
  std::optional<bool> fits;  // weights + peak activations <= capacity; absent: capacity unknown
  bool complete = true;      // every tensor's size was known
};

struct Totals {
  int64_t macs = 0;
  int64_t flops = 0;    // 2 × float MACs + float vector ops
  int64_t int_ops = 0;  // 2 × integer MACs + integer ops
  int64_t transcendentals = 0;
  // What runs: the sum over the counted rows. Arithmetic equals the sum over their nodes; bytes and dispatches are
  // fewer where nodes are fused.
  Work work;
  double t_s = 0;
  // Plus or minus one standard deviation over the rows whose spread is known; absent where none is. Fully correlated
  // within a curve, independent across curves.
  std::optional<double> lo_s, hi_s;
  double interval_share = 0;  // of row_sum_s that has a known spread
  double limit_s = 0;
  Bound bound = Bound::kNone;  // where most of the time is
  double row_sum_s = 0;        // Σ of counted rows; differs from t_s by `overhead_s`
  double overhead_s = 0;       // run constant, and host enqueue where it is the longer side
};

struct Report {
  int schema_version = kReportSchemaVersion;
  std::string tool_version;
  struct {
    std::string path, structure_sha256, producer;
    int64_t ir = 0;
    std::map<std::string, int> opsets;
  } model;
  std::map<std::string, int64_t> bindings;
  struct {
    std::string id, name, mode, device_class, sha256, runtime, path;
    bool calibrated = false;
    std::string evidence;                // "calibrated", "seeded" or "default": what prices most of the time
    std::vector<std::string> overrides;  // "--set" layers as "key=value"
  } hardware;
  std::string precision;  // of --precision, "" = as in the file
  std::string rule_set;
  std::string executed;  // where the rows' kernels come from; "" where rows are groups of nodes
  Totals totals;
  Coverage coverage;
  MemoryUse memory;
  std::vector<ReportNode> nodes;
  std::vector<ReportRow> rows;  // JSON "subgraphs", execution order
  Formula total;                // evaluates to totals.t_s; empty in reports read back from JSON
  std::vector<Note> notes;
};

// Conservation: rows sum to the total, nodes' arithmetic to the totals' work, every node is in one row, coverage adds
// up, each formula evaluates to its row. Internal on the first breach, with both numbers. Run on every report that
// leaves the tool.
absl::Status CheckConservation(const Report& report);

}  // namespace opcost

#endif  // OPCOST_COSTING_REPORT_H_
