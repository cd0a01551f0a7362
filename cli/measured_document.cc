#include "cli/measured_document.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/json_run.h"
#include "cli/json_writer.h"
#include "cli/number.h"
#include "cli/version.h"
#include "costing/report.h"

namespace opcost {
namespace {

std::string Seconds(double value) { return Format(Measure::kSeconds, value); }
std::string Share(double value) { return Format(Measure::kShare, value); }

double SumOf(const MeasuredRun& run) {
  return std::accumulate(run.kernels.begin(), run.kernels.end(), 0.0,
                         [](double sum, const MeasuredKernel& kernel) { return sum + kernel.seconds; });
}

std::string KernelName(const MeasuredKernel& kernel) {
  return kernel.domain.empty() ? kernel.op_type : absl::StrCat(kernel.domain, "::", kernel.op_type);
}

std::string NodesOf(const MeasuredView& view, size_t kernel) {
  std::vector<std::string> names;
  for (NodeId node : view.measured.join.kernels[kernel].nodes) {
    names.push_back(view.graph.nodes[static_cast<size_t>(node)].id);
  }
  return absl::StrJoin(names, " + ");
}

Sheet KernelSheet(const MeasuredView& view, int64_t top) {
  const MeasuredRun& run = view.measured.run;
  const double sum = SumOf(run);
  Sheet sheet;
  sheet.name = "kernels";
  sheet.columns = {{.key = "share", .title = "share", .measure = Measure::kShare},
                   {.key = "measured", .title = "measured", .measure = Measure::kSeconds},
                   {.key = "spread", .title = "spread", .measure = Measure::kShare, .keep = 2},
                   {.key = "kernel", .title = "kernel"},
                   {.key = "nodes", .title = "nodes", .cut = true}};
  std::vector<size_t> order(run.kernels.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return run.kernels[a].seconds > run.kernels[b].seconds; });
  double rest = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    const MeasuredKernel& kernel = run.kernels[order[i]];
    const bool hidden = top > 0 && static_cast<int64_t>(i) >= top;
    if (hidden) rest += kernel.seconds;
    sheet.rows.push_back(
        {{Cell::Number(kernel.seconds / sum), Cell::Number(kernel.seconds), Cell::Number(kernel.spread),
          Cell::Text(KernelName(kernel)), Cell::Text(NodesOf(view, order[i]))},
         RowKind::kData,
         hidden});
  }
  if (rest > 0) {
    const size_t others = order.size() - static_cast<size_t>(top);
    sheet.rows.push_back({{Cell::Number(rest / sum), Cell::Number(rest), Cell::Missing(),
                           Cell::Text(absl::StrCat("[", others, " others]")), Cell::Text("")},
                          RowKind::kRest});
  }
  sheet.rows.push_back({{Cell::Number(1), Cell::Number(sum), Cell::Missing(), Cell::Text("Σ kernels"), Cell::Text("")},
                        RowKind::kTotal});
  return sheet;
}

std::string Where(const MeasuredRun& run) {
  return absl::StrCat("ONNX Runtime ", run.facts.runtime_version, ", ", run.facts.threads,
                      run.facts.threads == 1 ? " thread" : " threads", ", ",
                      run.facts.machine.empty() ? "this machine" : run.facts.machine);
}

std::vector<std::string> NotesOf(const MeasuredRun& run) {
  std::vector<std::string> notes;
  for (const Note& note : run.notes) notes.push_back(note.text);
  return notes;
}

}  // namespace

Document MeasuredDocument(const MeasuredView& view, int64_t top) {
  const Measured& measured = view.measured;
  Document document;
  document.verdict = {absl::StrCat(measured.run.network, ": ", Seconds(measured.run.end_to_end_s.value_or(0)),
                                   " a run; ", Where(measured.run))};
  document.header = {
      absl::StrCat("best of ", measured.sessions, " sessions; kernels under the profiler, whose ",
                   Seconds(view.profiler.inside.base_s), " a kernel and ", Seconds(view.profiler.inside.operand_s),
                   " an operand are taken off; the run without it"),
      "spread = how far a kernel's best of each session lie apart"};
  document.sheets.push_back(KernelSheet(view, top));
  std::string noise = absl::StrCat("noise floor ", Share(measured.noise), " between sessions");
  if (measured.added_up) {
    absl::StrAppend(&noise, "; kernels added up to ", Share(*measured.added_up),
                    " of a run before they were made to add up to it");
  }
  document.summary = {std::move(noise)};
  document.notes = NotesOf(measured.run);
  return document;
}

Document MeasuredSummary(const std::vector<MeasuredView>& views) {
  Document document;
  document.verdict = {absl::StrCat(views.size(), " models measured; ", Where(views.front().measured.run))};
  Sheet sheet;
  sheet.name = "models";
  sheet.columns = {{.key = "model", .title = "model"},
                   {.key = "kernels", .title = "kernels", .measure = Measure::kInteger},
                   {.key = "run", .title = "a run", .measure = Measure::kSeconds},
                   {.key = "added_up", .title = "kernels add up to", .measure = Measure::kShare},
                   {.key = "noise", .title = "noise", .measure = Measure::kShare}};
  for (const MeasuredView& view : views) {
    const MeasuredRun& run = view.measured.run;
    sheet.rows.push_back({{Cell::Text(run.network), Cell::Number(static_cast<double>(run.kernels.size())),
                           Cell::Number(run.end_to_end_s.value_or(0)),
                           view.measured.added_up ? Cell::Number(*view.measured.added_up) : Cell::Missing(),
                           Cell::Number(view.measured.noise)}});
    for (const std::string& note : NotesOf(run)) document.notes.push_back(absl::StrCat(run.network, ": ", note));
  }
  document.sheets.push_back(std::move(sheet));
  return document;
}

std::string MeasuredJson(const MeasuredView& view) {
  const Measured& measured = view.measured;
  std::string out;
  JsonWriter json(&out);
  json.BeginObject().IntField("schema_version", kReportSchemaVersion).Field("kind", "measurement");
  json.Field("tool_version", kVersion);
  WriteRunHead(measured.run, json);
  json.Field("onnx", view.graph.path).Field("structure_sha256", view.graph.structure_sha256);
  json.Key("protocol").BeginObject().IntField("sessions", measured.sessions);
  json.IntField("repeated", measured.repeated)
      .IntField("held_back_bytes", measured.held_back_bytes)
      .DoubleField("profiler_s", view.profiler.inside.base_s)
      .DoubleField("profiler_operand_s", view.profiler.inside.operand_s);
  json.Key("profiler_cold").BeginArray();
  for (const ColdCost& cold : view.profiler.cold) {
    json.BeginObject().DoubleField("kernel_bytes", cold.kernel_bytes).DoubleField("extra_s", cold.extra_s).EndObject();
  }
  json.EndArray();
  if (measured.run.reference_s) json.DoubleField("reference_s", *measured.run.reference_s);
  if (measured.run.memory_reference_s) json.DoubleField("memory_reference_s", *measured.run.memory_reference_s);
  if (measured.added_up) json.DoubleField("added_up", *measured.added_up);
  json.DoubleField("noise", measured.noise).DoubleField("seconds", measured.seconds).EndObject();
  WriteRunRows(measured.run, measured.join, view.graph, json);
  json.StringsField("run_notes", NotesOf(measured.run)).EndObject();
  return out + "\n";
}

}  // namespace opcost
