// [pattern.NAME.PRECISION] and [kernel.NAME.PRECISION]: how one pattern or class of kernels is priced, in exactly one
// of the two forms, or like another entry.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/text.h"
#include "hardware/draft.h"
#include "hardware/entry_reader.h"
#include "hardware/vocabulary.h"

namespace opcost {
namespace {

// Of every entry; of one form; of both.
constexpr std::array<absl::string_view, 9> kCommonKeys = {
    "source", "evidence", "note", "like", "range", "relative_spread", "may_beat_limit", "relative_to", "observed"};
constexpr std::array<absl::string_view, 10> kEfficiencyKeys = {"work",    "x",          "factors", "interpolation",
                                                               "points",  "efficiency", "memory",  "memory_fraction",
                                                               "overlap", "dispatch_s"};
constexpr std::array<absl::string_view, 2> kTimeKeys = {"launch_s", "terms"};
constexpr absl::string_view kPointKeys[] = {"x", "efficiency", "std_dev", "n", "evidence", "source", "note"};
constexpr absl::string_view kFlatKeys[] = {"value", "std_dev", "n", "evidence", "source", "note"};
constexpr absl::string_view kObservedKeys[] = {"x", "value", "std_dev", "n"};
constexpr ValueRange kSpread = {0, 100};
constexpr ValueRange kCount = {0, 1e15};
constexpr ValueRange kAnySize = {0, 1e30};

Coefficient DefaultShape(absl::string_view name) {
  for (const KeyRow& row : KeyRows()) {
    if (row.section == "default" && row.name == name) return ShapeOf(row);
  }
  return {};
}

std::optional<Evidence> ReadEvidence(const Fields& fields) {
  const std::optional<std::string> name = fields.Text("evidence");
  if (!name) return std::nullopt;
  absl::StatusOr<Evidence> evidence = ParseEvidence(*name);
  if (evidence.ok()) return *evidence;
  fields.Complain("evidence", evidence.status().message());
  return std::nullopt;
}

// std_dev, n, evidence and source of a point or of a flat efficiency; the entry's where it has none.
void ReadSupport(const EntryReader& reader, const Fields& fields, DraftPoint& point) {
  point.std_dev = fields.Plain("std_dev", kSpread).value_or(0);
  point.n = static_cast<int64_t>(fields.Plain("n", kCount).value_or(0));
  const std::optional<Evidence> evidence = ReadEvidence(fields);
  if (evidence) {
    point.y.evidence = *evidence;
  } else if (reader.entry.evidence) {
    point.y.evidence = *reader.entry.evidence;
  } else if (fields.Get("evidence") == nullptr) {
    fields.Require("evidence", "one of measured, fitted, specified, extrapolated, assumed here or in the entry");
  }
  const std::optional<std::string> source = fields.Text("source");
  const std::optional<std::string> note = fields.Text("note");
  if (source) {
    point.y.provenance = Provenance(source, note, fields.line(), fields.Path("source"), reader.context);
  } else if (reader.fields.Get("source") != nullptr) {
    point.y.provenance = note ? absl::StrCat(reader.entry.provenance, "; ", *note) : reader.entry.provenance;
  } else {
    fields.Require("source", "the name of a source here or in the entry");
  }
}

void ReadFlat(const EntryReader& reader, const DocMember& member) {
  const std::string path = reader.fields.Path("efficiency");
  DraftPoint point;
  point.y = EfficiencyShape(absl::StrCat(reader.entry.key, ".efficiency"));
  if (!Expect(member, DocValue::Kind::kTable, path, reader.context)) return;
  const Fields fields(member.value, path, kFlatKeys, reader.context);
  fields.Require("value", "a number");
  const std::optional<double> value = fields.Plain("value", point.y.range);
  ReadSupport(reader, fields, point);
  if (!value) return;
  point.y.layers = {{reader.context.At(member.line), *value}};
  reader.entry.points.push_back(std::move(point));
}

std::optional<DraftPoint> ReadPoint(const EntryReader& reader, const DocValue& item, size_t index) {
  const std::string path = absl::StrCat(reader.fields.Path("points"), "[", index, "]");
  if (item.kind != DocValue::Kind::kTable) {
    reader.context.problems->Add(item.line, path,
                                 absl::StrCat("is ", Name(item.kind), ", expected { x = …, efficiency = … }"));
    return std::nullopt;
  }
  const Fields fields(item, path, kPointKeys, reader.context);
  DraftPoint point;
  point.y = EfficiencyShape(absl::StrCat(reader.entry.key, ".efficiency[", index, "]"));
  point.x = CurveXShape(absl::StrCat(reader.entry.key, ".x[", index, "]"), reader.entry.x);
  fields.Require("x", "a number");
  fields.Require("efficiency", "a number");
  const std::optional<double> x = fields.Plain("x", point.x->range);
  const std::optional<double> y = fields.Plain("efficiency", point.y.range);
  ReadSupport(reader, fields, point);
  if (!x || !y) return std::nullopt;
  point.x->evidence = point.y.evidence;
  point.x->provenance = point.y.provenance;
  point.x->layers = {{reader.context.At(item.line), *x}};
  point.y.layers = {{reader.context.At(item.line), *y}};
  return point;
}

void ReadPoints(const EntryReader& reader, const DocMember& member) {
  const std::string path = reader.fields.Path("points");
  if (!Expect(member, DocValue::Kind::kArray, path, reader.context)) return;
  if (member.value.items.size() < 2) {
    reader.Complain("points", "a curve has two points or more; write a flat one as efficiency = { value = …, … }");
  }
  std::vector<DraftPoint>& points = reader.entry.points;
  for (size_t i = 0; i < member.value.items.size(); ++i) {
    std::optional<DraftPoint> point = ReadPoint(reader, member.value.items[i], i);
    if (!point) continue;
    const double x = point->x->value();
    const size_t n = points.size();
    const int line = member.value.items[i].line;
    if (n > 0 && x < points[n - 1].x->value()) {
      reader.context.problems->Add(line, absl::StrCat(path, "[", i, "].x"),
                                   "smaller than the one before, expected ascending x");
    } else if (n > 1 && x == points[n - 2].x->value()) {
      reader.context.problems->Add(line, absl::StrCat(path, "[", i, "].x"),
                                   "the third point at this x, expected at most two (a jump)");
    }
    points.push_back(*std::move(point));
  }
  if (!HoldsEverywhere(reader.entry.interpolation)) return;
  if (points.size() != 2 || !(points[0].x->value() < points[1].x->value())) {
    reader.Complain("points", absl::StrCat("a ", Name(reader.entry.interpolation),
                                           " curve is given by two points at different x, expected these"));
  }
}

void ReadInterpolation(const EntryReader& reader) {
  const std::optional<std::string> name = reader.fields.Text("interpolation", /*required=*/true);
  if (!name) return;
  const absl::StatusOr<Interpolation> interpolation = ParseInterpolation(*name);
  if (!interpolation.ok()) return reader.Complain("interpolation", interpolation.status().message());
  reader.entry.interpolation = *interpolation;
}

// memory = "inside": times that curves were made from include what memory takes.
void ReadMemory(const EntryReader& reader) {
  const std::optional<std::string> memory = reader.fields.Text("memory");
  if (!memory) return;
  if (*memory != "inside") return reader.Complain("memory", absl::StrCat("'", *memory, "', expected \"inside\""));
  reader.entry.memory_inside = true;
  for (absl::string_view key : {"memory_fraction", "overlap"}) {
    if (reader.fields.Get(key) != nullptr) reader.Complain(key, "is of no use beside memory = \"inside\"");
  }
}

void ReadEfficiencyForm(const EntryReader& reader) {
  DraftEntry& entry = reader.entry;
  if (std::optional<Metric> work = reader.ReadMetric("work")) {
    entry.work = *work;
    if (RateUnit(*work).empty()) reader.Complain("work", absl::StrCat(Name(*work), " is nothing that a rate divides"));
  }
  entry.factors = reader.fields.Texts("factors");
  const DocMember* points = reader.fields.Get("points");
  const DocMember* flat = reader.fields.Get("efficiency");
  if (points != nullptr && flat != nullptr)
    reader.Complain("efficiency", "stands beside points, expected one of the two");
  if (points != nullptr) {
    if (std::optional<Metric> x = reader.ReadMetric("x")) entry.x = *x;
    ReadInterpolation(reader);
    ReadPoints(reader, *points);
  } else {
    for (absl::string_view key : {"x", "interpolation"}) {
      if (reader.fields.Get(key) != nullptr) reader.Complain(key, "is of no use without points");
    }
    if (flat != nullptr) ReadFlat(reader, *flat);
  }
  ReadMemory(reader);
  entry.memory_fraction = reader.ReadOwn("memory_fraction", DefaultShape("memory_fraction"));
  entry.overlap = reader.ReadOwn("overlap", DefaultShape("overlap"));
  entry.dispatch = reader.ReadOwn("dispatch_s", DefaultShape("dispatch_s"));
}

void ReadRange(const EntryReader& reader) {
  const DocMember* member = reader.fields.Get("range");
  if (member == nullptr) return;
  const std::vector<DocValue>& items = member->value.items;
  const auto good = [](const DocValue& v) {
    return v.kind == DocValue::Kind::kNumber && v.number >= 0 && v.number < 1e30;
  };
  if (items.size() == 2 && good(items[0]) && good(items[1]) && items[0].number < items[1].number) {
    reader.entry.range = {items[0].number, items[1].number};
  } else {
    reader.Complain("range", "expected [low, high], two numbers with 0 <= low < high");
  }
}

void ReadObserved(const EntryReader& reader) {
  const DocMember* member = reader.fields.Get("observed");
  if (member == nullptr || !Expect(*member, DocValue::Kind::kArray, reader.fields.Path("observed"), reader.context)) {
    return;
  }
  for (size_t i = 0; i < member->value.items.size(); ++i) {
    const DocValue& item = member->value.items[i];
    const std::string path = absl::StrCat(reader.fields.Path("observed"), "[", i, "]");
    if (item.kind != DocValue::Kind::kTable) {
      reader.context.problems->Add(item.line, path,
                                   absl::StrCat("is ", Name(item.kind), ", expected { x = …, value = … }"));
      continue;
    }
    const Fields fields(item, path, kObservedKeys, reader.context);
    fields.Require("x", "a number");
    fields.Require("value", "a number");
    Observation seen{.x = fields.Plain("x", kAnySize).value_or(0),
                     .value = fields.Plain("value", kAnySize).value_or(0)};
    seen.std_dev = fields.Plain("std_dev", kAnySize).value_or(0);
    seen.n = static_cast<int64_t>(fields.Plain("n", kCount).value_or(0));
    reader.entry.observed.push_back(seen);
  }
}

// Keys of the other form, and of any form beside `like`.
void RefuseOthers(const EntryReader& reader, absl::Span<const absl::string_view> keys, absl::string_view form) {
  for (absl::string_view key : keys) {
    if (reader.fields.Get(key) != nullptr) reader.Complain(key, absl::StrCat("has no place beside ", form));
  }
}

void ReadForm(const EntryReader& reader) {
  const bool time = reader.fields.Get("launch_s") != nullptr || reader.fields.Get("terms") != nullptr;
  if (!reader.entry.like.empty()) {
    RefuseOthers(reader, kEfficiencyKeys, "like");
    RefuseOthers(reader, kTimeKeys, "like");
  } else if (time) {
    RefuseOthers(reader, kEfficiencyKeys, "launch_s and terms: an entry has one of the two forms");
    if (reader.fields.Get("relative_to") != nullptr)
      reader.Complain("relative_to", "has no place beside launch_s and terms");
    ReadTimeForm(reader);
  } else {
    reader.fields.Require("relative_to", "\"peak\" or the key of a rate");
    ReadEfficiencyForm(reader);
  }
}

// What an entry is for.
struct Subject {
  Pattern pattern = Pattern::kAny;
  std::optional<KernelClass> kernel_class;

