#include "cli/curves_html.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cli/number.h"
#include "cli/terminal.h"

namespace opcost {
namespace {

constexpr absl::string_view kStyle = R"css(
:root { color-scheme: light dark; --ink: #1b1f24; --faint: #6a737d; --paper: #fff; --rule: #d8dee4; --shade: #eef3fb;
  --line: #1f6feb; --beside: #a371f7; --point: #1b1f24; --good: #1a7f37; --fair: #bf8700; --poor: #cf222e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --faint: #8d96a0; --paper: #0d1117; --rule: #30363d;
  --shade: #16202f; --line: #58a6ff; --beside: #bc8cff; --point: #e6edf3; --good: #3fb950; --fair: #d29922;
  --poor: #f85149; } }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto;
  max-width: 1480px; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin-bottom: .3rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
p { margin: .2rem 0; } .faint { color: var(--faint); } a { color: var(--line); }
table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; }
th, td { padding: .15rem .7rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--rule); }
th:first-child, td:first-child { text-align: left; } .scroll { overflow-x: auto; }
.curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(420px, 100%), 1fr)); gap: 1.5rem; }
figure { margin: 0; } figcaption { font-weight: 600; overflow-wrap: anywhere; }
figcaption small { display: block; font-weight: 400; color: var(--faint); }
svg { width: 100%; height: auto; } svg text { font-size: 11px; fill: var(--faint); } svg .title { fill: var(--ink); }
.range { fill: var(--shade); } .grid { stroke: var(--rule); stroke-width: .6; } .axis { stroke: var(--faint); fill: none; }
.line { stroke: var(--line); stroke-width: 2; fill: none; }
.beside { stroke: var(--beside); stroke-width: 1.6; stroke-dasharray: 5 4; fill: none; }
.point circle { fill: var(--paper); stroke: var(--point); stroke-width: 1.5; } .point path { stroke: var(--point); }
.kernel path { fill: none; stroke: currentColor; stroke-width: 1.2; } .kernel .gap { stroke-width: .6; opacity: .6; }
.good { color: var(--good); } .fair { color: var(--fair); } .poor { color: var(--poor); }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; margin: .8rem 0; } .legend svg { width: 34px; height: 14px;
  vertical-align: -2px; margin-right: .3rem; }
summary { cursor: pointer; color: var(--faint); font-size: .85rem; }
)css";

std::string Swatch(absl::string_view mark, absl::string_view words) {
  return absl::StrCat("<span><svg viewBox=\"0 0 34 14\" aria-hidden=\"true\">", mark, "</svg>", words, "</span>\n");
}

std::string Legend(const CurvesView& view) {
  std::string out = "<div class=\"legend\">\n";
  out += Swatch("<path class=\"line\" d=\"M2 7H32\"/>", "what the profile says");
  if (!view.beside.empty()) out += Swatch("<path class=\"beside\" d=\"M2 7H32\"/>", HtmlText(view.beside));
  out += Swatch("<g class=\"point\"><path d=\"M17 1V13\"/><circle cx=\"17\" cy=\"7\" r=\"3.5\"/></g>",
                "points that it holds, ± one standard deviation");
  out +=
      Swatch("<rect class=\"range\" x=\"2\" y=\"1\" width=\"30\" height=\"12\"/>", "sizes that it was calibrated on");
  if (view.validated) {
    out += Swatch("<g class=\"kernel good\"><path d=\"M14 4l6 6m0 -6l-6 6\"/></g>",
                  "kernels measured elsewhere, with a stroke to what was predicted: within 10 %");
    out += Swatch("<g class=\"kernel fair\"><path d=\"M14 4l6 6m0 -6l-6 6\"/></g>", "within 25 %");
    out += Swatch("<g class=\"kernel poor\"><path d=\"M14 4l6 6m0 -6l-6 6\"/></g>", "beyond");
  }
  return out + "</div>\n";
}

std::string Share(const std::optional<double>& value) { return value ? Format(Measure::kShare, *value) : "–"; }

std::string Count(double value) { return Format(Measure::kCount, value); }

