// Where bytes go: standard output, files, and the error stream.
#ifndef OPCOST_CLI_OUTPUT_H_
#define OPCOST_CLI_OUTPUT_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "cli/render.h"

namespace opcost {

// A reader that left early (`| head`) is no error: what it wanted, it has.
absl::Status WriteStdout(absl::string_view bytes);
// "opcost: <message>" on the error stream.
void PrintError(absl::string_view message);
// Our own text, of several lines, on the error stream.
void PrintUsage(absl::string_view text);

// What to print, and where.
struct OutputOptions {
  std::string format;              // "" is "table"
  std::vector<std::string> files;  // -o, format by suffix; without any the report goes to standard output
  std::string units;
  std::string colour = "auto";
  bool wide = false;
  bool quiet = false;
};

// The flags alone; call before any work.
absl::Status CheckOutput(const OutputOptions& options);

// Every form of one result. `json` and `jsonl` are only called when asked for.
struct Result {
  Document document;
  std::function<std::string()> json;
  std::function<std::string()> jsonl;  // empty: as `json`
};
// Writes to each destination. Formats without room for notes (csv, tsv) get them on the error stream unless quiet.
absl::Status Emit(const Result& result, const OutputOptions& options);

}  // namespace opcost

#endif  // OPCOST_CLI_OUTPUT_H_
