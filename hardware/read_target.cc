#include "hardware/read_target.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/sha256.h"
#include "base/text.h"
#include "hardware/document.h"
#include "hardware/draft.h"
#include "hardware/fields.h"

namespace opcost {
namespace {

constexpr int kFormat = 1;
// No profile comes near it; what does is some other file.
constexpr size_t kLargestProfile = size_t{16} << 20;

constexpr std::array<absl::string_view, 8> kHeaderKeys = {"format",  "id",           "name",   "device_class",
                                                          "runtime", "default_mode", "source", "mode"};
constexpr std::array<absl::string_view, 4> kModeKeys = {"description", "inherits", "replaces", "inherited_curves"};
constexpr std::array<absl::string_view, 10> kReplaceable = {"pattern", "kernel", "exact", "limit", "rate",
                                                            "factor",  "host",   "run",   "notes", "calibration"};
constexpr std::array<absl::string_view, 3> kDeviceClasses = {"cpu", "gpu", "npu"};
constexpr absl::string_view kRuntimeKeys[] = {"name",         "version", "level", "vector_lanes",
                                              "l1_way_bytes", "threads", "source"};
constexpr std::array<absl::string_view, 3> kLevels = {"basic", "extended", "all"};
constexpr ValueRange kLanes = {1, 1024};
constexpr ValueRange kWayBytes = {64, 1 << 24};
constexpr ValueRange kThreads = {0, 4096};

// A profile with all its modes.
struct Profile {
  Target header;  // id, name …: what all modes share
  std::string default_mode;
  std::map<std::string, std::string> sources;
  Draft body;
  std::vector<std::pair<std::string, Draft>> modes;
};

template <typename Container>
std::vector<std::string> Strings(const Container& views) {
  return {views.begin(), views.end()};
}

// `text` must be one of `known`.
template <typename Container>
bool CheckOneOf(const Fields& fields, absl::string_view key, const std::string& text, const Container& known) {
  const std::vector<std::string> names = Strings(known);
  if (std::find(names.begin(), names.end(), text) != names.end()) return true;
  fields.Complain(key,
                  absl::StrCat("'", text, "', expected one of ", absl::StrJoin(names, ", "), DidYouMean(text, names)));
  return false;
}

std::vector<absl::string_view> WithSections(absl::Span<const absl::string_view> keys) {
  std::vector<absl::string_view> all(keys.begin(), keys.end());
  all.insert(all.end(), SectionNames().begin(), SectionNames().end());
  return all;
}

void ReadSources(const Fields& fields, const ReadContext& context, std::map<std::string, std::string>& sources) {
  const DocMember* section = fields.Require("source", "[source] with a name and a text for each source");
  if (section == nullptr || !Expect(*section, DocValue::Kind::kTable, "source", context)) return;
  for (const DocMember& member : section->value.members) {
    const std::string path = absl::StrCat("source.", member.key);
    if (!Expect(member, DocValue::Kind::kString, path, context)) continue;
    if (member.value.text.empty()) context.problems->Add(member.line, path, "empty, expected what the source is");
    sources[member.key] = member.value.text;
  }
}

Draft ReadMode(const DocMember& member, const ReadContext& context) {
  const std::string path = absl::StrCat("mode.", member.key);
  const Fields fields(member.value, path, WithSections(kModeKeys), context);
  Draft mode = ReadSections(member.value, path, context);
  mode.line = member.line;
  mode.description = fields.Text("description", /*required=*/true).value_or("");
  mode.inherits = fields.Text("inherits").value_or("");
  for (std::string& section : fields.Texts("replaces")) {
    if (CheckOneOf(fields, "replaces", section, kReplaceable)) mode.replaces.push_back(std::move(section));
  }
  if (const std::optional<std::string> name = fields.Text("inherited_curves")) {
    absl::StatusOr<Evidence> evidence = ParseEvidence(*name);
    if (evidence.ok()) {
      mode.inherited_curves = *evidence;
    } else {
      fields.Complain("inherited_curves", evidence.status().message());
    }
  }
  return mode;
}

void ReadModes(const Fields& fields, ReadContext context, Profile& profile) {
  const DocMember* section = fields.Get("mode");
  if (section != nullptr && Expect(*section, DocValue::Kind::kTable, "mode", context)) {
    for (const DocMember& member : section->value.members) {
      context.mode = member.key;
      const std::string path = absl::StrCat("mode.", member.key);
      if (!Expect(member, DocValue::Kind::kTable, path, context)) continue;
      if (member.key.empty() || member.key.find(':') != std::string::npos) {
        context.problems->Add(member.line, path, "expected a name without ':'");
      }
      profile.modes.emplace_back(member.key, ReadMode(member, context));
    }
  }
  std::vector<std::string> names;
  for (const auto& [name, mode] : profile.modes) names.push_back(name);
  const std::optional<std::string> chosen = fields.Text("default_mode", /*required=*/!names.empty());
  if (chosen && CheckOneOf(fields, "default_mode", *chosen, names)) profile.default_mode = *chosen;
  // The default first, the others as the file has them.
  std::stable_partition(names.begin(), names.end(),
                        [&](const std::string& name) { return name == profile.default_mode; });
  profile.header.modes = names;
}

// `runtime = "pytorch-eager"`, or a table where the runtime's version and the machine decide which kernels run.
void ReadRuntime(const Fields& fields, const ReadContext& context, RuntimeFacts& runtime) {
  const DocMember* member = fields.Require("runtime", "the name of a fusion rule set, or [runtime]");
  if (member == nullptr) return;
  if (member->value.kind != DocValue::Kind::kTable) {
    runtime.rule_set = fields.Text("runtime", /*required=*/true).value_or("");
    return;
  }
  const Fields table(member->value, "runtime", kRuntimeKeys, context);
  runtime.rule_set = table.Text("name", /*required=*/true).value_or("");
  runtime.version = table.Text("version").value_or("");
  if (std::optional<std::string> level = table.Text("level"); level && CheckOneOf(table, "level", *level, kLevels)) {
    runtime.level = *level;
  }
  const auto whole = [&](absl::string_view key, const ValueRange& range, int64_t& value) {
    if (const std::optional<double> read = table.Plain(key, range)) value = static_cast<int64_t>(*read);
  };
  whole("vector_lanes", kLanes, runtime.vector_lanes);
  whole("l1_way_bytes", kWayBytes, runtime.l1_way_bytes);
  whole("threads", kThreads, runtime.threads);
  if (table.Get("vector_lanes") != nullptr || table.Get("l1_way_bytes") != nullptr) {
    Provenance(table.Text("source", /*required=*/true), std::nullopt, member->line, table.Path("source"), context);
  }
}

void ReadHeader(const Fields& fields, const ReadContext& context, Profile& profile) {
  Target& header = profile.header;
  if (const DocMember* format = fields.Require("format", absl::StrCat("format = ", kFormat));
      format != nullptr && (format->value.kind != DocValue::Kind::kNumber || format->value.number != kFormat)) {
    fields.Complain("format", absl::StrCat("expected ", kFormat, ", the only one there is"));
  }
  header.id = fields.Text("id", /*required=*/true).value_or("");
  if (header.id.find_first_of(":/ ") != std::string::npos)
    fields.Complain("id", "expected a name without ':', '/' and spaces");
  header.name = fields.Text("name", /*required=*/true).value_or("");
  ReadRuntime(fields, context, header.runtime);
  if (const std::optional<std::string> device_class = fields.Text("device_class", /*required=*/true)) {
    if (CheckOneOf(fields, "device_class", *device_class, kDeviceClasses)) header.device_class = *device_class;
  }
}

Profile ReadProfile(const DocValue& document, const std::string& path, Problems& problems) {
  Profile profile;
  const std::vector<std::string> parts = absl::StrSplit(path, '/');
  const ReadContext context{parts.back(), "", &profile.sources, &problems};
  const Fields fields(document, "", WithSections(kHeaderKeys), context);
  profile.header.path = path;
  ReadSources(fields, context, profile.sources);
  ReadHeader(fields, context, profile);
  profile.body = ReadSections(document, "", context);
  ReadModes(fields, context, profile);
  profile.header.sources = profile.sources;
  return profile;
}

// The body, what the mode inherits, and the mode. `depth` ends a circle of modes that inherit one another.
Draft DraftOf(const Profile& profile, const std::string& mode, size_t depth, Problems& problems) {
  if (mode.empty()) return profile.body;
  const auto found = std::find_if(profile.modes.begin(), profile.modes.end(),
                                  [&](const auto& candidate) { return candidate.first == mode; });
  if (found == profile.modes.end()) return profile.body;
  const Draft& own = found->second;
  const std::string path = absl::StrCat("mode.", mode, ".inherits");
  if (depth > profile.modes.size()) {
    problems.Add(own.line, path, "modes inherit one another in a circle");
    return profile.body;
  }
  const bool known =
      own.inherits.empty() || std::any_of(profile.modes.begin(), profile.modes.end(),
                                          [&](const auto& candidate) { return candidate.first == own.inherits; });
  if (!known) {
    problems.Add(own.line, path,
                 absl::StrCat("'", own.inherits, "' is no mode", DidYouMean(own.inherits, profile.header.modes)));
    return profile.body;
  }
  return Overlay(DraftOf(profile, own.inherits, depth + 1, problems), own);
}

Target MakeTarget(const Profile& profile, const std::string& mode, std::vector<std::string>& referred,
                  Problems& problems) {
  const Draft draft = DraftOf(profile, mode, 0, problems);
  Target target = profile.header;
  target.mode = mode;
  target.mode_description = draft.description;
  target.notes = draft.notes;
  target.calibrated = draft.calibrated;
  target.facts = draft.facts;
  Resolve(draft, target, referred, problems);
  // A cache that no term names is no coefficient, but a later calibration may want its size.
  for (const Placed& placed : draft.coefficients) {
    const std::string& key = placed.coefficient.key;
    const bool cache = key == "memory.l2_bytes" || key == "memory.llc_bytes";
    if (cache && target.Find(key) == kNoId) target.facts[key] = absl::StrFormat("%.17g", placed.coefficient.value());
  }
  return target;
}

// A coefficient that no mode uses is not a key: it would be a number that nothing depends on. (Sizes of caches are
// facts that terms may name; without one they are no coefficients.)
void CheckUse(const Profile& profile, const std::vector<std::string>& referred, Problems& problems) {
  const auto check = [&](const Draft& draft) {
    for (const Placed& placed : draft.coefficients) {
      const std::string& key = placed.coefficient.key;
      const bool optional =
          key.rfind("rate.", 0) == 0 || key.rfind("factor.", 0) == 0 || key == "peak.tf32_flops_per_s";
      if (optional && std::find(referred.begin(), referred.end(), key) == referred.end()) {
        problems.Add(placed.line, key, "nothing uses it, so it is no coefficient; keep it as a note");
      }
    }
  };
  check(profile.body);
  for (const auto& [name, mode] : profile.modes) check(mode);
}

// All modes are made, whichever is wanted: a mistake in one is a mistake in the file.
std::vector<Target> MakeAll(const Profile& profile, Problems& problems) {
  std::vector<std::string> names = profile.header.modes;
  if (names.empty()) names.emplace_back();
  std::vector<Target> targets;
  std::vector<std::string> referred;
  for (const std::string& name : names) targets.push_back(MakeTarget(profile, name, referred, problems));
  if (problems.empty()) CheckUse(profile, referred, problems);
  return targets;
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat(path, ": cannot be opened, expected a profile"));
  std::string text;
  std::array<char, size_t{1} << 16> chunk;
  while (file.read(chunk.data(), chunk.size()) || file.gcount() > 0) {
    text.append(chunk.data(), static_cast<size_t>(file.gcount()));
    if (text.size() > kLargestProfile) {
      return absl::InvalidArgumentError(absl::StrCat(path, ": larger than 16 MiB, expected a profile"));
    }
  }
  if (file.bad() || !file.eof()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be read, expected a profile"));
  }
  return text;
}

std::vector<std::string> Check(absl::string_view toml, const std::string& path, std::vector<Target>* targets) {
  absl::StatusOr<DocValue> document = ParseDocument(toml, path);
  if (!document.ok()) return {std::string(document.status().message())};
  Problems problems(path);
  const Profile profile = ReadProfile(*document, path, problems);
  // What does not fit together only follows from what could not be read.
  if (!problems.empty()) return problems.Messages();
  std::vector<Target> made = MakeAll(profile, problems);
  if (targets != nullptr) *targets = std::move(made);
  return problems.Messages();
}

}  // namespace

