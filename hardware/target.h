// What a machine can do: coefficients in layers, curves, and which of them price which pattern. Knows no operator.
//
// A Target is read strictly from TOML (read_target.h) and is plain data afterwards. Every number in it is a coefficient
// with a key, a dimension and the layers it got its value from; nothing here has a default that is not in a file.
#ifndef OPCOST_HARDWARE_TARGET_H_
#define OPCOST_HARDWARE_TARGET_H_

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/dtype.h"
#include "base/kernel_class.h"
#include "base/metric.h"
#include "base/pattern.h"

namespace opcost {

using CoefficientId = int32_t;
using CurveId = int32_t;
using EntryId = int32_t;
inline constexpr int32_t kNoId = -1;

enum class Dimension : uint8_t { kRate, kTime, kSize, kRatio, kCount };
absl::string_view Name(Dimension dimension);

// What a difference between two machines is attributed to.
enum class TermClass : uint8_t { kPeak, kEfficiency, kBandwidth, kDispatch, kWork, kStructure };
absl::string_view Name(TermClass term_class);

// How a number came about. Ordered from best to worst.
enum class Evidence : uint8_t { kMeasured, kFitted, kSpecified, kExtrapolated, kAssumed };
absl::string_view Name(Evidence evidence);  // "measured", "fitted", "specified" (data sheet arithmetic) …
absl::StatusOr<Evidence> ParseEvidence(absl::string_view name);

// What a coefficient may be. Both ends belong to it, the lower one only where `low_open` is false.
struct ValueRange {
  double low = 0;
  double high = 0;
  bool low_open = false;
};
// NaN and infinities lie in no range.
bool Contains(const ValueRange& range, double value);
// "above 0 and at most 1.5".
std::string ToString(const ValueRange& range);

// One value and where it stands: "i7-12700k.toml:41", "i7-12700k.toml:90 (mode large)", "--set".
struct Layer {
  std::string source;
  double value = 0;
};

struct Coefficient {
  std::string key;  // "peak.fp32_flops_per_s", "conv2d.fp32.efficiency[3]"
  Dimension dimension = Dimension::kRatio;
  TermClass term_class = TermClass::kEfficiency;
  Evidence evidence = Evidence::kAssumed;
  std::string provenance;     // the text of its `source`, and its note or derivation
  std::string unit;           // "FLOP/s", "op/s", "byte/s", "s", "byte", "FLOP" …; "" for a ratio
  ValueRange range;           // what `--set` accepts
  std::vector<Layer> layers;  // never empty; the last one counts
  double value() const { return layers.back().value; }
};

// Between two points: y linear in x; y linear in log x; or x / y, the time where y is a rate, linear in x. The last is
// how measured times join: more work is never faster as long as no point is faster than the one before.
// Two shapes are given by two points each and hold everywhere, so they are never clamped: saturating is the one
// y = top · x / (x + half) through both; a sigmoid in log x has the efficiencies of its points as its plateaus, and is
// a tenth of the way from the first to the second at the first point's x, nine tenths at the second's.
enum class Interpolation : uint8_t { kLinear, kLogLinear, kTimeLinear, kSaturating, kSigmoid };
inline bool HoldsEverywhere(Interpolation shape) {
  return shape == Interpolation::kSaturating || shape == Interpolation::kSigmoid;
}
// As profiles write it: "linear", "log_linear", "time_linear", "saturating", "sigmoid".
absl::string_view Name(Interpolation interpolation);
absl::StatusOr<Interpolation> ParseInterpolation(absl::string_view name);

struct CurvePoint {
  CoefficientId x = kNoId;
  CoefficientId y = kNoId;
  double std_dev = 0;  // of y; 0 where no spread is known
  int64_t n = 0;       // observations behind it; 0 unknown
  Evidence evidence = Evidence::kAssumed;
};

// Points with ascending x. Two points may share an x: a jump, and at x itself the later one holds. Outside, the end
// points hold (clamped), and the report says so. One point is a constant at every x, and its x is kNoId.
struct Curve {
  std::string key;  // "conv2d.fp32.efficiency"
  Metric x = Metric::kFlops;
  Interpolation interpolation = Interpolation::kLogLinear;
  std::vector<CurvePoint> points;
};

// t = launch · dispatches + overlap(work / (rate · Π factors · curve(x)), bytes / (bandwidth · fraction))
struct EfficiencyForm {
  Metric work = Metric::kFlops;
  CoefficientId rate = kNoId;
  std::vector<CoefficientId> factors;
  CurveId curve = kNoId;            // kNoId: 1, the factors are all there is
  CoefficientId bandwidth = kNoId;  // kNoId: the curve is of whole times, memory is inside
  CoefficientId memory_fraction = kNoId;
  CoefficientId overlap = kNoId;   // w in [0, 1]; 1 hides the smaller side completely
  CoefficientId dispatch = kNoId;  // seconds a dispatch
};

// What a threshold does to a term's metric.
enum class TermReach : uint8_t {
  kAll,     // there is none
  kBeyond,  // max(0, metric − threshold): beyond a cache
  // metric · max(0, d − threshold) / d, with d its ReuseDistance: what one run of the model pushes out of a cache; of
  // passes over the same bytes, metric · max(0, d² − threshold²) / d².
  kEvicted,
  // metric · b / (b + threshold), where an average kernel of the run touches b bytes: how much of a cache others fill
  // between two launches.
  kDisplaced,
};
// "", "above", "evicted_beyond", "displaced_from": the key that names the threshold in a profile.
absl::string_view Name(TermReach reach);

// t = launch · dispatches + Σ seconds_per_unit · reached amount;  all coefficients >= 0
struct TimeTerm {
  Metric metric = Metric::kFlops;
  TermReach reach = TermReach::kAll;
  CoefficientId seconds_per_unit = kNoId;
  CoefficientId threshold = kNoId;  // kNoId where nothing has to be reached
  std::string name;                 // "bytes_above_l2": unique within its form
};
struct TimeForm {
  CoefficientId launch = kNoId;
  std::vector<TimeTerm> terms;
};

// What was measured at sizes near x, and how it scattered. For people and pictures; no price rests on it.
struct Observation {
  double x = 0;      // in the curve's x, or the time form's first metric
  double value = 0;  // units of x in a second
  double std_dev = 0;
  int64_t n = 0;
};

// How one pattern, or one class of kernels, is priced at one precision.
struct Entry {
  std::string key;  // "conv2d.fp32", "any.any", "kernel.conv_blocked.fp32", "default"
  Pattern pattern = Pattern::kAny;
  std::optional<KernelClass> kernel_class;   // set: prices kernels of this class, whatever their pattern
  std::optional<Precision> precision;        // nullopt: any
  bool is_default = false;                   // the target's [default]
  std::optional<EfficiencyForm> efficiency;  // exactly one of the two
  std::optional<TimeForm> time;
  // Sizes it was calibrated on, in the curve's x (or the time form's first metric); nullopt: not calibrated.
  std::optional<std::pair<double, double>> range;
  // Relative half-width of the interval, from held-out residuals (time form); nullopt: not known.
  std::optional<double> relative_spread;
  // The worst of what sets its speed: the curve's points or flat efficiency, the factors, the terms, and a memory
  // fraction of its own; the shared ones where it has none of these. Overlap and dispatch do not count.
  Evidence evidence = Evidence::kAssumed;
  std::string provenance;   // text of its source
  std::string declared_at;  // "i7-12700k.toml:57"
  // An estimate may fall below the limit, and why ("Winograd"); "" when it may not.
  std::string may_beat_limit;
  std::vector<Observation> observed;  // by ascending x
};

// A shape that was measured as such. `signature` is made by costing/signature.h.
struct ExactPoint {
  std::string signature;
  CoefficientId seconds = kNoId;
};

// What runs the model, as far as it decides which kernels run and what they are made of.
struct RuntimeFacts {
  std::string rule_set;         // of fusions: "pytorch-eager", "onnxruntime-cpu" …
  std::string version;          // "1.26"; "" where the rule set does not depend on it
  std::string level;            // of optimisation: "basic", "extended", "all"; "" likewise
  int64_t vector_lanes = 16;    // fp32 in one vector register, and channels in one block of a blocked layout
  int64_t l1_way_bytes = 4096;  // L1 size / ways: addresses this far apart share a set
  int64_t threads = 0;          // that the profile was calibrated with; 0: not stated
  bool operator==(const RuntimeFacts&) const = default;
};

struct Target {
  std::string id;            // "i7-12700k"
  std::string mode;          // "" when the profile has no modes
  std::string name;          // "Intel Core i7-12700K"
  std::string device_class;  // "cpu", "gpu", "npu"
  RuntimeFacts runtime;
  std::string path;
  std::string sha256;              // of the profile file
  std::vector<std::string> modes;  // all that the file has, the default first
  std::vector<std::string> notes;  // what the profile says of itself
  bool calibrated = false;         // the file has a [calibration] block for this mode
  std::string mode_description;    // what the mode is, "" when the profile has no modes
  // What [calibration] and [validation] say, flattened: "calibration.date" → "2026-11-21"; and the sizes of caches
  // that no term names ("memory.l2_bytes"). Free of the model.
  std::map<std::string, std::string> facts;
  std::map<std::string, std::string> sources;  // by the name that values refer to

