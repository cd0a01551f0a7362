// From a draft, where references are names, to a target, where they are numbers.
#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "hardware/draft.h"
#include "hardware/vocabulary.h"

namespace opcost {
namespace {

constexpr absl::string_view kBandwidthKey = "memory.bandwidth_bytes_per_s";
constexpr absl::string_view kDefaultEntry = "default";

// Part of every target that has them; a cache's size only where a term names it.
bool IsShared(absl::string_view key) {
  if (absl::StartsWith(key, "memory.")) return key == kBandwidthKey || key == "memory.capacity_bytes";
  return absl::StartsWith(key, "host.") || absl::StartsWith(key, "run.") || absl::StartsWith(key, "default.");
}

class Resolver {
 public:
  Resolver(const Draft& draft, Target& target, std::vector<std::string>& referred, Problems& problems)
      : draft_(draft), target_(target), referred_(referred), problems_(problems) {}

  void Run() {
    AddShared();
    if (!CheckRequired()) return;
    for (const DraftEntry& entry : draft_.entries) AddEntry(entry);
    AddDefaults();
    AddExact();
  }

 private:
  CoefficientId Add(Coefficient coefficient) {
    target_.coefficients.push_back(std::move(coefficient));
    return static_cast<CoefficientId>(target_.coefficients.size()) - 1;
  }

  CoefficientId AddOwn(const std::optional<Coefficient>& own, CoefficientId otherwise) {
    return own ? Add(*own) : otherwise;
  }

  // The coefficient of a free name is added when something refers to it first: what nothing uses is no part of the
  // model.
  CoefficientId Refer(const std::string& key, int line, const std::string& path) {
    referred_.push_back(key);
    const CoefficientId id = target_.Find(key);
    if (id != kNoId) return id;
    if (const Placed* placed = draft_.Find(key)) return Add(placed->coefficient);
    std::vector<std::string> keys;
    for (const Placed& placed : draft_.coefficients) keys.push_back(placed.coefficient.key);
    problems_.Add(line, path, absl::StrCat("'", key, "' is no key of this profile", DidYouMean(key, keys)));
    return kNoId;
  }

  void AddShared();
  bool CheckRequired();
  void AddEntry(const DraftEntry& entry);
  void AddForm(const DraftEntry& entry, const DraftEntry& form, Precision precision, bool any);
  EfficiencyForm MakeEfficiency(const DraftEntry& entry, const DraftEntry& form, Precision precision);
  TimeForm MakeTime(const DraftEntry& form);
  CoefficientId Threshold(const DraftEntry& form, const DraftTerm& term);
  CurveId MakeCurve(const DraftEntry& form);
  Evidence EvidenceOf(const DraftEntry& entry, const DraftEntry& form, const EfficiencyForm* efficiency) const;
  void CheckRate(const DraftEntry& entry, const DraftEntry& form, CoefficientId rate);
  void AddDefaults();
  void AddExact();

