// The sections of a profile other than its patterns: peaks, rates, memory, host, run, factors, the default, exact
// points.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/text.h"
#include "hardware/draft.h"
#include "hardware/vocabulary.h"

namespace opcost {
namespace {

constexpr std::array<absl::string_view, 14> kSections = {"notes",  "peak",  "limit",       "rate",      "memory",
                                                         "host",   "run",   "factor",      "default",   "pattern",
                                                         "kernel", "exact", "calibration", "validation"};
constexpr absl::string_view kExactKeys[] = {"signature", "seconds"};

std::string Join(const std::string& path, absl::string_view key) {
  return path.empty() ? std::string(key) : absl::StrCat(path, ".", key);
}

// Whether a required row of this section may be absent: a mode changes what it names and inherits the rest.
bool Complete(const ReadContext& context) { return context.mode.empty(); }

// A section whose keys are rows of the vocabulary.
void ReadFixed(const DocValue& table, absl::string_view section, const std::string& path, const ReadContext& context,
               Draft& draft) {
  std::vector<absl::string_view> known = KeysOf(section);
  if (section == "default") known.push_back("work");
  const Fields fields(table, path, known, context);
  for (const KeyRow& row : KeyRows()) {
    if (row.section != section) continue;
    const DocMember* member = row.required && Complete(context)
                                  ? fields.Require(row.name, "{ value = …, evidence = \"…\", source = \"…\" }")
                                  : fields.Get(row.name);
    if (member == nullptr) continue;
    std::optional<Coefficient> read = ReadCoefficient(*member, fields.Path(row.name), ShapeOf(row), context);
    if (read) draft.coefficients.push_back({*std::move(read), member->line});
  }
  if (section != "default") return;
  draft.default_line = table.line;
  const std::optional<std::string> work = fields.Text("work", /*required=*/Complete(context));
  if (!work) return;
  absl::StatusOr<Metric> metric = ParseMetric(*work);
  if (!metric.ok() || RateUnit(*metric) != "FLOP/s") {
    fields.Complain("work", absl::StrCat("'", *work, "', expected flops or matrix_flops"));
  } else {
    draft.default_work = *metric;
  }
}

bool IsName(absl::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) || absl::ascii_isdigit(static_cast<unsigned char>(c)) ||
           c == '_';
  });
}

// [rate] and [factor]: names are the profile's own.
void ReadNamed(const DocValue& table, absl::string_view section, const std::string& path, const ReadContext& context,
               Draft& draft) {
  for (const DocMember& member : table.members) {
    const std::string key = Join(path, member.key);
    absl::StatusOr<Coefficient> shape = section == "rate" ? RateShape(member.key) : FactorShape(member.key);
    if (!IsName(member.key)) shape = absl::InvalidArgumentError("expected a name of a-z, 0-9 and _");
    if (!shape.ok()) {
      context.problems->Add(member.line, key, shape.status().message());
      continue;
    }
    std::optional<Coefficient> read = ReadCoefficient(member, key, *std::move(shape), context);
    if (read) draft.coefficients.push_back({*std::move(read), member.line});
  }
}

void ReadLimit(const DocValue& table, const std::string& path, const ReadContext& context, Draft& draft) {
  for (const DocMember& member : table.members) {
    const std::string key = absl::StrCat(path, ".", member.key);
    absl::StatusOr<Precision> precision = ParsePrecision(member.key);
    if (!precision.ok()) {
      context.problems->Add(member.line, key, precision.status().message());
    } else if (Expect(member, DocValue::Kind::kString, key, context)) {
      draft.limits[*precision] = {member.value.text, member.line};
    }
  }
}

void ReadExact(const DocMember& section, const std::string& path, const ReadContext& context, Draft& draft) {
  if (!Expect(section, DocValue::Kind::kArray, path, context)) return;
  for (size_t i = 0; i < section.value.items.size(); ++i) {
    const DocValue& item = section.value.items[i];
    const std::string key = absl::StrCat(path, "[", i, "]");
    if (item.kind != DocValue::Kind::kTable) {
      context.problems->Add(item.line, key, absl::StrCat("is ", Name(item.kind), ", expected a table"));
      continue;
    }
    const Fields fields(item, key, kExactKeys, context);
    const std::optional<std::string> signature = fields.Text("signature", /*required=*/true);
    const DocMember* seconds = fields.Require("seconds", "{ value = …, evidence = \"…\", source = \"…\" }");
    if (!signature || seconds == nullptr) continue;
    std::optional<Coefficient> read =
        ReadCoefficient(*seconds, fields.Path("seconds"), ExactShape(absl::StrCat("exact[", i, "].seconds")), context);
    if (!read) continue;
    const auto same = std::find_if(draft.exact.begin(), draft.exact.end(),
                                   [&](const DraftExact& other) { return other.signature == *signature; });
    if (same != draft.exact.end()) {
      fields.Complain("signature", absl::StrCat("stands at line ", same->line, " already"));
    } else {
      draft.exact.push_back({*signature, *std::move(read), item.line});
    }
  }
}

// [calibration] and [validation] are free of the model: kept as texts under dotted names.
void Flatten(const DocValue& value, const std::string& path, std::map<std::string, std::string>& facts) {
  switch (value.kind) {
    case DocValue::Kind::kTable:
      for (const DocMember& member : value.members) Flatten(member.value, absl::StrCat(path, ".", member.key), facts);
      return;
    case DocValue::Kind::kArray:
      for (size_t i = 0; i < value.items.size(); ++i) Flatten(value.items[i], absl::StrCat(path, "[", i, "]"), facts);
      return;
    case DocValue::Kind::kNumber:
      facts[path] = absl::StrFormat("%.17g", value.number);
      return;
    case DocValue::Kind::kBool:
      facts[path] = value.flag ? "true" : "false";
      return;
    case DocValue::Kind::kString:
    case DocValue::Kind::kDate:
      facts[path] = value.text;
      return;
  }
}

void Append(std::vector<DraftEntry> more, std::vector<DraftEntry>& entries) {
  for (DraftEntry& entry : more) entries.push_back(std::move(entry));
}

void ReadSection(const DocMember& member, const std::string& path, const ReadContext& context, Draft& draft) {
  if (member.key == "exact") return ReadExact(member, path, context, draft);
  if (!Expect(member, DocValue::Kind::kTable, path, context)) return;
  if (member.key == "rate" || member.key == "factor") return ReadNamed(member.value, member.key, path, context, draft);
  if (member.key == "limit") return ReadLimit(member.value, path, context, draft);
  if (member.key == "pattern") {
    Append(ReadPatterns(member.value, path, context), draft.entries);
    return;
  }
  if (member.key == "kernel") {
    Append(ReadKernels(member.value, path, context), draft.entries);
    return;
  }
  if (member.key == "calibration") {
    draft.calibrated = true;
  }
  if (member.key == "calibration" || member.key == "validation") {
    Flatten(member.value, member.key, draft.facts);
    return;
  }
  ReadFixed(member.value, member.key, path, context, draft);
}

}  // namespace

absl::Span<const absl::string_view> SectionNames() { return kSections; }

Draft ReadSections(const DocValue& table, const std::string& path, const ReadContext& context) {
  Draft draft;
  for (const DocMember& member : table.members) {
    if (member.key == "notes") {
      draft.notes = ReadTexts(member, Join(path, "notes"), context);
    } else if (std::find(kSections.begin(), kSections.end(), absl::string_view(member.key)) != kSections.end()) {
      ReadSection(member, Join(path, member.key), context, draft);
    }
  }
  return draft;
}

}  // namespace opcost
