#include "cli/target_document.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace opcost {
namespace {

std::string Layers(const Coefficient& coefficient) {
  std::vector<std::string> words;
  for (const Layer& layer : coefficient.layers)
    words.push_back(absl::StrCat(RoundTrip(layer.value), " at ", layer.source));
  return absl::StrJoin(words, "; then ");
}

// Points of curves are shown as curves.
std::vector<bool> CurvePointIds(const Target& target) {
  std::vector<bool> points(target.coefficients.size(), false);
  for (const Curve& curve : target.curves) {
    for (const CurvePoint& point : curve.points) {
      if (point.x != kNoId) points[static_cast<size_t>(point.x)] = true;
      if (point.y != kNoId) points[static_cast<size_t>(point.y)] = true;
    }
  }
  return points;
}

Sheet CoefficientSheet(const Target& target) {
  Sheet sheet;
  sheet.name = "coefficients";
  sheet.title = "coefficients";
  sheet.columns = {{.key = "key", .title = "key", .cut = true},
                   {.key = "value", .title = "value", .measure = Measure::kNumber},
                   {.key = "dimension", .title = "dimension", .keep = 2},
                   {.key = "class", .title = "class", .keep = 1},
                   {.key = "evidence", .title = "evidence", .keep = 5},
                   {.key = "layers", .title = "layers", .cut = true, .keep = 4},
                   {.key = "provenance", .title = "source", .cut = true, .keep = 3}};
  const std::vector<bool> points = CurvePointIds(target);
  for (size_t i = 0; i < target.coefficients.size(); ++i) {
    const Coefficient& c = target.coefficients[i];
    SheetRow row{{Cell::Text(c.key), Cell{.text = RoundTrip(c.value()), .value = c.value()},
                  Cell::Text(std::string(Name(c.dimension))), Cell::Text(std::string(Name(c.term_class))),
                  Cell::Text(std::string(Name(c.evidence))), Cell::Text(Layers(c)), Cell::Text(c.provenance)}};
    row.hidden = points[i];
    sheet.rows.push_back(std::move(row));
  }
  return sheet;
}

Sheet CurveSheet(const Target& target) {
  Sheet sheet;
  sheet.name = "curves";
  sheet.title = "curves";
  sheet.columns = {{.key = "curve", .title = "curve", .cut = true},
                   {.key = "metric", .title = "over"},
                   {.key = "x", .title = "x", .measure = Measure::kCount},
                   {.key = "y", .title = "y", .measure = Measure::kNumber},
                   {.key = "std_dev", .title = "std dev", .measure = Measure::kNumber, .keep = 3},
                   {.key = "n", .title = "n", .measure = Measure::kInteger, .keep = 2},
                   {.key = "evidence", .title = "evidence", .keep = 5},
                   {.key = "source", .title = "declared at", .cut = true, .keep = 4},
                   {.key = "provenance", .title = "source", .cut = true, .keep = 1}};
  for (const Curve& curve : target.curves) {
    for (const CurvePoint& point : curve.points) {
      const Coefficient& y = target.coefficients[static_cast<size_t>(point.y)];
      const bool known = point.x != kNoId;
      sheet.rows.push_back(
          {{Cell::Text(curve.key), Cell::Text(std::string(Name(curve.x))),
            known ? Cell::Number(target.coefficients[static_cast<size_t>(point.x)].value()) : Cell::Missing(),
            Cell::Number(y.value()), point.std_dev > 0 ? Cell::Number(point.std_dev) : Cell::Missing(),
            point.n > 0 ? Cell::Number(static_cast<double>(point.n)) : Cell::Missing(),
            Cell::Text(std::string(Name(point.evidence))), Cell::Text(y.layers.back().source),
            Cell::Text(y.provenance)}});
    }
  }
  return sheet;
}

std::string FormWords(const Target& target, const Entry& entry) {
  const auto key = [&](CoefficientId id) {
    return id == kNoId ? "–" : target.coefficients[static_cast<size_t>(id)].key;
  };
  std::vector<std::string> words;
  if (entry.efficiency) {
    words.push_back(absl::StrCat(Name(entry.efficiency->work), " / ", key(entry.efficiency->rate)));
    for (const CoefficientId factor : entry.efficiency->factors) words.push_back(key(factor));
    if (entry.efficiency->curve != kNoId)
      words.push_back(target.curves[static_cast<size_t>(entry.efficiency->curve)].key);
    return absl::StrCat("efficiency: ", absl::StrJoin(words, " x "));
  }
  if (entry.time) {
    words.push_back(key(entry.time->launch));
    for (const TimeTerm& term : entry.time->terms)
      words.push_back(absl::StrCat(key(term.seconds_per_unit), " x ", Name(term.metric)));
  }
  return absl::StrCat("time: ", absl::StrJoin(words, " + "));
}

Sheet EntrySheet(const Target& target) {
  Sheet sheet;
  sheet.name = "entries";
  sheet.title = "what prices which pattern";
  sheet.columns = {{.key = "key", .title = "entry"},
                   {.key = "form", .title = "form", .cut = true},
                   {.key = "range_lo", .title = "from", .measure = Measure::kCount, .keep = 2},
                   {.key = "range_hi", .title = "to", .measure = Measure::kCount, .keep = 3},
                   {.key = "spread", .title = "spread", .measure = Measure::kShare, .keep = 1},
                   {.key = "evidence", .title = "evidence", .keep = 5},
                   {.key = "declared_at", .title = "declared at", .cut = true, .keep = 4}};
  for (const Entry& entry : target.entries) {
    sheet.rows.push_back({{Cell::Text(entry.key), Cell::Text(FormWords(target, entry)),
                           entry.range ? Cell::Number(entry.range->first) : Cell::Missing(),
                           entry.range ? Cell::Number(entry.range->second) : Cell::Missing(),
                           entry.relative_spread ? Cell::Number(*entry.relative_spread) : Cell::Missing(),
                           Cell::Text(std::string(Name(entry.evidence))), Cell::Text(entry.declared_at)}});
  }
  return sheet;
}

Cell PeakCell(const Target& target, Precision precision) {
  const CoefficientId id = target.peak[static_cast<size_t>(precision)];
  return id == kNoId ? Cell::Missing() : Cell::Number(target.coefficients[static_cast<size_t>(id)].value());
}

Cell ValueCell(const Target& target, CoefficientId id) {
  return id == kNoId ? Cell::Missing() : Cell::Number(target.coefficients[static_cast<size_t>(id)].value());
}

}  // namespace

