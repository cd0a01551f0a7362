#include "cli/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "cli/exit_code.h"

namespace opcost {
namespace {

absl::Status WriteAll(int fd, absl::string_view bytes, absl::string_view where) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      return absl::ResourceExhaustedError(absl::StrCat(where, ": cannot be written: ", std::strerror(errno)));
    }
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status WriteTo(const std::string& file, const std::string& path, absl::string_view bytes) {
  constexpr int kMode = 0666;
  const int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode);
  if (fd < 0) return absl::FailedPreconditionError(absl::StrCat(path, ": cannot be written: ", std::strerror(errno)));
  absl::Status status = WriteAll(fd, bytes, path);
  if (close(fd) != 0 && status.ok()) {
    status = absl::ResourceExhaustedError(absl::StrCat(path, ": cannot be written: ", std::strerror(errno)));
  }
  return status;
}

// A file that is there stays whole until the new one is: beside it first, then in its place.
absl::Status WriteFile(const std::string& path, absl::string_view bytes) {
  struct stat old {};
  const bool exists = lstat(path.c_str(), &old) == 0;
  if (exists && !S_ISREG(old.st_mode)) return WriteTo(path, path, bytes);  // a device, a pipe, a link
  const std::string part = path + ".part";
  absl::Status status = WriteTo(part, path, bytes);
  if (status.ok() && exists) chmod(part.c_str(), old.st_mode);
  if (status.ok() && rename(part.c_str(), path.c_str()) == 0) return absl::OkStatus();
  if (status.ok()) {
    status = absl::FailedPreconditionError(absl::StrCat(path, ": cannot be written: ", std::strerror(errno)));
  }
  unlink(part.c_str());
  return status;
}

std::string Render(const Result& result, OutputFormat format, Terminal terminal, Units units) {
  switch (format) {
    case OutputFormat::kJson:
      return result.json();
    case OutputFormat::kJsonl:
      return result.jsonl ? result.jsonl() : result.json();
    case OutputFormat::kCsv:
    case OutputFormat::kTsv:
      return RenderCsv(result.document, format == OutputFormat::kCsv ? ',' : '\t', units);
    case OutputFormat::kMarkdown:
      return RenderMarkdown(result.document, units);
    case OutputFormat::kTable:
      break;
  }
  return RenderTable(result.document, {.terminal = terminal, .units = units});
}

void PrintNotes(const Document& document) {
  for (const std::string& note : document.notes) PrintError(absl::StrCat("note: ", note));
}

}  // namespace

absl::Status WriteStdout(absl::string_view bytes) {
  absl::Status status = WriteAll(STDOUT_FILENO, bytes, "standard output");
  // SIGPIPE is ignored in main.
  if (!status.ok() && errno == EPIPE) return absl::OkStatus();
  return status;
}

void PrintError(absl::string_view message) {
  WriteAll(STDERR_FILENO, absl::StrCat("opcost: ", Sanitized(message), "\n"), "standard error").IgnoreError();
}

void PrintUsage(absl::string_view text) { WriteAll(STDERR_FILENO, text, "standard error").IgnoreError(); }

absl::Status CheckOutput(const OutputOptions& options) {
  absl::Status status = CheckColour(options.colour);
  if (status.ok() && !options.format.empty()) status = ParseFormat(options.format).status();
  if (status.ok() && !options.units.empty()) status = ParseUnits(options.units).status();
  for (const std::string& path : options.files) {
    if (status.ok() && options.format.empty()) status = CheckSuffix(path);
  }
  return Usage(status);
}

absl::Status Emit(const Result& result, const OutputOptions& options) {
  const OutputFormat format = options.format.empty() ? OutputFormat::kTable : ParseFormat(options.format).value();
  const Units units = options.units.empty() ? Units::kAuto : ParseUnits(options.units).value();
  const Terminal terminal = StdoutTerminal(options.colour, options.wide);
  bool notes_shown = false;
  const auto tell = [&](OutputFormat used) {
    if (notes_shown || options.quiet || (used != OutputFormat::kCsv && used != OutputFormat::kTsv)) return;
    PrintNotes(result.document);
    notes_shown = true;
  };
  if (options.files.empty()) {
    tell(format);
    return WriteStdout(Render(result, format, terminal, units));
  }
  // A file is no terminal: no limit of columns, colours only when demanded.
  const Terminal file{.colour = options.colour == "always", .utf8 = terminal.utf8, .columns = 0};
  for (const std::string& path : options.files) {
    const OutputFormat used = FormatOfPath(path, format);
    tell(used);
    const std::string bytes = Render(result, used, file, units);
    absl::Status status = path == "-" ? WriteStdout(bytes) : WriteFile(path, bytes);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace opcost
