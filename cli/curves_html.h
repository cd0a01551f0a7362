// A profile's curves as one page that needs nothing else: no script, no font, no network.
#ifndef OPCOST_CLI_CURVES_HTML_H_
#define OPCOST_CLI_CURVES_HTML_H_

#include <string>

#include "cli/curves_document.h"

namespace opcost {

std::string CurvesHtml(const CurvesView& view);

// One picture as an SVG element.
std::string CurveSvg(const CurvePicture& picture);

// Text for between tags and inside quoted attributes.
std::string HtmlText(absl::string_view text);

}  // namespace opcost

#endif  // OPCOST_CLI_CURVES_HTML_H_
