// Documents as bytes, one function a format.
#ifndef OPCOST_CLI_RENDER_H_
#define OPCOST_CLI_RENDER_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cli/document.h"
#include "cli/terminal.h"

namespace opcost {

enum class OutputFormat : uint8_t { kTable, kJson, kJsonl, kCsv, kTsv, kMarkdown };
// InvalidArgument names the nearest format.
absl::StatusOr<OutputFormat> ParseFormat(absl::string_view name);
// By the file's suffix (".json", ".md" …); `fallback` for any other.
OutputFormat FormatOfPath(absl::string_view path, OutputFormat fallback);
// Without --format: InvalidArgument for a file whose suffix promises what the program does not write. .txt and names
// without a suffix are tables.
absl::Status CheckSuffix(absl::string_view path);

struct RenderOptions {
  Terminal terminal;
  Units units = Units::kAuto;
};

std::string RenderTable(const Document& document, const RenderOptions& options);
// The main sheet: a header with units in the names and every data row, in base units, or in scaled ones when units
// were chosen. `separator` is ',' or a tab.
std::string RenderCsv(const Document& document, char separator, Units units);
// Stays below `kMarkdownLimit` bytes: rows beyond it are counted instead of shown.
std::string RenderMarkdown(const Document& document, Units units);
inline constexpr size_t kMarkdownLimit = 65000;

// What a cell shows to people, without its footnote mark.
std::string CellText(const Column& column, const Cell& cell, Units units);

}  // namespace opcost

#endif  // OPCOST_CLI_RENDER_H_
