#include "cli/calibration_document.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/json_writer.h"
#include "cli/number.h"
#include "costing/calibration/error_summary.h"
#include "costing/report.h"

namespace opcost {
namespace {

std::string Percent(double share) { return Format(Measure::kShare, share); }

ErrorSummary HeldOutSummary(const Fit& fit) {
  std::vector<double> errors;
  for (const HeldOut& network : fit.held_out) {
    if (network.measured_s > 0) errors.push_back(network.predicted_s / network.measured_s - 1);
  }
  return Summarize(errors);
}

std::string TermsOf(const FittedForm& form) {
  std::vector<std::string> terms;
  for (const FittedTerm& term : form.terms) terms.push_back(ToString(term.term));
  return absl::StrJoin(terms, ", ");
}

std::string ClassName(const Fit& fit, const FittedForm& form) {
  const std::string& name = fit.specs[static_cast<size_t>(form.spec)].name;
  return form.precision ? absl::StrCat(name, ".", Name(*form.precision)) : name;
}

Sheet ClassSheet(const Fit& fit) {
  Sheet sheet;
  sheet.name = "classes";
  sheet.columns = {{.key = "class", .title = "class"},
                   {.key = "kernels", .title = "kernels", .measure = Measure::kInteger},
                   {.key = "networks", .title = "networks", .measure = Measure::kInteger, .keep = 3},
                   {.key = "held_out", .title = "held out", .measure = Measure::kShare},
                   {.key = "held_out_time", .title = "of the time", .measure = Measure::kShare, .keep = 5},
                   {.key = "spread", .title = "90 % within ±", .measure = Measure::kShare, .keep = 4},
                   {.key = "terms", .title = "terms", .cut = true, .keep = 2}};
  for (const FittedForm& form : fit.forms) {
    sheet.rows.push_back(
        {{Cell::Text(ClassName(fit, form)), Cell::Number(static_cast<double>(form.samples)),
          Cell::Number(static_cast<double>(form.networks.size())), Cell::Number(form.cv_mean_relative),
          Cell::Number(form.cv_time_weighted), Cell::Number(form.relative_spread), Cell::Text(TermsOf(form))}});
  }
  return sheet;
}

void ErrorsJson(const ErrorSummary& errors, JsonWriter& json) {
  json.BeginObject().IntField("models", errors.models).DoubleField("mean_absolute", errors.mean_absolute);
  json.DoubleField("signed_mean", errors.signed_mean).DoubleField("maximum", errors.maximum);
  json.DoubleField("within_5", errors.within_5).DoubleField("within_10", errors.within_10);
  json.IntField("excellent", errors.excellent).IntField("good", errors.good);
  json.IntField("fair", errors.fair).IntField("poor", errors.poor).EndObject();
}

// What stands between two measurements of one kernel, and what measuring itself costs.
std::string NoiseLine(const Fit& fit) {
  std::string line = fit.noise_floor > 0 ? absl::StrCat("noise floor ", Percent(fit.noise_floor), " between passes")
                                         : "noise floor not known: no run tells two passes apart";
  if (fit.profiler_s > 0) {
    absl::StrAppend(&line, "; the profiler adds ", Format(Measure::kSeconds, fit.profiler_s),
                    " to each kernel, which is taken off");
  }
  if (fit.profiler_removed_s > 0) {
    absl::StrAppend(&line, "; the profiler's ", Format(Measure::kSeconds, fit.profiler_removed_s),
                    " a kernel, and more for each operand, were taken off when the runs were measured");
  }
  return line;
}

}  // namespace

Document CalibrationDocument(const CalibrationSummary& summary) {
  const Fit& fit = summary.fit;
  const ErrorSummary errors = HeldOutSummary(fit);
  Document document;
  document.verdict = {absl::StrCat(summary.path, ": ", fit.forms.size(), " classes from ", summary.kernels,
                                   " kernels of ", summary.networks, " networks; networks held out ",
                                   Percent(errors.mean_absolute), " off on average, ", Percent(errors.within_10),
                                   " within 10 %")};
  document.header = {
      "held out = each network predicted without itself: mean error a kernel, and share of the time that "
      "is off; 90 % of the kernels lie within ± of the prediction"};
  document.sheets.push_back(ClassSheet(fit));
  document.summary = {NoiseLine(fit)};
  if (!summary.older.empty()) document.summary.push_back(absl::StrCat("what stood there before: ", summary.older));
  document.notes = summary.notes;
  for (const Refusal& refusal : fit.refusals) {
    document.notes.push_back(absl::StrCat("not fitted: ", refusal.what, ": ", refusal.why));
  }
  return document;
}

std::string CalibrationJson(const CalibrationSummary& summary) {
  std::string out;
  JsonWriter json(&out);
  json.BeginObject().IntField("schema_version", kReportSchemaVersion).Field("kind", "calibration");
  json.Field("path", summary.path).Field("older", summary.older);
  json.IntField("networks", static_cast<int64_t>(summary.networks));
  json.IntField("kernels", static_cast<int64_t>(summary.kernels));
  json.DoubleField("profiler_s", summary.fit.profiler_s);
  json.DoubleField("profiler_removed_s", summary.fit.profiler_removed_s);
  json.DoubleField("noise_floor", summary.fit.noise_floor);
  json.Key("held_out");
  ErrorsJson(HeldOutSummary(summary.fit), json);
  json.Key("classes").BeginArray();
  for (const FittedForm& form : summary.fit.forms) {
    json.BeginObject().Field("class", ClassName(summary.fit, form)).IntField("kernels", form.samples);
    json.StringsField("networks", form.networks).DoubleField("held_out", form.cv_mean_relative);
    json.DoubleField("held_out_time", form.cv_time_weighted).DoubleField("spread", form.relative_spread);
    json.BoolField("leans", form.leans).Key("terms").BeginArray();
    for (const FittedTerm& term : form.terms) {
      json.BeginObject().Field("term", ToString(term.term)).DoubleField("seconds_per_unit", term.coefficient);
      json.DoubleField("std_dev", term.std_dev).EndObject();
    }
    json.EndArray().EndObject();
  }
  json.EndArray().Key("refused").BeginArray();
  for (const Refusal& refusal : summary.fit.refusals) {
    json.BeginObject().Field("what", refusal.what).Field("why", refusal.why).EndObject();
  }
  json.EndArray().StringsField("notes", summary.notes).EndObject();
  return out + "\n";
}

}  // namespace opcost
