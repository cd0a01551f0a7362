#include "cli/curves_document.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/log_axis.h"
#include "cli/number.h"

namespace opcost {
namespace {

constexpr int kWidth = 64, kHeight = 12, kLabelWidth = 8;

// A picture of characters, written over from the back to the front.
class Canvas {
 public:
  Canvas(const LogAxis& x, const LogAxis& y) : x_(x), y_(y), cells_(kHeight, std::vector<std::string>(kWidth, " ")) {}

  void Put(double x, double y, const char* mark) {
    if (!x_.Covers(x) || !y_.Covers(y)) return;
    cells_[static_cast<size_t>(std::lround(y_.Place(y)))][static_cast<size_t>(std::lround(x_.Place(x)))] = mark;
  }
  std::string Row(int row) const { return absl::StrJoin(cells_[static_cast<size_t>(row)], ""); }

 private:
  const LogAxis& x_;
  const LogAxis& y_;
  std::vector<std::vector<std::string>> cells_;
};

std::pair<double, double> RatesOf(const CurvePicture& picture) {
  double low = 0, high = 0;
  const auto take = [&](double rate) {
    if (!(rate > 0)) return;
    low = low == 0 ? rate : std::min(low, rate);
    high = std::max(high, rate);
  };
  for (const RateAt& at : picture.line) take(at.rate);
  for (const RateAt& at : picture.beside) take(at.rate);
  for (const PicturePoint& point : picture.points) take(point.rate);
  for (const PictureKernel& kernel : picture.kernels) take(kernel.measured);
  return {low, high};
}

std::string Axis(const LogAxis& x, const CurvePicture& picture) {
  std::string line;
  for (int c = 0; c < kWidth; ++c) {
    const bool inside = picture.range && c >= std::lround(x.Place(picture.range->first)) &&
                        c <= std::lround(x.Place(picture.range->second));
    absl::StrAppend(&line, inside ? "═" : "─");
  }
  return line;
}

std::string AxisLabels(const LogAxis& x) {
  std::string line(kWidth + kLabelWidth, ' ');
  for (double tick : x.Ticks()) {
    const std::string label = TickLabel(tick);
    const auto at = static_cast<size_t>(std::lround(x.Place(tick)));
    if (at + label.size() <= line.size()) line.replace(at, label.size(), label);
  }
  return line.substr(0, line.find_last_not_of(' ') + 1);
}

std::vector<std::string> Draw(const CurvePicture& picture) {
  const auto [low, high] = RatesOf(picture);
  if (!(low > 0)) return {};
  const LogAxis x(picture.line.front().x, picture.line.back().x, 0, kWidth - 1);
  const LogAxis y(low, high, kHeight - 1, 0);
  Canvas canvas(x, y);
  for (const RateAt& at : picture.beside) canvas.Put(at.x, at.rate, "~");
  for (const RateAt& at : picture.line) canvas.Put(at.x, at.rate, "·");
  for (const PictureKernel& kernel : picture.kernels) canvas.Put(kernel.x, kernel.measured, "×");
  for (const PicturePoint& point : picture.points) canvas.Put(point.x, point.rate, "o");
  std::vector<std::string> labels(kHeight);
  for (double tick : y.Ticks()) labels[static_cast<size_t>(std::lround(y.Place(tick)))] = TickLabel(tick);
  std::vector<std::string> lines;
  for (int row = 0; row < kHeight; ++row) {
    const std::string& label = labels[static_cast<size_t>(row)];
    std::string text =
        absl::StrCat(std::string(static_cast<size_t>(kLabelWidth) - label.size(), ' '), label, " │", canvas.Row(row));
    text.erase(text.find_last_not_of(' ') + 1);
    lines.push_back(std::move(text));
  }
  lines.push_back(absl::StrCat(std::string(kLabelWidth, ' '), " └", Axis(x, picture)));
  lines.push_back(absl::StrCat(std::string(kLabelWidth + 2, ' '), AxisLabels(x)));
  return lines;
}

std::string TitleOf(const CurvePicture& picture) {
  std::string title =
      absl::StrCat(picture.key, " (", picture.form, "): ", RateUnitOf(picture), " over ", Name(picture.metric));
  if (!picture.beside_key.empty()) absl::StrAppend(&title, "; ~ ", picture.beside_key);
  return title;
}

Cell Optional(const std::optional<double>& value) { return value ? Cell::Number(*value) : Cell::Missing(); }

Sheet EntrySheet(const CurvesView& view) {
  Sheet sheet;
  sheet.name = "entries";
  sheet.columns = {{.key = "entry", .title = "entry"},
                   {.key = "form", .title = "form", .keep = 4},
                   {.key = "over", .title = "over", .keep = 5},
                   {.key = "points", .title = "points", .measure = Measure::kInteger},
                   {.key = "from", .title = "from", .measure = Measure::kCount},
                   {.key = "to", .title = "to", .measure = Measure::kCount},
                   {.key = "spread", .title = "90 % within ±", .measure = Measure::kShare},
                   {.key = "gap", .title = "points off the line", .measure = Measure::kShare, .keep = 3},
                   {.key = "kernels", .title = "kernels", .measure = Measure::kInteger, .keep = 2},
                   {.key = "error", .title = "off on average", .measure = Measure::kShare},
                   {.key = "outside", .title = "time outside", .measure = Measure::kShare, .keep = 1}};
  if (!view.validated) sheet.columns.resize(sheet.columns.size() - 3);
  for (const CurvePicture& p : view.set.pictures) {
    SheetRow row;
    row.cells = {Cell::Text(p.key),
                 Cell::Text(p.form),
                 Cell::Text(std::string(Name(p.metric))),
                 Cell::Number(static_cast<double>(p.points.size())),
                 p.range ? Cell::Number(p.range->first) : Cell::Missing(),
                 p.range ? Cell::Number(p.range->second) : Cell::Missing(),
                 Optional(p.relative_spread),
                 Optional(p.point_gap)};
    if (view.validated) {
      row.cells.push_back(Cell::Number(static_cast<double>(p.kernels.size())));
      row.cells.push_back(Optional(p.kernel_gap));
      row.cells.push_back(p.kernels.empty() ? Cell::Missing() : Cell::Number(p.outside_share));
    }
    sheet.rows.push_back(std::move(row));
  }
  return sheet;
}

}  // namespace

std::string RateUnitOf(const CurvePicture& picture) { return absl::StrCat(Unit(picture.metric), "/s"); }

std::string MeasuredLine(const CurvesView& view) {
  if (view.headline.models == 0) return "measured here: only models that the profile was fitted on, which says nothing";
  return absl::StrCat("measured here: ", view.headline.models, " models not in the fit, off by ",
                      Format(Measure::kShare, view.headline.mean_absolute), " on average, ",
                      Format(Measure::kShare, view.headline.maximum), " at worst");
}

std::vector<std::string> CalibrationLines(const Target& target) {
  const auto fact = [&](absl::string_view key) {
    const auto it = target.facts.find(std::string(key));
    return it == target.facts.end() ? std::string() : it->second;
  };
  const auto share = [&](absl::string_view key) {
    double value = 0;
    constexpr double kPercent = 100;
    return absl::SimpleAtod(fact(key), &value) ? Format(Measure::kShare, value / kPercent) : "–";
  };
  std::vector<std::string> lines;
  if (target.calibrated) {
    size_t networks = 0;
    for (const auto& [key, value] : target.facts) networks += absl::StartsWith(key, "calibration.networks.") ? 1 : 0;
    std::string line =
        absl::StrCat("calibrated ", fact("calibration.date"), " by ", fact("calibration.tool"), " on ", networks,
                     " networks; ", fact("calibration.machine"), ", ", fact("calibration.runtime"));
    if (const std::string version = fact("calibration.runtime_version"); !version.empty()) {
      absl::StrAppend(&line, " ", version);
    }
    const std::string threads = fact("calibration.threads");
    absl::StrAppend(&line, ", ",
                    threads == "0" ? "number of threads not recorded" : absl::StrCat("threads: ", threads));
    lines.push_back(std::move(line));
  } else {
    lines.push_back("not calibrated");
  }
  if (!fact("validation.mape").empty()) {
    lines.push_back(absl::StrCat("the profile states: ", fact("validation.models_tested"), " networks, mean error ",
                                 share("validation.mape"), ", worst ", share("validation.max_error"), " (",
                                 fact("validation.protocol"), ")"));
  }
  return lines;
}

Document CurvesDocument(const CurvesView& view) {
  Document document;
  const size_t n = view.set.pictures.size();
  document.verdict = {absl::StrCat(view.target->FullName(), ": ", n, n == 1 ? " curve" : " curves")};
  for (const std::string& line : CalibrationLines(*view.target)) document.verdict.push_back(line);
  if (view.validated) document.verdict.push_back(MeasuredLine(view));
  document.header = {
      "a rate is units of the size in a second; a time form is drawn along its first amount, with its launch: other "
      "terms take points below the line",
      absl::StrCat("· what the profile says   o points that it holds   ", view.validated ? "× kernels measured   " : "",
                   view.beside.empty() ? "" : absl::StrCat("~ ", view.beside, "   "), "═ calibrated range")};
  document.sheets.push_back(EntrySheet(view));
  for (const CurvePicture& picture : view.set.pictures) {
    document.figures.push_back({TitleOf(picture), Draw(picture)});
  }
  for (const std::string& line : view.set.not_drawn) document.notes.push_back(absl::StrCat("not drawn: ", line));
  document.notes.insert(document.notes.end(), view.notes.begin(), view.notes.end());
  return document;
}

}  // namespace opcost
