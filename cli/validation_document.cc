#include "cli/validation_document.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/json_writer.h"
#include "cli/number.h"
#include "costing/report.h"

namespace opcost {
namespace {

constexpr size_t kShownTerms = 3;

std::string Percent(double share) { return Format(Measure::kShare, share); }

Tone ToneOf(double error) {
  constexpr double kGood = 0.1, kBad = 0.25;
  const double size = std::abs(error);
  return size <= kGood ? Tone::kGood : size > kBad ? Tone::kBad : Tone::kPlain;
}

Sheet ModelSheet(const Validation& validation) {
  Sheet sheet;
  sheet.name = "models";
  sheet.columns = {{.key = "model", .title = "model", .cut = true},
                   {.key = "measured", .title = "measured", .measure = Measure::kSeconds},
                   {.key = "predicted", .title = "predicted", .measure = Measure::kSeconds},
                   {.key = "error", .title = "error", .measure = Measure::kShare, .is_signed = true},
                   {.key = "interval", .title = "±", .measure = Measure::kSeconds, .keep = 4},
                   {.key = "noise", .title = "Σ kernels", .measure = Measure::kShare, .is_signed = true, .keep = 2},
                   {.key = "unpriced", .title = "by default", .measure = Measure::kShare, .keep = 3},
                   {.key = "note", .title = ""}};
  for (const ModelError& model : validation.models) {
    sheet.rows.push_back(
        {{Cell::Text(model.network), Cell::Number(model.measured_s), Cell::Number(model.predicted_s),
          Cell::Number(model.error, ToneOf(model.error)), Cell::Number(model.interval_s), Cell::Number(model.noise),
          Cell::Number(model.unpriced_share), Cell::Text(model.in_fit ? "in the fit" : "")}});
  }
  return sheet;
}

Sheet ClassSheet(const Validation& validation) {
  Sheet sheet;
  sheet.name = "classes";
  sheet.title = "by class of kernels, most error first";
  sheet.columns = {{.key = "class", .title = "class"},
                   {.key = "kernels", .title = "kernels", .measure = Measure::kInteger},
                   {.key = "share", .title = "of the time", .measure = Measure::kShare},
                   {.key = "error", .title = "error, by time", .measure = Measure::kShare},
                   {.key = "signed", .title = "signed", .measure = Measure::kShare, .is_signed = true},
                   {.key = "outside", .title = "outside the range", .measure = Measure::kShare, .keep = 2}};
  for (const ClassError& c : validation.classes) {
    sheet.rows.push_back(
        {{Cell::Text(c.name), Cell::Number(static_cast<double>(c.kernels)), Cell::Number(c.share),
          Cell::Number(c.time_weighted), Cell::Number(c.signed_error), Cell::Number(c.outside_share)}});
  }
  return sheet;
}

std::string TermsOf(const KernelError& kernel) {
  std::vector<ReportRow::Term> terms = kernel.terms;
  std::stable_sort(terms.begin(), terms.end(),
                   [](const ReportRow::Term& a, const ReportRow::Term& b) { return a.t_s > b.t_s; });
  if (terms.size() > kShownTerms) terms.resize(kShownTerms);
  std::vector<std::string> words;
  for (const ReportRow::Term& term : terms) {
    if (term.t_s > 0) words.push_back(absl::StrCat(term.name, " ", Format(Measure::kSeconds, term.t_s)));
  }
  return absl::StrJoin(words, ", ");
}

Sheet KernelSheet(const Validation& validation) {
  Sheet sheet;
  sheet.name = "kernels";
  sheet.title = "the worst kernels, with what they are priced from";
  sheet.columns = {{.key = "model", .title = "model", .cut = true, .keep = 4},
                   {.key = "kernel", .title = "kernel", .cut = true},
                   {.key = "op", .title = "op", .keep = 3},
                   {.key = "entry", .title = "priced by"},
                   {.key = "measured", .title = "measured", .measure = Measure::kSeconds},
                   {.key = "predicted", .title = "predicted", .measure = Measure::kSeconds},
                   {.key = "error", .title = "error", .measure = Measure::kShare, .is_signed = true},
                   {.key = "terms", .title = "terms", .cut = true, .keep = 2}};
  for (const KernelError& k : validation.kernels) {
    sheet.rows.push_back({{Cell::Text(k.network), Cell::Text(k.kernel), Cell::Text(k.op_type), Cell::Text(k.entry),
                           Cell::Number(k.measured_s), Cell::Number(k.predicted_s),
                           Cell::Number(k.predicted_s / k.measured_s - 1), Cell::Text(TermsOf(k))}});
  }
  return sheet;
}

Sheet GapSheet(const Validation& validation) {
  Sheet sheet;
  sheet.name = "gaps";
  sheet.title = "what lacks points, and how much time rests on it";
  sheet.columns = {{.key = "what", .title = "what", .cut = true},
                   {.key = "share", .title = "of the time", .measure = Measure::kShare}};
  for (const Gap& gap : validation.gaps) sheet.rows.push_back({{Cell::Text(gap.what), Cell::Number(gap.share)}});
  return sheet;
}

Sheet ChangeSheet(const ValidationView& view) {
  Sheet sheet;
  sheet.name = "changes";
  sheet.title = absl::StrCat("against ", view.baseline, ", absolute errors");
  sheet.columns = {{.key = "model", .title = "model", .cut = true},
                   {.key = "before", .title = "before", .measure = Measure::kShare},
                   {.key = "after", .title = "after", .measure = Measure::kShare},
                   {.key = "verdict", .title = ""}};
  for (const Change& change : view.changes) {
    if (!change.regression && !change.improvement) continue;
    sheet.rows.push_back(
        {{Cell::Text(change.network), Cell::Number(change.before), Cell::Number(change.after),
          change.regression ? Cell::Text("▼ regression", Tone::kBad) : Cell::Text("▲ improvement", Tone::kGood)}});
  }
  return sheet;
}

std::string BaselineWords(const ValidationView& view) {
  const auto count = [&](bool Change::*which) {
    return std::count_if(view.changes.begin(), view.changes.end(), [&](const Change& c) { return c.*which; });
  };
  return absl::StrCat("against ", view.baseline, ": mean absolute error ", Percent(view.mean_error_before), " → ",
                      Percent(view.validation.headline.mean_absolute), "; ", count(&Change::regression),
                      " regressions and ", count(&Change::improvement), " improvements beyond ",
                      Percent(view.threshold));
}

void SummaryJson(const ErrorSummary& errors, JsonWriter& json) {
  json.BeginObject().IntField("models", errors.models).DoubleField("mean_absolute", errors.mean_absolute);
  json.DoubleField("signed_mean", errors.signed_mean).DoubleField("maximum", errors.maximum);
  json.DoubleField("within_5", errors.within_5).DoubleField("within_10", errors.within_10);
  json.IntField("excellent", errors.excellent).IntField("good", errors.good);
  json.IntField("fair", errors.fair).IntField("poor", errors.poor).EndObject();
}

void ModelsJson(const Validation& validation, JsonWriter& json) {
  json.Key("models").BeginArray();
  for (const ModelError& m : validation.models) {
    json.BeginObject().Field("model", m.network).DoubleField("measured_s", m.measured_s);
    json.DoubleField("predicted_s", m.predicted_s).DoubleField("error", m.error);
    json.DoubleField("interval_s", m.interval_s).BoolField("inside", m.inside).DoubleField("noise", m.noise);
    json.DoubleField("unpriced_share", m.unpriced_share).BoolField("in_fit", m.in_fit);
    json.BoolField("end_to_end", m.end_to_end).EndObject();
  }
  json.EndArray();
}

void ClassesJson(const Validation& validation, JsonWriter& json) {
  json.Key("classes").BeginArray();
  for (const ClassError& c : validation.classes) {
    json.BeginObject().Field("class", c.name).IntField("kernels", c.kernels).DoubleField("measured_s", c.measured_s);
    json.DoubleField("share", c.share).DoubleField("error", c.time_weighted).DoubleField("signed", c.signed_error);
    json.DoubleField("outside_share", c.outside_share).EndObject();
  }
  json.EndArray();
}

void KernelsJson(const Validation& validation, JsonWriter& json) {
  json.Key("kernels").BeginArray();
  for (const KernelError& k : validation.kernels) {
    json.BeginObject().Field("model", k.network).Field("kernel", k.kernel).Field("op", k.op_type);
    json.Field("class", k.class_name).Field("entry", k.entry).DoubleField("measured_s", k.measured_s);
    json.DoubleField("predicted_s", k.predicted_s).Key("terms").BeginArray();
    for (const ReportRow::Term& term : k.terms) {
      json.BeginObject().Field("name", term.name).DoubleField("t_s", term.t_s).EndObject();
    }
    json.EndArray().EndObject();
  }
  json.EndArray();
}

}  // namespace

Document ValidationDocument(const ValidationView& view) {
  const Validation& v = view.validation;
  Document document;
  const std::string headline =
      v.headline.models == 0
          ? "every model was in the fit: nothing here says how accurate it is"
          : absl::StrCat("mean absolute error ", Percent(v.headline.mean_absolute), " over ", v.headline.models,
                         " models (signed ", FormatSigned(Measure::kShare, v.headline.signed_mean), ", worst ",
                         Percent(v.headline.maximum), "); ", Percent(v.headline.within_10), " within 10 %, ",
                         Percent(v.headline.within_5), " within 5 %; kernels ", Percent(v.kernel_error), " by time");
  document.verdict = {absl::StrCat(view.target, ": ", headline)};
  if (!view.baseline.empty()) document.verdict.push_back(BaselineWords(view));
  document.header = {
      "measured = best run without a profiler, else the sum of its kernels; Σ kernels = their sum against it; by "
      "default "
      "= time in classes without an entry; ± = the report's interval"};
  document.sheets.push_back(ModelSheet(v));
  if (!view.baseline.empty()) document.sheets.push_back(ChangeSheet(view));
  document.sheets.push_back(ClassSheet(v));
  document.sheets.push_back(KernelSheet(v));
  if (!v.gaps.empty()) document.sheets.push_back(GapSheet(v));
  document.summary = {absl::StrCat(
      v.headline.excellent, " excellent, ", v.headline.good, " good, ", v.headline.fair, " fair, ", v.headline.poor,
      " poor (within 10, 25, 50 %, beyond); the interval holds ", Percent(v.inside_share), " of them")};
  if (v.fitted.models > 0) {
    document.summary.push_back(absl::StrCat(v.fitted.models,
                                            " models were in the fit and are left out of all that; "
                                            "their mean absolute error is ",
                                            Percent(v.fitted.mean_absolute)));
  }
  document.notes = view.notes;
  return document;
}

std::string ValidationJson(const ValidationView& view) {
  std::string out;
  JsonWriter json(&out);
  json.BeginObject().IntField("schema_version", kReportSchemaVersion).Field("kind", "validation");
  json.Field("target", view.target).Field("baseline", view.baseline).Key("headline");
  SummaryJson(view.validation.headline, json);
  json.Key("fitted");
  SummaryJson(view.validation.fitted, json);
  json.DoubleField("kernel_error", view.validation.kernel_error);
  json.DoubleField("inside_share", view.validation.inside_share);
  ModelsJson(view.validation, json);
  ClassesJson(view.validation, json);
  KernelsJson(view.validation, json);
  json.Key("gaps").BeginArray();
  for (const Gap& gap : view.validation.gaps) {
    json.BeginObject().Field("what", gap.what).DoubleField("share", gap.share).EndObject();
  }
  json.EndArray().DoubleField("threshold", view.threshold).Key("changes").BeginArray();
  for (const Change& c : view.changes) {
    json.BeginObject().Field("model", c.network).DoubleField("before", c.before).DoubleField("after", c.after);
    json.BoolField("regression", c.regression).BoolField("improvement", c.improvement).EndObject();
  }
  json.EndArray().StringsField("notes", view.notes).EndObject();
  return out + "\n";
}

}  // namespace opcost