absl::StatusOr<Target> ReadTargetText(absl::string_view toml, const std::string& path, absl::string_view mode) {
  std::vector<Target> targets;
  const std::vector<std::string> problems = Check(toml, path, &targets);
  if (!problems.empty()) {
    const size_t others = problems.size() - 1;
    return absl::InvalidArgumentError(absl::StrCat(
        problems.front(), others == 0 ? "" : absl::StrCat(" (and ", others, " more: `opcost hw check` lists them)")));
  }
  for (Target& target : targets) {
    if (mode.empty() || target.mode == mode) {
      target.sha256 = Sha256Hex(toml);
      return std::move(target);
    }
  }
  const Target& first = targets.front();
  return absl::NotFoundError(absl::StrCat(
      "'", mode, "' is no mode of ", first.id,
      first.modes.empty()
          ? ", which has none"
          : absl::StrCat(", expected one of ", absl::StrJoin(first.modes, ", "), DidYouMean(mode, first.modes))));
}

absl::StatusOr<Target> ReadTarget(const std::string& path, absl::string_view mode) {
  absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  return ReadTargetText(*text, path, mode);
}

std::vector<std::string> CheckTargetText(absl::string_view toml, const std::string& path) {
  return Check(toml, path, nullptr);
}

std::vector<std::string> CheckTarget(const std::string& path) {
  absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return {std::string(text.status().message())};
  return CheckTargetText(*text, path);
}

}  // namespace opcost
