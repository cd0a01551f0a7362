#include "cli/inputs.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/exit_code.h"
#include "cli/json_report.h"
#include "cli/version.h"
#include "frontend/load.h"
#include "frontend/patterns/alike.h"
#include "frontend/patterns/classify.h"
#include "hardware/read_target.h"

namespace opcost {
namespace {

// What a bare `opcost model.onnx` is priced on.
constexpr const char* kUsualTarget = "i7-12700k";

absl::StatusOr<std::string> ReadDescriptor(int fd, absl::string_view name) {
  std::string bytes;
  char buffer[1 << 16];
  for (;;) {
    const ssize_t n = read(fd, buffer, sizeof buffer);
    if (n == 0) return bytes;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return absl::InvalidArgumentError(absl::StrCat(name, ": cannot be read"));
    bytes.append(buffer, static_cast<size_t>(n));
  }
}

absl::StatusOr<Model> ReadModel(const std::string& path) {
  if (path != "-") return Model::Read(path);
  auto bytes = ReadDescriptor(STDIN_FILENO, "standard input");
  if (!bytes.ok()) return bytes.status();
  return Model::FromBytes(*bytes, path);
}

absl::Status CheckPrecision(const Target& target, const std::string& precision) {
  if (precision.empty()) return absl::OkStatus();
  auto parsed = ParsePrecision(precision);
  if (!parsed.ok()) return Usage(parsed.status());
  if (target.Supports(*parsed)) return absl::OkStatus();
  std::vector<absl::string_view> others;
  for (const Precision other : AllPrecisions()) {
    if (target.Supports(other)) others.push_back(Name(other));
  }
  return Usage(absl::InvalidArgumentError(absl::StrCat("--precision ", precision, ": ", target.FullName(),
                                                       " has no rate for it; it has ", absl::StrJoin(others, ", "))));
}

// Whether a target's spec is a path, and the file is not there.
bool IsMissingFile(const std::string& spec) {
  const bool is_path = absl::StrContains(spec, '/') || absl::StrContains(spec, ".toml");
  if (!is_path) return false;
  const size_t toml = spec.rfind(".toml");
  const std::string path = toml == std::string::npos ? spec : spec.substr(0, toml + 5);
  return access(path.c_str(), F_OK) != 0;
}

// What the front end says of --dim, where the value came from --sweep.
absl::Status CalledSweep(const absl::Status& status, const std::map<std::string, int64_t>& dims) {
  constexpr absl::string_view kDim = "--dim ";
  for (const auto& [name, extent] : dims) {
    if (!absl::StartsWith(status.message(), absl::StrCat(kDim, name, ":"))) continue;
    return absl::Status(status.code(), absl::StrCat("--sweep ", status.message().substr(kDim.size())));
  }
  return status;
}

absl::StatusOr<Priced> PriceCounted(std::shared_ptr<const CountedModel> counted, const Target& target,
                                    const std::string& precision) {
  Priced priced;
  priced.model = std::move(counted);
  auto estimate = Estimate::Price(*priced.model, target);
  if (!estimate.ok()) return estimate.status();
  priced.estimate = std::make_unique<Estimate>(*std::move(estimate));
  priced.report = priced.estimate->MakeReport(*priced.model);
  priced.report.tool_version = kVersion;
  priced.report.precision = precision;
  if (absl::Status status = CheckConservation(priced.report); !status.ok()) return status;
  return priced;
}

}  // namespace

absl::StatusOr<BoundModel> BoundModel::Load(const std::string& path, const InputOptions& options) {
  auto model = Read(path, options);
  if (!model.ok()) return model.status();
  if (absl::Status status = model->Bind({}); !status.ok()) return status;
  return model;
}

absl::StatusOr<BoundModel> BoundModel::Read(const std::string& path, const InputOptions& options) {
  if (!options.precision.empty()) {
    auto parsed = ParsePrecision(options.precision);
    if (!parsed.ok()) return Usage(parsed.status());
  }
  auto load = ParseLoadOptions(options);
  if (!load.ok()) return load.status();
  auto model = ReadModel(path);
  if (!model.ok()) return model.status();
  BoundModel bound;
  bound.model_ = std::make_unique<Model>(*std::move(model));
  bound.load_ = *std::move(load);
  bound.precision_ = options.precision;
  return bound;
}

absl::Status BoundModel::Bind(const std::map<std::string, int64_t>& dims) {
  for (const auto& [name, extent] : dims) load_.dims[name] = extent;
  auto graph = Instantiate(load_);
  if (!graph.ok()) return UsageIfNotFound(CalledSweep(graph.status(), dims));
  if (graph->nodes.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(graph->path, ": the graph has no node, expected at least one"));
  }
  graph_ = std::make_unique<Graph>(*std::move(graph));
  counted_.clear();
  return absl::OkStatus();
}

