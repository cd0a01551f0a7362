#include "cli/filter.h"

#include <algorithm>
#include <array>
#include <memory>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/select.h"

namespace opcost {
namespace {

// A regular expression is tried on at most this many characters: the library recurses once a character.
constexpr size_t kRegexReach = 1000;

std::string PatternKey(const Report&, const ReportRow& row) { return std::string(Name(row.pattern)); }
std::string BlockKey(const Report&, const ReportRow& row) { return row.block; }
std::string ScopeKey(const Report&, const ReportRow& row) { return row.scope; }
std::string PrecisionKey(const Report&, const ReportRow& row) { return std::string(Name(row.precision)); }
std::string BoundKey(const Report&, const ReportRow& row) { return std::string(Name(row.bound)); }
std::string SourceKey(const Report&, const ReportRow& row) { return std::string(Name(row.evidence)); }
std::string NameKey(const Report&, const ReportRow& row) { return row.name; }
std::string StepKey(const Report&, const ReportRow& row) { return std::string(Name(row.step)); }

struct KeyRow {
  const char* name;
  std::string (*key)(const Report&, const ReportRow&);
  bool groups;
};
constexpr std::array<KeyRow, 10> kKeys = {{
    {"pattern", PatternKey, true},
    {"op", OpsOf, true},
    {"block", BlockKey, true},
    {"scope", ScopeKey, true},
    {"dtype", PrecisionKey, true},
    {"bound", BoundKey, true},
    {"precision", PrecisionKey, true},
    {"source", SourceKey, true},
    {"step", StepKey, true},
    {"name", NameKey, false},
}};

absl::Status UnknownKey(absl::string_view flag, absl::string_view key) {
  std::vector<std::string> names;
  names.reserve(kKeys.size());
  for (const KeyRow& row : kKeys) names.emplace_back(row.name);
  return Usage(absl::InvalidArgumentError(absl::StrCat(flag, ": '", key, "' is no key", DidYouMean(key, names),
                                                       "; expected ", absl::StrJoin(names, ", "))));
}

const KeyRow* FindKey(absl::string_view name) {
  const auto* at = std::find_if(kKeys.begin(), kKeys.end(), [&](const KeyRow& row) { return name == row.name; });
  return at == kKeys.end() ? nullptr : at;
}

// The first `depth` parts of a path; all of it for 0.
std::string Prefix(const std::string& scope, int depth) {
  if (depth == 0) return scope;
  const std::vector<std::string> parts = absl::StrSplit(scope, '/');
  const auto n = std::min<size_t>(parts.size(), static_cast<size_t>(depth));
  return absl::StrJoin(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(n), "/");
}

// Values of closed sets are checked: a misspelt one would select nothing and look like an answer.
absl::Status CheckValue(absl::string_view key, const std::string& value) {
  if (key == "pattern") return ParsePattern(value).status();
  if (key == "dtype" || key == "precision") return ParsePrecision(value).status();
  if (key == "source") return ParseEvidence(value).status();
  if (key == "bound") {
    std::vector<std::string> names;
    for (int i = 0; i <= static_cast<int>(Bound::kNone); ++i) names.emplace_back(Name(static_cast<Bound>(i)));
    if (std::find(names.begin(), names.end(), value) == names.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("bound ", value, DidYouMean(value, names), "; expected ", absl::StrJoin(names, ", ")));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<RowFilter> KeyFilter(const KeyRow& key, const std::string& value) {
  if (absl::Status status = CheckValue(key.name, value); !status.ok()) {
    return Usage(absl::InvalidArgumentError(absl::StrCat("--filter ", key.name, "=", value, ": ", status.message())));
  }
  return RowFilter([key, value](const Report& report, const ReportRow& row) {
    if (key.key == OpsOf) {
      const std::vector<std::string> ops = absl::StrSplit(OpsOf(report, row), '+');
      return value == OpsOf(report, row) || std::find(ops.begin(), ops.end(), value) != ops.end();
    }
    return key.key(report, row) == value;
  });
}

absl::StatusOr<RowFilter> NameFilter(const std::string& expression) {
  std::shared_ptr<std::regex> regex;
  if (expression.find_first_of("^$*+?()[]{}|\\") != std::string::npos) {
    try {
      regex = std::make_shared<std::regex>(expression);
    } catch (const std::regex_error& e) {
      return Usage(absl::InvalidArgumentError(
          absl::StrCat("--filter ", expression, ": malformed regular expression: ", e.what())));
    }
  }
  return RowFilter([expression, regex](const Report&, const ReportRow& row) {
    if (absl::StrContains(row.name, expression)) return true;
    return regex != nullptr && std::regex_search(row.name.substr(0, kRegexReach), *regex);
  });
}

absl::StatusOr<RowFilter> ParseFilter(const std::string& expression) {
  const size_t equals = expression.find('=');
  const std::string key = expression.substr(0, equals);
  const bool is_word = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return absl::ascii_isalpha(static_cast<unsigned char>(c)) || c == '_';
  });
  if (equals == std::string::npos || !is_word) return NameFilter(expression);
  const KeyRow* row = FindKey(key);
  if (row == nullptr) return UnknownKey("--filter", key);
  return KeyFilter(*row, expression.substr(equals + 1));
}

}  // namespace

absl::StatusOr<RowKey> ParseGroupBy(absl::string_view text) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(text, absl::MaxSplits(':', 1));
  const KeyRow* row = FindKey(parts.first);
  if (row == nullptr || !row->groups) return UnknownKey("--group-by", parts.first);
  int depth = 0;
  if (absl::StrContains(text, ':')) {
    if (row->key != ScopeKey || !absl::SimpleAtoi(parts.second, &depth) || depth < 1) {
      return Usage(absl::InvalidArgumentError(
          absl::StrCat("--group-by ", text, ": expected a depth >= 1 after 'scope:', and after nothing else")));
    }
  }
  return RowKey([key = row->key, depth](const Report& report, const ReportRow& r) {
    const std::string name = Prefix(key(report, r), depth);
    return name.empty() ? std::string("(none)") : name;
  });
}

absl::StatusOr<RowFilter> ParseFilters(const std::vector<std::string>& expressions) {
  std::vector<RowFilter> filters;
  for (const std::string& expression : expressions) {
    auto filter = ParseFilter(expression);
    if (!filter.ok()) return filter.status();
    filters.push_back(*std::move(filter));
  }
  return RowFilter([filters](const Report& report, const ReportRow& row) {
    return std::all_of(filters.begin(), filters.end(), [&](const RowFilter& filter) { return filter(report, row); });
  });
}

}  // namespace opcost
