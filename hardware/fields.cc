#include "hardware/fields.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/text.h"

namespace opcost {
namespace {

constexpr absl::string_view kValueKeys[] = {"value", "evidence", "source", "note"};
constexpr absl::string_view kValueForm = "{ value = …, evidence = \"…\", source = \"…\" }";

std::vector<std::string> Strings(absl::Span<const absl::string_view> views) {
  std::vector<std::string> strings;
  for (absl::string_view view : views) strings.emplace_back(view);
  return strings;
}

// The nearest name; a key without its unit is near too.
std::string Nearest(absl::string_view key, const std::vector<std::string>& names) {
  std::string nearest = NearestName(key, names);
  for (size_t i = 0; nearest.empty() && i < names.size(); ++i) {
    if (absl::StartsWith(names[i], absl::StrCat(key, "_"))) nearest = names[i];
  }
  return nearest;
}

}  // namespace

void Problems::Add(int line, absl::string_view key, absl::string_view what) {
  std::pair<int, std::string> message(line, absl::StrCat(path_, ":", line, ": ", key, key.empty() ? "" : ": ", what));
  if (std::find(messages_.begin(), messages_.end(), message) == messages_.end()) {
    messages_.push_back(std::move(message));
  }
}

std::vector<std::string> Problems::Messages() const {
  std::vector<std::pair<int, std::string>> sorted = messages_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> texts;
  for (auto& [line, text] : sorted) texts.push_back(std::move(text));
  return texts;
}

std::string ReadContext::At(int line) const {
  return absl::StrCat(file, ":", line, mode.empty() ? "" : absl::StrCat(" (mode ", mode, ")"));
}

Fields::Fields(const DocValue& table, std::string path, absl::Span<const absl::string_view> known,
               const ReadContext& context)
    : table_(table), path_(std::move(path)), context_(context) {
  for (const DocMember& member : table.members) {
    if (std::find(known.begin(), known.end(), absl::string_view(member.key)) != known.end()) continue;
    const std::vector<std::string> names = Strings(known);
    const std::string nearest = Nearest(member.key, names);
    if (!nearest.empty()) misspelt_.push_back(nearest);
    context.problems->Add(member.line, Path(member.key),
                          nearest.empty() ? absl::StrCat("unknown key; expected one of ", absl::StrJoin(names, ", "))
                                          : absl::StrCat("unknown key; did you mean '", nearest, "'?"));
  }
}

const DocMember* Fields::Get(absl::string_view key) const {
  for (const DocMember& member : table_.members) {
    if (member.key == key) return &member;
  }
  return nullptr;
}

const DocMember* Fields::Require(absl::string_view key, absl::string_view expected) const {
  const DocMember* member = Get(key);
  if (member == nullptr && std::find(misspelt_.begin(), misspelt_.end(), std::string(key)) == misspelt_.end()) {
    context_.problems->Add(table_.line, Path(key), absl::StrCat("missing, expected ", expected));
  }
  return member;
}

std::optional<std::string> Fields::Text(absl::string_view key, bool required) const {
  const DocMember* member = required ? Require(key, "a text") : Get(key);
  if (member == nullptr || !Expect(*member, DocValue::Kind::kString, Path(key), context_)) return std::nullopt;
  return member->value.text;
}

std::optional<double> Fields::Plain(absl::string_view key, const ValueRange& range) const {
  const DocMember* member = Get(key);
  if (member == nullptr || !Expect(*member, DocValue::Kind::kNumber, Path(key), context_)) return std::nullopt;
  if (!Contains(range, member->value.number)) {
    context_.problems->Add(member->line, Path(key),
                           absl::StrCat(absl::StrFormat("%g", member->value.number), ", expected ", ToString(range)));
    return std::nullopt;
  }
  return member->value.number;
}

std::vector<std::string> Fields::Texts(absl::string_view key) const {
  const DocMember* member = Get(key);
  return member == nullptr ? std::vector<std::string>() : ReadTexts(*member, Path(key), context_);
}

std::string Fields::Path(absl::string_view key) const {
  return path_.empty() ? std::string(key) : absl::StrCat(path_, ".", key);
}

void Fields::Complain(absl::string_view key, absl::string_view what) const {
  const DocMember* member = Get(key);
  context_.problems->Add(member == nullptr ? table_.line : member->line, Path(key), what);
}

bool Expect(const DocMember& member, DocValue::Kind kind, const std::string& path, const ReadContext& context) {
  if (member.value.kind == kind) return true;
  context.problems->Add(member.line, path, absl::StrCat("is ", Name(member.value.kind), ", expected ", Name(kind)));
  return false;
}

std::vector<std::string> ReadTexts(const DocMember& member, const std::string& path, const ReadContext& context) {
  std::vector<std::string> texts;
  if (!Expect(member, DocValue::Kind::kArray, path, context)) return texts;
  for (const DocValue& item : member.value.items) {
    if (item.kind == DocValue::Kind::kString) {
      texts.push_back(item.text);
    } else {
      context.problems->Add(item.line, path, absl::StrCat("holds ", Name(item.kind), ", expected texts"));
    }
  }
  return texts;
}

std::string Provenance(const std::optional<std::string>& source, const std::optional<std::string>& note, int line,
                       const std::string& path, const ReadContext& context) {
  if (!source) return "";
  const auto found = context.sources->find(*source);
  if (found == context.sources->end()) {
    std::vector<std::string> names;
    for (const auto& [name, text] : *context.sources) names.push_back(name);
    context.problems->Add(line, path, absl::StrCat("'", *source, "' is not in [source]", DidYouMean(*source, names)));
    return "";
  }
  return note ? absl::StrCat(found->second, "; ", *note) : found->second;
}

std::optional<Coefficient> ReadCoefficient(const DocMember& member, const std::string& path, Coefficient shape,
                                           const ReadContext& context) {
  if (member.value.kind == DocValue::Kind::kNumber) {
    context.problems->Add(member.line, path, absl::StrCat("a number without a source, expected ", kValueForm));
    return std::nullopt;
  }
  if (member.value.kind != DocValue::Kind::kTable) {
    context.problems->Add(member.line, path, absl::StrCat("is ", Name(member.value.kind), ", expected ", kValueForm));
    return std::nullopt;
  }
  const Fields fields(member.value, path, kValueKeys, context);
  fields.Require("value", "a number");
  const std::optional<double> value = fields.Plain("value", shape.range);
  const std::optional<std::string> evidence = fields.Text("evidence", /*required=*/true);
  const std::optional<std::string> source = fields.Text("source", /*required=*/true);
  shape.provenance = Provenance(source, fields.Text("note"), member.line, fields.Path("source"), context);
  if (evidence) {
    absl::StatusOr<Evidence> parsed = ParseEvidence(*evidence);
    if (!parsed.ok()) {
      fields.Complain("evidence", parsed.status().message());
      return std::nullopt;
    }
    shape.evidence = *parsed;
  }
  if (!value || !evidence || !source) return std::nullopt;
  shape.layers = {{context.At(member.line), *value}};
  return shape;
}

}  // namespace opcost
