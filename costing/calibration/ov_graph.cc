#include "costing/calibration/ov_graph.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace opcost {
namespace {

// The value of an attribute of one tag; "" without.
std::string AttributeOf(absl::string_view tag, absl::string_view name) {
  const std::string start = absl::StrCat(" ", name, "=\"");
  const size_t at = tag.find(start);
  if (at == absl::string_view::npos) return "";
  const size_t begin = at + start.size();
  const size_t end = tag.find('"', begin);
  if (end == absl::string_view::npos) return "";
  return absl::StrReplaceAll(tag.substr(begin, end - begin),
                             {{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&apos;", "'"}, {"&amp;", "&"}});
}

}  // namespace

std::map<std::string, OvLayer> ReadExecutionGraph(absl::string_view xml) {
  constexpr absl::string_view kLayer = "<layer ", kData = "<data ";
  std::map<std::string, OvLayer> layers;
  for (size_t at = xml.find(kLayer); at != absl::string_view::npos;) {
    const size_t next = xml.find(kLayer, at + kLayer.size());
    const absl::string_view layer = xml.substr(at, next == absl::string_view::npos ? next : next - at);
    at = next;
    const size_t data = layer.find(kData);
    if (data == absl::string_view::npos) continue;
    const absl::string_view facts = layer.substr(data, layer.find('>', data) - data);
    OvLayer read{.originals = absl::StrSplit(AttributeOf(facts, "originalLayersNames"), ',', absl::SkipEmpty()),
                 .precision = AttributeOf(facts, "runtimePrecision")};
    layers[AttributeOf(layer.substr(0, layer.find('>')), "name")] = std::move(read);
  }
  return layers;
}

}  // namespace opcost