const Classification* BoundModel::Reusable(const RuntimeFacts& runtime) const {
  for (const auto& [facts, counted] : classified_) {
    if (facts == runtime && !counted->executed && ClassifyAlike(counted->graph, *graph_))
      return &counted->classification;
  }
  return nullptr;
}

absl::StatusOr<Graph> BoundModel::Instantiate(const LoadOptions& options) const {
  auto graph = model_->Instantiate(options);
  if (graph.ok() && !precision_.empty()) CastFloats(*graph, ParsePrecision(precision_).value());
  return graph;
}

std::optional<Graph> BoundModel::OtherBinding() const {
  return BindOtherwise(*graph_, [&](const std::map<std::string, int64_t>& dims) {
    LoadOptions options = load_;
    options.shapes.clear();
    options.dims = dims;
    return Instantiate(options);
  });
}

absl::StatusOr<std::shared_ptr<const CountedModel>> BoundModel::Count(const RuntimeFacts& runtime) {
  for (const auto& [facts, counted] : counted_) {
    if (facts == runtime) return counted;
  }
  // What the file leaves open decides what a runtime can fuse.
  std::optional<Graph> other;
  if (runtime.rule_set == kOnnxRuntimeCpu) other = OtherBinding();
  const Classification* known = Reusable(runtime);
  auto counted =
      CountModel(*graph_, {.runtime = runtime, .other_binding = other ? &*other : nullptr, .classification = known});
  if (!counted.ok()) return counted.status();
  counted_.emplace_back(runtime, std::make_shared<const CountedModel>(*std::move(counted)));
  if (known == nullptr) {
    classified_.push_back(counted_.back());
    ++classifications_;
  }
  return counted_.back().second;
}

absl::StatusOr<Priced> BoundModel::Price(const Target& target, const InputOptions& options) {
  if (absl::Status status = CheckPrecision(target, precision_); !status.ok()) return status;
  RuntimeFacts runtime = target.runtime;
  if (!options.rules.empty()) runtime.rule_set = options.rules;
  auto counted = Count(runtime);
  if (!counted.ok()) return options.rules.empty() ? counted.status() : UsageIfNotFound(counted.status());
  return PriceCounted(*std::move(counted), target, precision_);
}

absl::StatusOr<Priced> BoundModel::PriceExecuted(const Target& target, const ExecutedGraph& executed,
                                                 const std::string& origin) {
  if (absl::Status status = CheckPrecision(target, precision_); !status.ok()) return status;
  CountOptions options{.runtime = target.runtime, .executed = &executed, .origin = origin};
  options.runtime.rule_set = std::string(kOnnxRuntimeCpu);
  auto counted = CountModel(*graph_, options);
  if (!counted.ok()) return counted.status();
  return PriceCounted(std::make_shared<const CountedModel>(*std::move(counted)), target, precision_);
}

absl::StatusOr<Target> LoadTarget(const std::string& spec, const InputOptions& options) {
  auto target = FindTarget(spec, ProfileFolders());
  if (!target.ok()) return IsMissingFile(spec) ? target.status() : UsageIfNotFound(target.status());
  for (const std::string& text : options.sets) {
    auto set = ParseSet(text);
    if (!set.ok()) return set.status();
    absl::Status status = SetCoefficient(*target, set->first, set->second);
    if (!status.ok()) return Usage(status);
  }
  return target;
}