std::string Overview(const CurvesView& view) {
  std::string out =
      "<div class=\"scroll\"><table><thead><tr><th>entry<th>form<th>over<th>points<th>from<th>to<th>90 % within "
      "±<th>points "
      "off the line";
  if (view.validated) out += "<th>kernels<th>off on average<th>time outside the range";
  out += "</tr></thead><tbody>\n";
  for (const CurvePicture& p : view.set.pictures) {
    absl::StrAppend(&out, "<tr><td><a href=\"#", HtmlText(p.key), "\">", HtmlText(p.key), "</a><td>", p.form, "<td>",
                    HtmlText(Name(p.metric)), "<td>", p.points.size(), "<td>", p.range ? Count(p.range->first) : "–",
                    "<td>", p.range ? Count(p.range->second) : "–", "<td>", Share(p.relative_spread), "<td>",
                    Share(p.point_gap));
    if (view.validated) {
      absl::StrAppend(&out, "<td>", p.kernels.size(), "<td>", Share(p.kernel_gap), "<td>",
                      p.kernels.empty() ? "–" : Format(Measure::kShare, p.outside_share));
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::string PointTable(const CurvePicture& picture) {
  if (picture.points.empty()) return "";
  const std::string unit = HtmlText(RateUnitOf(picture));
  std::string out = absl::StrCat("<details><summary>", picture.points.size(),
                                 " points</summary><div class=\"scroll\"><table><tr><th>",
                                 HtmlText(Name(picture.metric)), "<th>", unit, "<th>std dev<th>n<th>evidence</tr>\n");
  for (const PicturePoint& p : picture.points) {
    absl::StrAppend(&out, "<tr><td>", Count(p.x), "<td>", Count(p.rate), "<td>", p.std_dev > 0 ? Count(p.std_dev) : "–",
                    "<td>", p.n > 0 ? absl::StrCat(p.n) : "–", "<td>", Name(p.evidence), "</tr>\n");
  }
  return out + "</table></div></details>\n";
}

std::string FigureOf(const CurvePicture& picture) {
  std::string caption = absl::StrCat(HtmlText(picture.key), "<small>", picture.form, " form");
  if (picture.relative_spread) absl::StrAppend(&caption, "; 90 % within ± ", Share(picture.relative_spread));
  if (picture.kernel_gap) {
    absl::StrAppend(&caption, "; ", picture.kernels.size(), " kernels measured, off by ", Share(picture.kernel_gap));
  }
  if (!picture.beside_key.empty()) absl::StrAppend(&caption, "; dashed: ", HtmlText(picture.beside_key));
  return absl::StrCat("<figure id=\"", HtmlText(picture.key), "\"><figcaption>", caption, "</small></figcaption>\n",
                      CurveSvg(picture), PointTable(picture), "<p class=\"faint\"><small>",
                      HtmlText(picture.provenance), "</small></p></figure>\n");
}

std::string List(absl::string_view title, const std::vector<std::string>& lines) {
  if (lines.empty()) return "";
  std::string out = absl::StrCat("<h2>", title, "</h2>\n<ul>\n");
  for (const std::string& line : lines) absl::StrAppend(&out, "<li>", HtmlText(line), "</li>\n");
  return out + "</ul>\n";
}

}  // namespace

std::string HtmlText(absl::string_view text) {
  return absl::StrReplaceAll(MendUtf8(text), {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

std::string CurvesHtml(const CurvesView& view) {
  const std::string name = HtmlText(view.target->FullName());
  std::string out = absl::StrCat(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<title>Curves of ",
      name, "</title>\n<style>", kStyle, "</style></head><body>\n<h1>", name, "</h1>\n<p>", HtmlText(view.target->name),
      "</p>\n");
  for (const std::string& line : CalibrationLines(*view.target)) absl::StrAppend(&out, "<p>", HtmlText(line), "</p>\n");
  if (view.validated) {
    absl::StrAppend(&out, "<p>", HtmlText(MeasuredLine(view)), "</p>\n");
  }
  absl::StrAppend(&out,
                  "<p class=\"faint\">A rate is units of the size in a second. A time form is drawn along its first "
                  "amount, with its launch: its other terms take points below the line.</p>\n",
                  Legend(view), Overview(view), "<h2>Curves</h2>\n<div class=\"curves\">\n");
  for (const CurvePicture& picture : view.set.pictures) out += FigureOf(picture);
  absl::StrAppend(&out, "</div>\n", List("Not drawn", view.set.not_drawn), List("Notes", view.notes),
                  "</body></html>\n");
  return out;
}

}  // namespace opcost
