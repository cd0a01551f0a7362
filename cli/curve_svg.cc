// One curve as a picture with two logarithmic axes.
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/curves_html.h"
#include "cli/log_axis.h"
#include "cli/number.h"

namespace opcost {
namespace {

constexpr double kWidth = 460, kHeight = 300;
constexpr double kLeft = 62, kRight = 448, kTop = 14, kBottom = 256;
constexpr double kPointRadius = 3.5, kCross = 3, kCap = 3;
constexpr double kTickLabelDrop = 16, kTitleDrop = 34, kLabelGap = 6, kBaseline = 4;
// Rates far below all others, such as those at sizes of nothing, would squeeze the rest of a picture.
constexpr double kLowestShare = 1e-4;
// Marks at the edge are not cut.
constexpr double kHeadroom = 1.1;

std::string Rate(const CurvePicture& picture, double rate) {
  return absl::StrCat(Format(Measure::kCount, rate, Units::kSi), " ", RateUnitOf(picture));
}
std::string Size(double x) { return Format(Measure::kCount, x, Units::kSi); }

class Svg {
 public:
  explicit Svg(const CurvePicture& picture)
      : picture_(picture),
        rates_(Rates(picture)),
        x_(picture.line.front().x, picture.line.back().x, kLeft, kRight),
        y_(rates_.first, rates_.second, kBottom, kTop) {}

  std::string Draw() {
    absl::StrAppendFormat(&out_, "<svg viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"%s\">\n<title>%s</title>\n",
                          kWidth, kHeight, HtmlText(picture_.key), HtmlText(picture_.key));
    Range();
    Grid();
    Path("beside", picture_.beside);
    Path("line", picture_.line);
    for (const PictureKernel& kernel : picture_.kernels) Kernel(kernel);
    for (const PicturePoint& point : picture_.points) Point(point);
    out_ += "</svg>\n";
    return std::move(out_);
  }

 private:
  static std::pair<double, double> Rates(const CurvePicture& picture) {
    std::vector<double> rates;
    for (const RateAt& at : picture.line) rates.push_back(at.rate);
    for (const RateAt& at : picture.beside) rates.push_back(at.rate);
    for (const PictureKernel& kernel : picture.kernels) rates.push_back(kernel.measured);
    for (const PicturePoint& point : picture.points) {
      rates.push_back(point.rate + point.std_dev);
      if (point.rate > point.std_dev) rates.push_back(point.rate - point.std_dev);
    }
    double high = 0;
    for (double rate : rates) high = std::max(high, rate);
    if (high == 0) return {1, 1};
    double low = high;
    for (double rate : rates) {
      if (rate > high * kLowestShare) low = std::min(low, rate);
    }
    return {low / kHeadroom, high * kHeadroom};
  }

  void Range() {
    if (!picture_.range) return;
    const double from = x_.Place(picture_.range->first), to = x_.Place(picture_.range->second);
    absl::StrAppendFormat(&out_,
                          "<rect class=\"range\" x=\"%.1f\" y=\"%g\" width=\"%.1f\" height=\"%g\"><title>calibrated "
                          "from %s to %s</title></rect>\n",
                          from, kTop, std::max(1.0, to - from), kBottom - kTop, Size(picture_.range->first),
                          Size(picture_.range->second));
  }