std::string EvidenceOf(const Target& target) {
  if (target.calibrated) return "calibrated";
  const bool seeded =
      std::any_of(target.entries.begin(), target.entries.end(), [](const Entry& entry) { return !entry.is_default; });
  return seeded ? "seeded" : "default";
}

Document TargetListDocument(const std::vector<Target>& targets, const std::vector<BrokenTarget>& broken) {
  Sheet sheet;
  sheet.name = "targets";
  sheet.columns = {{.key = "id", .title = "target"},
                   {.key = "modes", .title = "modes (default first)", .cut = true, .keep = 9},
                   {.key = "class", .title = "class", .keep = 3},
                   {.key = "runtime", .title = "runtime", .keep = 2},
                   {.key = "fp32", .title = "fp32", .measure = Measure::kPerSecond, .keep = 8},
                   {.key = "fp16", .title = "fp16", .measure = Measure::kPerSecond, .keep = 5},
                   {.key = "int8", .title = "int8", .measure = Measure::kPerSecond, .keep = 4},
                   {.key = "bandwidth", .title = "bandwidth", .measure = Measure::kBytesPerSecond, .keep = 7},
                   {.key = "evidence", .title = "evidence"},
                   {.key = "name", .title = "name", .cut = true, .keep = 6}};
  for (const Target& target : targets) {
    sheet.rows.push_back(
        {{Cell::Text(target.id), Cell::Text(absl::StrJoin(target.modes, ", ")), Cell::Text(target.device_class),
          Cell::Text(target.runtime.rule_set), PeakCell(target, Precision::kFp32), PeakCell(target, Precision::kFp16),
          PeakCell(target, Precision::kInt8), ValueCell(target, target.bandwidth), Cell::Text(EvidenceOf(target)),
          Cell::Text(target.name)}});
  }
  Document document;
  document.verdict = {
      absl::StrCat(targets.size(), " targets; --hw takes a name, name:mode, or the path of a TOML file")};
  document.header = {
      "fp32, fp16, int8 = physical peak in operations a second; evidence: calibrated, seeded (curves from elsewhere) "
      "or default "
      "(conservative values of its class)"};
  document.sheets.push_back(std::move(sheet));
  for (const BrokenTarget& one : broken) document.notes.push_back(absl::StrCat(one.id, " cannot be read: ", one.error));
  return document;
}

Document TargetDocument(const Target& target) {
  Document document;
  document.verdict = {absl::StrCat(target.FullName(), ": ", target.name, " (", target.device_class, ", runtime ",
                                   target.runtime.rule_set, "), ", EvidenceOf(target), " profile")};
  document.header = {absl::StrCat(target.path, ", sha256 ", target.sha256.substr(0, 12),
                                  "; modes: ", target.modes.empty() ? "none" : absl::StrJoin(target.modes, ", "))};
  document.sheets.push_back(CoefficientSheet(target));
  if (!target.curves.empty()) document.sheets.push_back(CurveSheet(target));
  document.sheets.push_back(EntrySheet(target));
  for (const auto& [name, text] : target.sources) document.summary.push_back(absl::StrCat("source ", name, ": ", text));
  document.notes = target.notes;
  return document;
}

}  // namespace opcost
