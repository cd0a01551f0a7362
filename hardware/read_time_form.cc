// An entry in the form of a time: a launch and terms, each so many seconds a unit of an amount, of all of it or of what
// lies beyond a threshold.
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "hardware/entry_reader.h"
#include "hardware/vocabulary.h"

namespace opcost {
namespace {

constexpr absl::string_view kTermKeys[] = {"metric", "seconds_per_unit", "above", "evicted_beyond", "displaced_from"};
constexpr absl::string_view kValueForm = "{ value = …, evidence = \"…\", source = \"…\" }";

// A size of the term's own, or the key of one that terms share.
void ReadThreshold(const EntryReader& reader, const Fields& fields, TermReach reach, const std::string& key,
                   DraftTerm& term) {
  const absl::string_view name = Name(reach);
  const DocMember* member = fields.Get(name);
  if (member == nullptr) return;
  if (term.reach != TermReach::kAll) return fields.Complain(name, "stands beside another threshold, expected one");
  term.reach = reach;
  if (member->value.kind == DocValue::Kind::kString) {
    term.threshold_key = member->value.text;
  } else {
    term.threshold = ReadCoefficient(*member, fields.Path(name),
                                     ThresholdShape(absl::StrCat(key, ".", name), ThresholdMetric(reach, term.metric)),
                                     reader.context);
  }
}

// "bytes", "bytes_above_l2", "weight_bytes_evicted": what a diff of two machines joins terms by.
std::string TermName(const Fields& fields, Metric metric) {
  const auto of = [&](TermReach reach) -> std::string {
    const DocMember* member = fields.Get(Name(reach));
    if (member == nullptr || member->value.kind != DocValue::Kind::kString) return "";
    const size_t dot = member->value.text.rfind('.');
    const std::string last = dot == std::string::npos ? member->value.text : member->value.text.substr(dot + 1);
    return absl::StrCat("_", absl::StripSuffix(last, "_bytes"));
  };
  if (fields.Get(Name(TermReach::kEvicted)) != nullptr) {
    return absl::StrCat(Name(metric), "_evicted", of(TermReach::kEvicted));
  }
  if (fields.Get(Name(TermReach::kDisplaced)) != nullptr) {
    return absl::StrCat(Name(metric), "_displaced", of(TermReach::kDisplaced));
  }
  if (fields.Get(Name(TermReach::kBeyond)) != nullptr) {
    return absl::StrCat(Name(metric), "_above", of(TermReach::kBeyond));
  }
  return std::string(Name(metric));
}

void ReadTerm(const EntryReader& reader, const DocValue& item, size_t index) {
  const std::string path = absl::StrCat(reader.fields.Path("terms"), "[", index, "]");
  if (item.kind != DocValue::Kind::kTable) {
    reader.context.problems->Add(item.line, path, absl::StrCat("is ", Name(item.kind), ", expected a table"));
    return;
  }
  const Fields fields(item, path, kTermKeys, reader.context);
  const std::optional<std::string> name = fields.Text("metric", /*required=*/true);
  const DocMember* per_unit = fields.Require("seconds_per_unit", kValueForm);
  if (!name || per_unit == nullptr) return;
  absl::StatusOr<Metric> metric = ParseMetric(*name);
  if (!metric.ok()) return fields.Complain("metric", metric.status().message());
  if (*metric == Metric::kIntensity) return fields.Complain("metric", "intensity does not add up, expected an amount");
  DraftTerm term;
  term.name = TermName(fields, *metric);
  const std::string key = absl::StrCat(reader.entry.key, ".", term.name);
  const std::string per_unit_key = absl::StrCat(key, ".seconds_per_unit");
  for (const DraftTerm& other : reader.entry.terms) {
    if (other.name == term.name) {
      return fields.Complain("metric", absl::StrCat("the second term ", key, ", expected one"));
    }
  }
  term.metric = *metric;
  std::optional<Coefficient> read =
      ReadCoefficient(*per_unit, fields.Path("seconds_per_unit"), TermShape(per_unit_key, *metric), reader.context);
  if (!read) return;
  term.per_unit = *std::move(read);
  ReadThreshold(reader, fields, TermReach::kBeyond, key, term);
  ReadThreshold(reader, fields, TermReach::kEvicted, key, term);
  ReadThreshold(reader, fields, TermReach::kDisplaced, key, term);
  reader.entry.terms.push_back(std::move(term));
}

}  // namespace

void ReadTimeForm(const EntryReader& reader) {
  reader.entry.time_form = true;
  if (reader.fields.Require("launch_s", kValueForm) != nullptr)
    reader.entry.launch = reader.ReadOwn("launch_s", LaunchShape(""));
  const DocMember* terms = reader.fields.Get("terms");
  if (terms == nullptr || !Expect(*terms, DocValue::Kind::kArray, reader.fields.Path("terms"), reader.context)) return;
  for (size_t i = 0; i < terms->value.items.size(); ++i) ReadTerm(reader, terms->value.items[i], i);
}

}  // namespace opcost