  const Draft& draft_;
  Target& target_;
  std::vector<std::string>& referred_;
  Problems& problems_;
  std::map<std::string, CurveId> curves_;            // by the key of the entry that declares it
  std::map<std::string, EfficiencyForm> own_parts_;  // own coefficients of a declaring entry, made once
  std::map<std::string, TimeForm> times_;
};

void Resolver::AddShared() {
  target_.peak.fill(kNoId);
  for (const Placed& placed : draft_.coefficients) {
    const std::string& key = placed.coefficient.key;
    const std::optional<Precision> precision = PrecisionOfPeak(key);
    if (precision) target_.peak[static_cast<size_t>(*precision)] = Add(placed.coefficient);
    if (IsShared(key)) Add(placed.coefficient);
  }
  target_.bandwidth = target_.Find(kBandwidthKey);
  target_.capacity = target_.Find("memory.capacity_bytes");
  target_.host_enqueue = target_.Find("host.enqueue_s");
  target_.run_constant = target_.Find("run.constant_s");
}

bool Resolver::CheckRequired() {
  const size_t before = problems_.Messages().size();
  if (std::all_of(target_.peak.begin(), target_.peak.end(), [](CoefficientId id) { return id == kNoId; })) {
    problems_.Add(1, "peak", "missing, expected the peak of one precision or more, such as peak.fp32_flops_per_s");
  }
  if (target_.bandwidth == kNoId) problems_.Add(1, kBandwidthKey, "missing, expected a number with its source");
  for (absl::string_view name : KeysOf("default")) {
    const std::string key = absl::StrCat("default.", name);
    if (target_.Find(key) == kNoId)
      problems_.Add(std::max(1, draft_.default_line), key, "missing, expected a number with its source");
  }
  if (!draft_.default_work) problems_.Add(std::max(1, draft_.default_line), "default.work", "missing, expected a text");
  return problems_.Messages().size() == before;
}

CurveId Resolver::MakeCurve(const DraftEntry& form) {
  if (form.points.empty()) return kNoId;
  const auto found = curves_.find(form.key);
  if (found != curves_.end()) return found->second;
  Curve curve;
  curve.key = absl::StrCat(form.key, ".efficiency");
  curve.x = form.x;
  curve.interpolation = form.interpolation;
  for (const DraftPoint& point : form.points) {
    CurvePoint made;
    made.x = AddOwn(point.x, kNoId);
    made.y = Add(point.y);
    made.std_dev = point.std_dev;
    made.n = point.n;
    made.evidence = point.y.evidence;
    curve.points.push_back(made);
  }
  target_.curves.push_back(std::move(curve));
  const CurveId id = static_cast<CurveId>(target_.curves.size()) - 1;
  curves_[form.key] = id;
  return id;
}

void Resolver::CheckRate(const DraftEntry& entry, const DraftEntry& form, CoefficientId rate) {
  if (rate == kNoId) return;
  const Coefficient& coefficient = target_.coefficients[static_cast<size_t>(rate)];
  const bool work_is_bytes = RateUnit(form.work) == "byte/s";
  const bool rate_is_bytes = coefficient.unit == "byte/s";
  if (coefficient.dimension != Dimension::kRate || work_is_bytes != rate_is_bytes) {
    problems_.Add(entry.line, absl::StrCat(entry.path, ".relative_to"),
                  absl::StrCat(coefficient.key, " is in ", coefficient.unit, ", expected a rate in ",
                               RateUnit(form.work), " as work is ", Name(form.work)));
  }
  if (absl::StartsWith(coefficient.key, "rate.") || !entry.may_beat_limit.empty()) return;
  for (const DraftPoint& point : form.points) {
    if (point.y.value() <= 1) continue;
    problems_.Add(entry.line, entry.path,
                  absl::StrCat(point.y.key, " is above 1 of the physical ", coefficient.key,
                               ", expected may_beat_limit = \"why\", or relative_to naming a reference rate"));
    return;
  }
}

EfficiencyForm Resolver::MakeEfficiency(const DraftEntry& entry, const DraftEntry& form, Precision precision) {
  EfficiencyForm made;
  const auto own = own_parts_.find(form.key);
  if (own != own_parts_.end()) {
    made = own->second;
  } else {
    made.work = form.work;
    made.curve = MakeCurve(form);
    if (!form.memory_inside) {
      made.bandwidth = target_.bandwidth;
      made.memory_fraction = AddOwn(form.memory_fraction, target_.Find("default.memory_fraction"));
      made.overlap = AddOwn(form.overlap, target_.Find("default.overlap"));
    }
    made.dispatch = AddOwn(form.dispatch, target_.Find("default.dispatch_s"));
    for (const std::string& factor : form.factors) {
      made.factors.push_back(Refer(absl::StrCat("factor.", factor), form.line, absl::StrCat(form.path, ".factors")));
    }
    own_parts_[form.key] = made;
  }
  const std::string& relative_to = entry.relative_to.empty() ? form.relative_to : entry.relative_to;
  made.rate = relative_to == "peak" ? target_.peak[static_cast<size_t>(precision)]
                                    : Refer(relative_to, entry.line, absl::StrCat(entry.path, ".relative_to"));
  CheckRate(entry, form, made.rate);
  return made;
}

CoefficientId Resolver::Threshold(const DraftEntry& form, const DraftTerm& term) {
  if (term.threshold_key.empty()) return AddOwn(term.threshold, kNoId);
  const std::string path = absl::StrCat(form.path, ".terms.", Name(term.reach));
  const CoefficientId id = Refer(term.threshold_key, form.line, path);
  if (id == kNoId) return id;
  const Coefficient& size = target_.coefficients[static_cast<size_t>(id)];
  const absl::string_view unit = Unit(ThresholdMetric(term.reach, term.metric));
  if (size.unit != unit) {
    problems_.Add(form.line, path, absl::StrCat(size.key, " is in ", size.unit, ", expected a size in ", unit));
  }
  return id;
}

TimeForm Resolver::MakeTime(const DraftEntry& form) {
  const auto found = times_.find(form.key);
  if (found != times_.end()) return found->second;
  TimeForm made;
  if (form.launch) made.launch = Add(*form.launch);
  for (const DraftTerm& term : form.terms) {
    made.terms.push_back({term.metric, term.reach, Add(term.per_unit), Threshold(form, term), term.name});
  }
  times_[form.key] = made;
  return made;
}

Evidence Resolver::EvidenceOf(const DraftEntry& entry, const DraftEntry& form, const EfficiencyForm* efficiency) const {
  Evidence worst = Evidence::kMeasured;
  bool any = false;
  const auto take = [&](Evidence evidence) {
    worst = std::max(worst, evidence);
    any = true;
  };
  for (const DraftPoint& point : form.points) take(point.y.evidence);
  if (form.memory_fraction) take(form.memory_fraction->evidence);
  if (form.launch) take(form.launch->evidence);
  for (const DraftTerm& term : form.terms) take(term.per_unit.evidence);
  if (efficiency != nullptr) {
    for (CoefficientId id : efficiency->factors) {
      if (id != kNoId) take(target_.coefficients[static_cast<size_t>(id)].evidence);
    }
    if (!any) take(target_.coefficients[static_cast<size_t>(efficiency->memory_fraction)].evidence);
  }
  if (entry.evidence && (!any || &entry != &form)) take(*entry.evidence);
  return worst;
}

void Resolver::AddForm(const DraftEntry& entry, const DraftEntry& form, Precision precision, bool any) {
  Entry made;
  made.key = entry.key;
  made.pattern = entry.pattern;
  made.kernel_class = entry.kernel_class;
  if (!any) made.precision = precision;
  if (form.time_form) {
    made.time = MakeTime(form);
    made.evidence = EvidenceOf(entry, form, nullptr);
  } else {
    made.efficiency = MakeEfficiency(entry, form, precision);
    made.evidence = EvidenceOf(entry, form, &*made.efficiency);
  }
  made.range = entry.range ? entry.range : form.range;
  made.relative_spread = entry.relative_spread ? entry.relative_spread : form.relative_spread;
  made.provenance = entry.provenance.empty() ? form.provenance : entry.provenance;
  made.declared_at = entry.declared_at;
  made.observed = entry.observed;
  made.may_beat_limit = entry.may_beat_limit.empty() ? form.may_beat_limit : entry.may_beat_limit;
  target_.entries.push_back(std::move(made));
}

void Resolver::AddEntry(const DraftEntry& entry) {
  const DraftEntry* form = &entry;
  if (!entry.like.empty()) {
    std::vector<std::string> keys;
    for (const DraftEntry& other : draft_.entries) {
      if (other.like.empty()) keys.push_back(other.key);
      if (other.like.empty() && other.key == entry.like) form = &other;
    }
    if (form == &entry) {
      return problems_.Add(
          entry.line, absl::StrCat(entry.path, ".like"),
          absl::StrCat("'", entry.like, "' is no entry with a form of its own", DidYouMean(entry.like, keys)));
    }
  }
  const std::string& relative_to = entry.relative_to.empty() ? form->relative_to : entry.relative_to;
  if (entry.precision) {
    if (!target_.Supports(*entry.precision)) {
      return problems_.Add(entry.line, entry.path,
                           absl::StrCat("the target has no ", PeakKey(*entry.precision), ", so nothing runs at ",
                                        Name(*entry.precision)));
    }
    return AddForm(entry, *form, *entry.precision, /*any=*/false);
  }
  if (form->time_form || relative_to != "peak") return AddForm(entry, *form, Precision::kFp32, /*any=*/true);
  // Relative to the peak of whatever precision: one for each that has none of its own.
  for (Precision precision : AllPrecisions()) {
    const bool own = std::any_of(draft_.entries.begin(), draft_.entries.end(), [&](const DraftEntry& other) {
      return other.pattern == entry.pattern && other.kernel_class == entry.kernel_class && other.precision == precision;
    });
    if (!own && target_.Supports(precision)) AddForm(entry, *form, precision, /*any=*/false);
  }
}

void Resolver::AddDefaults() {
  for (Precision precision : AllPrecisions()) {
    if (!target_.Supports(precision)) continue;
    const CoefficientId efficiency = target_.Find("default.efficiency");
    const Coefficient& coefficient = target_.coefficients[static_cast<size_t>(efficiency)];
    const auto found = curves_.find(std::string(kDefaultEntry));
    CurveId curve = found == curves_.end() ? kNoId : found->second;
    if (curve == kNoId) {
      target_.curves.push_back({"default.efficiency",
                                *draft_.default_work,
                                Interpolation::kLogLinear,
                                {CurvePoint{kNoId, efficiency, 0, 0, coefficient.evidence}}});
      curve = static_cast<CurveId>(target_.curves.size()) - 1;
      curves_[std::string(kDefaultEntry)] = curve;
    }
    Entry entry;
    entry.key = std::string(kDefaultEntry);
    entry.precision = precision;
    entry.is_default = true;
    entry.evidence =
        std::max(coefficient.evidence,
                 target_.coefficients[static_cast<size_t>(target_.Find("default.memory_fraction"))].evidence);
    entry.provenance = coefficient.provenance;
    entry.declared_at = coefficient.layers.back().source;
    EfficiencyForm form;
    form.work = *draft_.default_work;
    form.rate = target_.peak[static_cast<size_t>(precision)];
    form.curve = curve;
    form.bandwidth = target_.bandwidth;
    form.memory_fraction = target_.Find("default.memory_fraction");
    form.overlap = target_.Find("default.overlap");
    form.dispatch = target_.Find("default.dispatch_s");
    entry.efficiency = form;
    target_.entries.push_back(std::move(entry));
  }
  // Ceilings other than a precision's own peak come last: until here `peak` is what efficiencies are relative to.
  for (const auto& [precision, limit] : draft_.limits) {
    const std::string path = absl::StrCat("limit.", Name(precision));
    if (!target_.Supports(precision)) {
      problems_.Add(limit.second, path, absl::StrCat("the target has no ", PeakKey(precision)));
    } else if (!absl::StartsWith(limit.first, "peak.")) {
      problems_.Add(limit.second, path, absl::StrCat("'", limit.first, "', expected the key of a peak"));
    } else {
      const CoefficientId id = Refer(limit.first, limit.second, path);
      if (id != kNoId) target_.peak[static_cast<size_t>(precision)] = id;
    }
  }
}

void Resolver::AddExact() {
  for (size_t i = 0; i < draft_.exact.size(); ++i) {
    Coefficient seconds = draft_.exact[i].seconds;
    seconds.key = absl::StrCat("exact[", i, "].seconds");
    target_.exact.push_back({draft_.exact[i].signature, Add(std::move(seconds))});
  }
}

}  // namespace

void Resolve(const Draft& draft, Target& target, std::vector<std::string>& referred, Problems& problems) {
  Resolver(draft, target, referred, problems).Run();
}

}  // namespace opcost
