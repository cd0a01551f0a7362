#include "costing/calibration/paths.h"

#include "absl/strings/strip.h"

namespace opcost {

std::string FolderOf(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == absl::string_view::npos ? "" : std::string(path.substr(0, slash + 1));
}

std::string StemOf(absl::string_view path) {
  absl::string_view name = path.substr(FolderOf(path).size());
  absl::ConsumeSuffix(&name, ".gz");
  for (absl::string_view suffix : {".json", ".csv", ".tsv", ".txt", ".log", ".onnx"}) {
    if (absl::ConsumeSuffix(&name, suffix)) break;
  }
  return std::string(name);
}

}  // namespace opcost
