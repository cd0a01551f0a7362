// A profile between its text and a Target: the body of the file and each of its modes as overlays that can be laid over
// one another before anything refers to anything by number.
#ifndef OPCOST_HARDWARE_DRAFT_H_
#define OPCOST_HARDWARE_DRAFT_H_

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/pattern.h"
#include "hardware/document.h"
#include "hardware/fields.h"
#include "hardware/target.h"

namespace opcost {

// A coefficient and the line that its last layer stands on.
struct Placed {
  Coefficient coefficient;
  int line = 0;
};

struct DraftPoint {
  std::optional<Coefficient> x;  // none in a flat efficiency
  Coefficient y;
  double std_dev = 0;
  int64_t n = 0;
};

struct DraftTerm {
  std::string name;
  Metric metric = Metric::kFlops;
  TermReach reach = TermReach::kAll;
  Coefficient per_unit;
  std::optional<Coefficient> threshold;  // of the term's own …
  std::string threshold_key;             // … or the key of a size that terms share
};

// One [pattern.NAME.PRECISION] or [kernel.NAME.PRECISION]. References are still names.
struct DraftEntry {
  std::string key;
  std::string path;  // as messages name it: "mode.large.pattern.any.fp32"
  int line = 0;
  Pattern pattern = Pattern::kAny;
  std::optional<KernelClass> kernel_class;
  std::optional<Precision> precision;
  std::string provenance;
  std::string declared_at;
  std::string may_beat_limit;
  std::optional<Evidence> evidence;  // of the points that state none
  std::optional<std::pair<double, double>> range;
  std::optional<double> relative_spread;
  std::vector<Observation> observed;

  std::string like;  // takes the other entry's form; empty where it has its own

  bool time_form = false;
  // Efficiency form.
  Metric work = Metric::kFlops;
  Metric x = Metric::kFlops;
  std::string relative_to;  // "peak" or a coefficient's key
  std::vector<std::string> factors;
  Interpolation interpolation = Interpolation::kLogLinear;
  std::vector<DraftPoint> points;
  bool memory_inside = false;  // the curve is of whole times
  std::optional<Coefficient> memory_fraction, overlap, dispatch;
  // Time form.
  std::optional<Coefficient> launch;
  std::vector<DraftTerm> terms;
};

struct DraftExact {
  std::string signature;
  Coefficient seconds;
  int line = 0;
};

struct Draft {
  std::vector<Placed> coefficients;  // of peak, rate, memory, host, run, factor, default
  // [limit]: precision → key of the peak that is its ceiling, and the line.
  std::map<Precision, std::pair<std::string, int>> limits;
  std::optional<Metric> default_work;
  std::vector<DraftEntry> entries;
  std::vector<DraftExact> exact;
  std::vector<std::string> notes;
  std::map<std::string, std::string> facts;  // "calibration.date" …
  bool calibrated = false;
  int default_line = 0;  // of [default]; 0: none

  // Of a mode only.
  std::string description;
  std::string inherits;
  int line = 0;
  std::vector<std::string> replaces;
  std::optional<Evidence> inherited_curves;  // what inherited curve points are at best

  const Placed* Find(absl::string_view key) const;
};

// The sections that the body of a file and a mode have in common. `path` is "" or "mode.large".
Draft ReadSections(const DocValue& table, const std::string& path, const ReadContext& context);
// Their names.
absl::Span<const absl::string_view> SectionNames();

// [pattern.*.*] and [kernel.*.*] of one table.
std::vector<DraftEntry> ReadPatterns(const DocValue& table, const std::string& path, const ReadContext& context);
std::vector<DraftEntry> ReadKernels(const DocValue& table, const std::string& path, const ReadContext& context);

// `over` laid on `base`: values get a further layer, entries of the same key are replaced whole.
Draft Overlay(const Draft& base, const Draft& over);

// Fills in the coefficients, curves, entries, exact points and ceilings. What does not fit together is a problem at
// its line. Writes the keys of the free-named coefficients (rates, factors, tf32) that something refers to.
void Resolve(const Draft& draft, Target& target, std::vector<std::string>& referred, Problems& problems);

}  // namespace opcost

#endif  // OPCOST_HARDWARE_DRAFT_H_