  std::string Key() const {
    if (kernel_class) return absl::StrCat("kernel.", Name(*kernel_class));
    return std::string(Name(pattern));
  }
};

std::optional<DraftEntry> ReadEntry(const DocMember& member, const Subject& subject, std::optional<Precision> precision,
                                    const std::string& path, const ReadContext& context) {
  if (!Expect(member, DocValue::Kind::kTable, path, context)) return std::nullopt;
  std::vector<absl::string_view> known(kCommonKeys.begin(), kCommonKeys.end());
  known.insert(known.end(), kEfficiencyKeys.begin(), kEfficiencyKeys.end());
  known.insert(known.end(), kTimeKeys.begin(), kTimeKeys.end());
  const Fields fields(member.value, path, known, context);
  DraftEntry entry;
  entry.key = absl::StrCat(subject.Key(), ".", precision ? Name(*precision) : "any");
  entry.path = path;
  entry.line = member.line;
  entry.pattern = subject.pattern;
  entry.kernel_class = subject.kernel_class;
  entry.precision = precision;
  entry.declared_at = context.At(member.line);
  entry.like = fields.Text("like").value_or("");
  entry.may_beat_limit = fields.Text("may_beat_limit").value_or("");
  entry.relative_to = fields.Text("relative_to").value_or("");
  entry.evidence = ReadEvidence(fields);
  entry.provenance =
      Provenance(fields.Text("source"), fields.Text("note"), member.line, fields.Path("source"), context);
  entry.relative_spread = fields.Plain("relative_spread", kSpread);
  const EntryReader reader{fields, context, entry};
  ReadRange(reader);
  ReadObserved(reader);
  ReadForm(reader);
  return entry;
}

absl::StatusOr<Subject> ParsePatternSubject(absl::string_view name) {
  absl::StatusOr<Pattern> pattern = ParsePattern(name);
  if (!pattern.ok()) return pattern.status();
  return Subject{*pattern, std::nullopt};
}

absl::StatusOr<Subject> ParseKernelSubject(absl::string_view name) {
  absl::StatusOr<KernelClass> kernel_class = ParseKernelClass(name);
  if (!kernel_class.ok()) return kernel_class.status();
  return Subject{PatternOf(*kernel_class), *kernel_class};
}

// NAME.PRECISION below one of the two sections.
std::vector<DraftEntry> ReadEntries(const DocValue& table, const std::string& path, const ReadContext& context,
                                    absl::StatusOr<Subject> (*parse)(absl::string_view)) {
  std::vector<DraftEntry> entries;
  for (const DocMember& by_name : table.members) {
    const std::string name_path = absl::StrCat(path, ".", by_name.key);
    absl::StatusOr<Subject> subject = parse(by_name.key);
    if (!subject.ok()) {
      context.problems->Add(by_name.line, name_path, subject.status().message());
      continue;
    }
    if (!Expect(by_name, DocValue::Kind::kTable, name_path, context)) continue;
    for (const DocMember& member : by_name.value.members) {
      const std::string entry_path = absl::StrCat(name_path, ".", member.key);
      std::optional<Precision> precision;
      if (member.key != "any") {
        absl::StatusOr<Precision> parsed = ParsePrecision(member.key);
        if (!parsed.ok()) {
          context.problems->Add(member.line, entry_path, absl::StrCat(parsed.status().message(), "; or any"));
          continue;
        }
        precision = *parsed;
      }
      std::optional<DraftEntry> entry = ReadEntry(member, *subject, precision, entry_path, context);
      if (entry) entries.push_back(*std::move(entry));
    }
  }
  return entries;
}

}  // namespace

std::vector<DraftEntry> ReadPatterns(const DocValue& table, const std::string& path, const ReadContext& context) {
  return ReadEntries(table, path, context, &ParsePatternSubject);
}

std::vector<DraftEntry> ReadKernels(const DocValue& table, const std::string& path, const ReadContext& context) {
  return ReadEntries(table, path, context, &ParseKernelSubject);
}

}  // namespace opcost