std::vector<std::string> TargetSpecs(const InputOptions& options, bool quiet) {
  if (!options.targets.empty()) return options.targets;
  const char* from_environment = std::getenv("OPCOST_HW");
  if (from_environment != nullptr && *from_environment != '\0') return {from_environment};
  if (!quiet) PrintError(absl::StrCat("no --hw: priced on ", kUsualTarget, " (`opcost hw list` shows the others)"));
  return {kUsualTarget};
}

std::vector<std::string> ExpandAll(const std::vector<std::string>& specs) {
  std::vector<std::string> all;
  for (const std::string& spec : specs) {
    if (spec != "all") {
      all.push_back(spec);
      continue;
    }
    for (const std::string& name : ListTargets(ProfileFolders())) all.push_back(name);
  }
  return all;
}

bool IsSavedReport(const std::string& path) {
  if (path == "-") return false;
  if (absl::EndsWith(path, ".json")) return true;
  if (absl::EndsWith(path, ".onnx")) return false;
  std::ifstream file(path, std::ios::binary);
  char first = '\0';
  // A protobuf of ONNX's Model cannot begin with a brace: its fields have other tags.
  return file.get(first) && first == '{';
}

absl::StatusOr<Report> ReadSavedReport(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const std::streamoff size = file ? static_cast<std::streamoff>(file.tellg()) : -1;
  if (size < 0) return absl::NotFoundError(absl::StrCat(path, ": cannot be read; expected a saved report"));
  std::string text(static_cast<size_t>(size), '\0');
  file.seekg(0);
  if (!file.read(text.data(), size))
    return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be read; expected a saved report"));
  auto report = ReportFromJson(text, path);
  if (!report.ok()) return report;
  if (absl::Status status = CheckConservation(*report); !status.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": contradicts itself: ", status.message()));
  }
  return report;
}

std::string Incomplete(const Report& report) {
  std::vector<std::string> reasons;
  int64_t unknown = 0;
  for (const Coverage::Unknown& one : report.coverage.unknown) unknown += one.nodes;
  if (unknown > 0) reasons.push_back(absl::StrCat(unknown, " nodes without a rule"));
  if (report.coverage.incomplete > 0)
    reasons.push_back(absl::StrCat(report.coverage.incomplete, " nodes with unknown shapes"));
  for (const Note& note : report.notes) {
    switch (note.kind) {
      case NoteKind::kUnboundSymbol:
      case NoteKind::kUnresolvedShape:
      case NoteKind::kDataDependent:
      case NoteKind::kAssumption:
      case NoteKind::kPrecision:
        reasons.push_back(note.text);
        break;
      default:
        break;
    }
  }
  return absl::StrJoin(reasons, "; ");
}

absl::StatusOr<std::vector<Target>> LoadTargets(const std::vector<std::string>& specs, const InputOptions& options) {
  std::vector<Target> targets;
  for (const std::string& spec : specs) {
    auto target = LoadTarget(spec, options);
    if (!target.ok()) return target.status();
    targets.push_back(*std::move(target));
  }
  return targets;
}

absl::StatusOr<std::vector<Report>> AnalyzeAll(const InputOptions& options, const std::vector<std::string>& specs,
                                               std::vector<std::string>* skipped) {
  std::vector<Report> reports;
  std::vector<Target> targets;
  for (const std::string& path : options.models) {
    if (IsSavedReport(path)) {
      auto report = ReadSavedReport(path);
      if (!report.ok()) return report.status();
      reports.push_back(*std::move(report));
      continue;
    }
    if (targets.empty()) {
      auto loaded = LoadTargets(specs, options);
      if (!loaded.ok()) return loaded.status();
      targets = *std::move(loaded);
    }
    auto model = BoundModel::Load(path, options);
    if (!model.ok()) return model.status();
    for (const Target& target : targets) {
      if (absl::Status status = CheckPrecision(target, options.precision); !status.ok() && skipped != nullptr) {
        skipped->push_back(std::string(status.message()));
        continue;
      }
      auto priced = model->Price(target, options);
      if (!priced.ok()) return priced.status();
      reports.push_back(std::move(priced->report));
    }
  }
  return reports;
}

}  // namespace opcost
