#include "cli/executed_document.h"

#include "absl/strings/str_cat.h"
#include "cli/json_writer.h"
#include "costing/report.h"

namespace opcost {
namespace {

Cell Count(int64_t n, Tone tone = Tone::kPlain) { return Cell::Number(static_cast<double>(n), tone); }

Sheet KindSheet(const ExecutedView& view) {
  Sheet sheet;
  sheet.name = "kinds";
  sheet.columns = {{.key = "kernel", .title = "kernel", .cut = true},
                   {.key = "predicted", .title = "predicted", .measure = Measure::kInteger},
                   {.key = "executed", .title = "executed", .measure = Measure::kInteger},
                   {.key = "difference", .title = "Δ", .measure = Measure::kInteger, .is_signed = true}};
  KernelKind total;
  for (const KernelKind& kind : view.difference.kinds) {
    const int64_t difference = kind.predicted - kind.executed;
    total.predicted += kind.predicted;
    total.executed += kind.executed;
    sheet.rows.push_back({{Cell::Text(kind.name), Count(kind.predicted), Count(kind.executed),
                           Count(difference, difference == 0 ? Tone::kPlain : Tone::kBad)}});
  }
  sheet.rows.push_back(
      {{Cell::Text("TOTAL"), Count(total.predicted), Count(total.executed), Count(total.predicted - total.executed)},
       RowKind::kTotal});
  return sheet;
}

Sheet LoneSheet(const ExecutedView& view) {
  Sheet sheet;
  sheet.name = "lone";
  sheet.title = "Kernels that one side has and the other lacks";
  sheet.columns = {{.key = "side", .title = "only"},
                   {.key = "kernel", .title = "kernel"},
                   {.key = "output", .title = "output"},
                   {.key = "node", .title = "node", .cut = true}};
  for (const LoneKernel& kernel : view.difference.lone) {
    sheet.rows.push_back({{Cell::Text(kernel.predicted ? "predicted" : "executed"), Cell::Text(kernel.name),
                           Cell::Text(kernel.output), Cell::Text(kernel.node)}});
  }
  return sheet;
}

std::string Verdict(const ExecutedView& view) {
  int64_t kernels = 0, differing = 0;
  for (const KernelKind& kind : view.difference.kinds) {
    kernels += kind.executed;
    differing += kind.predicted == kind.executed ? 0 : 1;
  }
  if (differing == 0) {
    return absl::StrCat(view.model, ": all ", view.difference.kinds.size(),
                        " kinds of kernels are predicted as often as ", "the runtime executes them (", kernels,
                        " kernels)");
  }
  return absl::StrCat(view.model, ": ", differing, " of ", view.difference.kinds.size(),
                      " kinds of kernels differ between the prediction and the runtime (", kernels, " kernels)");
}

}  // namespace

Document ExecutedDocument(const ExecutedView& view) {
  Document document;
  document.verdict = {Verdict(view)};
  document.header = {absl::StrCat("executed: ", view.runtime), absl::StrCat("predicted: ", view.predicted)};
  document.sheets.push_back(KindSheet(view));
  if (!view.difference.lone.empty()) document.sheets.push_back(LoneSheet(view));
  document.notes = view.notes;
  return document;
}

std::string ExecutedJson(const ExecutedView& view) {
  std::string out;
  JsonWriter json(&out);
  json.BeginObject().IntField("schema_version", kReportSchemaVersion).Field("kind", "executed");
  json.Field("model", view.model).Field("executed", view.runtime).Field("predicted", view.predicted);
  json.BoolField("equal", view.difference.equal()).Key("kinds").BeginArray();
  for (const KernelKind& kind : view.difference.kinds) {
    json.BeginObject().Field("kernel", kind.name).IntField("predicted", kind.predicted);
    json.IntField("executed", kind.executed).EndObject();
  }
  json.EndArray().Key("lone").BeginArray();
  for (const LoneKernel& kernel : view.difference.lone) {
    json.BeginObject().Field("side", kernel.predicted ? "predicted" : "executed").Field("kernel", kernel.name);
    json.Field("output", kernel.output).Field("node", kernel.node).EndObject();
  }
  json.EndArray().StringsField("notes", view.notes).EndObject();
  return out + "\n";
}

}  // namespace opcost