  std::vector<Coefficient> coefficients;
  std::vector<Curve> curves;
  std::vector<Entry> entries;
  std::vector<ExactPoint> exact;

  // Physical ceilings, for the limit: work of this precision cannot run faster. kNoId where the target lacks it.
  std::array<CoefficientId, static_cast<size_t>(Precision::kCount)> peak{};
  CoefficientId bandwidth = kNoId;
  CoefficientId capacity = kNoId;      // device memory in bytes; kNoId: unknown
  CoefficientId host_enqueue = kNoId;  // seconds a dispatch on the host, for asynchronous targets
  CoefficientId run_constant = kNoId;  // seconds a run

  // "i7-12700k:large", or the id alone.
  std::string FullName() const;
  // kNoId when there is none of that key.
  CoefficientId Find(absl::string_view key) const;
  bool Supports(Precision precision) const;
};

// The entry that prices a pattern: its own at this precision, its own at any, then the same up the parent chain to
// `any`, then the default. Always answers; `steps` counts how far it had to go (0 = its own). A precision that the
// target has no peak for (ask Supports) gets the default of the slowest precision that it has.
struct Lookup {
  EntryId entry = kNoId;
  int steps = 0;
};
Lookup FindEntry(const Target& target, Pattern pattern, Precision precision);
// The same for a kernel of a known class: the class's own entry, then those up its chain of parents, then as above.
Lookup FindEntry(const Target& target, KernelClass kernel_class, Pattern pattern, Precision precision);

// What a curve says at x: the value, and how well the points around x are known (the nearer end when clamped).
struct CurveReading {
  double value = 0;
  bool clamped = false;
  double std_dev = 0;  // of the points around x, interpolated like the value; 0 where one of them has none
  Evidence evidence = Evidence::kAssumed;  // the worse of the points around x
  int32_t first = 0, last = 0;             // those points, by index
};
CurveReading ReadCurve(const Curve& curve, double x, const std::vector<double>& values);

// Value of a curve at x under `values` (by CoefficientId). Writes whether x lay outside the points.
double EvaluateCurve(const Curve& curve, double x, const std::vector<double>& values, bool* clamped = nullptr);

// Puts a layer on top: `--set key=value`. The key of any coefficient; "<pattern>.efficiency" and
// "<pattern>.<precision>.efficiency" make that pattern's efficiency flat at the value (an entry of its own is made from
// what prices it now; from a time form: of the peak, behind that form's launch; refused where kernels have classes);
// "memory.capacity_bytes" may be set where the profile has none. The last part of a key will do
// where it names one coefficient only ("efficiency_factor").
// NotFound names the nearest key; InvalidArgument says the valid range.
absl::Status SetCoefficient(Target& target, absl::string_view key, double value, absl::string_view source = "--set");

}  // namespace opcost

#endif  // OPCOST_HARDWARE_TARGET_H_