  void Grid() {
    for (double tick : x_.Ticks()) {
      const double at = x_.Place(tick);
      absl::StrAppendFormat(&out_, "<path class=\"grid\" d=\"M%.1f %gV%g\"/>", at, kTop, kBottom);
      absl::StrAppendFormat(&out_, "<text x=\"%.1f\" y=\"%g\" text-anchor=\"middle\">%s</text>\n", at,
                            kBottom + kTickLabelDrop, TickLabel(tick));
    }
    for (double tick : y_.Ticks()) {
      const double at = y_.Place(tick);
      absl::StrAppendFormat(&out_, "<path class=\"grid\" d=\"M%g %.1fH%g\"/>", kLeft, at, kRight);
      absl::StrAppendFormat(&out_, "<text x=\"%g\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n", kLeft - kLabelGap,
                            at + kBaseline, TickLabel(tick));
    }
    absl::StrAppendFormat(&out_, "<path class=\"axis\" d=\"M%g %gV%gH%g\"/>\n", kLeft, kTop, kBottom, kRight);
    absl::StrAppendFormat(&out_, "<text class=\"title\" x=\"%g\" y=\"%g\" text-anchor=\"end\">%s</text>\n", kRight,
                          kBottom + kTitleDrop, HtmlText(Name(picture_.metric)));
    absl::StrAppendFormat(&out_, "<text class=\"title\" x=\"%g\" y=\"%g\">%s</text>\n", kLeft + kLabelGap,
                          kTop + 2 * kLabelGap, HtmlText(RateUnitOf(picture_)));
  }

  void Path(const char* css, const std::vector<RateAt>& line) {
    if (line.empty()) return;
    absl::StrAppendFormat(&out_, "<path class=\"%s\" d=\"", css);
    for (size_t i = 0; i < line.size(); ++i) {
      absl::StrAppendFormat(&out_, "%c%.1f %.1f", i == 0 ? 'M' : 'L', x_.Place(line[i].x), y_.Place(line[i].rate));
    }
    out_ += "\"/>\n";
  }

  // The kernel as measured, with a stroke from there to what is predicted.
  void Kernel(const PictureKernel& kernel) {
    const double at = x_.Place(kernel.x), measured = y_.Place(kernel.measured), predicted = y_.Place(kernel.predicted);
    const double error = kernel.measured / kernel.predicted - 1;
    constexpr double kGood = 0.1, kFair = 0.25;
    const char* css = std::abs(error) <= kGood ? "good" : std::abs(error) <= kFair ? "fair" : "poor";
    absl::StrAppendFormat(&out_, "<g class=\"kernel %s\"><path class=\"gap\" d=\"M%.1f %.1fV%.1f\"/>", css, at,
                          measured, predicted);
    absl::StrAppendFormat(&out_, "<path d=\"M%.1f %.1fl%g %gm0 -%gl-%g %g\"/>", at - kCross, measured - kCross,
                          2 * kCross, 2 * kCross, 2 * kCross, 2 * kCross, 2 * kCross);
    absl::StrAppendFormat(&out_, "<title>%s %s: %s at %s, predicted %s (time %s)</title></g>\n",
                          HtmlText(kernel.network), HtmlText(kernel.kernel), Rate(picture_, kernel.measured),
                          Size(kernel.x), Rate(picture_, kernel.predicted), FormatSigned(Measure::kShare, error));
  }

  void Point(const PicturePoint& point) {
    const double at = x_.Place(point.x), y = y_.Place(point.rate);
    out_ += "<g class=\"point\">";
    if (point.std_dev > 0) {
      const double top = y_.Place(point.rate + point.std_dev), bottom = y_.Place(point.rate - point.std_dev);
      absl::StrAppendFormat(&out_, "<path d=\"M%.1f %.1fV%.1fM%.1f %.1fh%gM%.1f %.1fh%g\"/>", at, top, bottom,
                            at - kCap, top, 2 * kCap, at - kCap, bottom, 2 * kCap);
    }
    absl::StrAppendFormat(&out_, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%g\"/>", at, y, kPointRadius);
    absl::StrAppendFormat(&out_, "<title>%s%s at %s, %s%s</title></g>\n", Rate(picture_, point.rate),
                          point.std_dev > 0 ? absl::StrCat(" ± ", Rate(picture_, point.std_dev)) : "", Size(point.x),
                          Name(point.evidence), point.n > 0 ? absl::StrCat(", n = ", point.n) : "");
  }

  const CurvePicture& picture_;
  const std::pair<double, double> rates_;
  const LogAxis x_, y_;
  std::string out_;
};

}  // namespace

std::string CurveSvg(const CurvePicture& picture) { return Svg(picture).Draw(); }

}  // namespace opcost
