#include "costing/calibration/update_profile.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace opcost {
namespace {

constexpr size_t kDateLength = 10;  // 2026-11-21

// A table header's name: "[pattern.conv2d.fp32]" → "pattern.conv2d.fp32"; "" for other lines.
std::string HeaderOf(absl::string_view line) {
  line = absl::StripAsciiWhitespace(line);
  if (!absl::StartsWith(line, "[") || absl::StartsWith(line, "[[")) return "";
  const size_t end = line.find(']');
  return end == absl::string_view::npos ? "" : std::string(line.substr(1, end - 1));
}

struct Section {
  std::string header;  // "" before the first
  std::string text;    // its header line included
};

// Brackets open in values: their lines are no headers.
std::vector<Section> Split(absl::string_view text) {
  std::vector<Section> sections = {{"", ""}};
  int depth = 0;
  for (absl::string_view line : absl::StrSplit(absl::StripSuffix(text, "\n"), '\n')) {
    const std::string header = depth == 0 ? HeaderOf(line) : "";
    const bool any_header = depth == 0 && absl::StartsWith(absl::StripLeadingAsciiWhitespace(line), "[");
    if (any_header) sections.push_back({header.empty() ? std::string(line) : header, ""});
    absl::StrAppend(&sections.back().text, line, "\n");
    if (any_header) continue;
    bool quoted = false;
    for (size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '"' && (i == 0 || line[i - 1] != '\\')) quoted = !quoted;
      if (quoted) continue;
      if (line[i] == '#') break;
      depth += line[i] == '[' ? 1 : line[i] == ']' ? -1 : 0;
    }
  }
  return sections;
}

// One owned by the new text: equal, or below a calibration or a validation that is there.
bool Replaced(const std::string& header, const std::set<std::string>& owned) {
  if (owned.count(header) > 0) return true;
  for (const std::string& root : owned) {
    const bool takes_all = root == "calibration" || root == "validation" || absl::EndsWith(root, ".calibration") ||
                           absl::EndsWith(root, ".validation");
    if (takes_all && absl::StartsWith(header, absl::StrCat(root, "."))) return true;
  }
  return false;
}

}  // namespace

std::string UpdateProfile(absl::string_view profile, absl::string_view sections) {
  std::set<std::string> owned;
  for (const Section& section : Split(sections)) owned.insert(section.header);
  std::string out;
  for (Section& section : Split(profile)) {
    if (!section.header.empty() && Replaced(section.header, owned)) continue;
    absl::StripTrailingAsciiWhitespace(&section.text);
    if (section.text.empty()) continue;
    absl::StrAppend(&out, out.empty() ? "" : "\n", section.text, "\n");
  }
  return absl::StrCat(out, sections);
}

std::string BelowMode(absl::string_view sections, absl::string_view mode) {
  std::string out;
  for (const Section& section : Split(sections)) {
    const bool named = !section.header.empty() && section.header.front() != '[';
    absl::StrAppend(&out,
                    named ? absl::StrCat("[mode.", mode, ".", absl::StripPrefix(section.text, "[")) : section.text);
  }
  return out;
}

std::string SetLine(absl::string_view profile, absl::string_view name, absl::string_view key, absl::string_view value) {
  std::string out;
  for (const Section& section : Split(profile)) {
    if (section.header != name) {
      out += section.text;
      continue;
    }
    bool done = false;
    std::vector<std::string> lines = absl::StrSplit(absl::StripTrailingAsciiWhitespace(section.text), '\n');
    for (std::string& line : lines) {
      const std::vector<absl::string_view> sides = absl::StrSplit(line, absl::MaxSplits('=', 1));
      if (sides.size() != 2 || absl::StripAsciiWhitespace(sides[0]) != key) continue;
      line = absl::StrCat(key, " = ", value);
      done = true;
    }
    if (!done) lines.push_back(absl::StrCat(key, " = ", value));
    absl::StrAppend(&out, absl::StrJoin(lines, "\n"), "\n\n");
  }
  return out;
}

namespace {

// By date, then by the number of the version of that day.
bool Older(const std::string& a, const std::string& b) {
  const auto key = [](const std::string& path) {
    const std::string stem = std::filesystem::path(path).stem().string();
    const size_t number = stem.find('-', kDateLength);
    int n = 1;
    if (number != std::string::npos && !absl::SimpleAtoi(stem.substr(number + 1), &n)) n = 1;
    return std::make_pair(stem.substr(0, std::min(stem.size(), kDateLength)), n);
  };
  return key(a) < key(b);
}

std::filesystem::path HistoryFolder(const std::filesystem::path& target) {
  return target.parent_path() / "history" / target.stem();
}

}  // namespace

absl::Status WriteFileKeepingOld(const std::string& path, absl::string_view text, absl::string_view date) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path target(path);
  const fs::path part(path + ".part");
  {
    std::ofstream out(part, std::ios::binary | std::ios::trunc);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.flush();
    if (!out) {
      fs::remove(part, error);
      return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be written"));
    }
  }
  if (fs::exists(target, error)) {
    const fs::path folder = HistoryFolder(target);
    fs::create_directories(folder, error);
    fs::path old = folder / absl::StrCat(date, ".toml");
    for (int n = 2; fs::exists(old, error); ++n) old = folder / absl::StrCat(date, "-", n, ".toml");
    fs::copy_file(target, old, error);
    if (error) {
      const std::string reason = error.message();
      fs::remove(part, error);
      return absl::InvalidArgumentError(absl::StrCat(old.string(), ": the older profile cannot be kept: ", reason));
    }
  }
  fs::rename(part, target, error);
  if (error) return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be replaced: ", error.message()));
  return absl::OkStatus();
}

std::vector<std::string> VersionsOf(const std::string& path) {
  namespace fs = std::filesystem;
  std::vector<std::string> versions;
  std::error_code error;
  for (fs::directory_iterator it(HistoryFolder(path), error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".toml") versions.push_back(it->path().string());
  }
  std::sort(versions.begin(), versions.end(), &Older);
  if (fs::exists(path, error)) versions.push_back(path);
  return versions;
}

}  // namespace opcost
