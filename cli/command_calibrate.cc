#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/calibration_document.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/inputs.h"
#include "cli/interrupt.h"
#include "cli/measure_networks.h"
#include "cli/measurements.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/version.h"
#include "costing/calibration/calibrate.h"
#include "costing/calibration/date.h"
#include "costing/calibration/reference_time.h"
#include "costing/calibration/runtime/machine_facts.h"
#include "costing/calibration/update_profile.h"
#include "frontend/patterns/classify.h"

namespace opcost {
namespace {

const CommandHelp& Help() {
  static const auto* const kHelp = new CommandHelp{
      "opcost calibrate", "Fits a profile to measurements, or refreshes some of its classes.",
      "opcost calibrate --runtime onnxruntime --threads 1 --budget 5m -o my-box.toml\n"
      "opcost calibrate --op depthwise --update my-box.toml\n"
      "opcost calibrate --from runs/ -o box.toml --l2 1MiB --llc 32MiB\n"
      "opcost calibrate --from run1.json --from run2.json -o box.toml --base xeon-8480+ --threads 1\n"
      "opcost calibrate --from runs/ --op depthwise,pointwise --models resnet18,vgg16 --update box.toml",
      absl::StrCat("What is written is a profile for --hw: read it, and review it as a diff. The older one is kept in "
                   "history/ beside it (opcost history).\n",
                   CommonDetails())};
  return *kHelp;
}

struct CalibrateOptions {
  MeasurementOptions measurements;
  NetworkOptions networks;
  std::string output, update, mode;
  std::vector<std::string> only;
  std::string id, name, base, l2, llc, l1_way;
  std::string level = "all";
  int64_t lanes = 0;  // 0: not given
};

std::vector<Argument> CalibrateArguments(CalibrateOptions& options) {
  return {
      {"-o,--output", "FILE", "the profile to write", &options.output},
      {"--update", "FILE", "the profile to refresh instead", &options.update},
      {"--mode", "NAME", "of the profile: refreshes that mode of it (with --update)", &options.mode},
      {"--op", "A,B,…", "only these patterns or classes of kernels", &options.only},
      {"--id", "NAME", "of the profile (default: the file's name)", &options.id},
      {"--name", "TEXT", "what people call the machine", &options.name},
      {"--base", "TARGET", "takes peaks, bandwidth and default from this profile instead of the best measured",
       &options.base},
      {"--l2", "BYTES", "L2 of a core (1MiB); without it no term beyond it is tried", &options.l2},
      {"--llc", "BYTES", "last level cache, likewise; how much of it runs get is fitted", &options.llc},
      {"--l1-way", "BYTES", "L1 size / ways (default 4KiB)", &options.l1_way},
      {"--vector-lanes", "N",
       "fp32 in a vector register: 16 with AVX-512, 8 with AVX2 (default: this machine's with --runtime, else 16)",
       &options.lanes},
      {"--level", "NAME", "optimisation of the runtime: basic, extended, all (default all)", &options.level},
  };
}

absl::Status ReadSize(absl::string_view flag, const std::string& text, double& bytes) {
  if (text.empty()) return absl::OkStatus();
  absl::StatusOr<double> read = ParseBytes(text);
  if (!read.ok())
    return Usage(absl::InvalidArgumentError(absl::StrCat(flag, " ", text, ": ", read.status().message())));
  bytes = *read;
  return absl::OkStatus();
}

// "1.26.0" → "1.26"; the rules know no patches.
std::string MinorOf(const std::string& version) {
  const std::vector<std::string> parts = absl::StrSplit(version, '.');
  return parts.size() < 2 ? version : absl::StrCat(parts[0], ".", parts[1]);
}

RuntimeFacts RuntimeOf(const CalibrateOptions& options, const RunFacts& run, double l1_way) {
  RuntimeFacts runtime;
  if (run.runtime == "pytorch-eager") {
    runtime.rule_set = run.runtime;
    return runtime;
  }
  runtime.rule_set = std::string(kOnnxRuntimeCpu);
  runtime.version = MinorOf(run.runtime_version);
  runtime.level = options.level;
  runtime.vector_lanes = options.lanes > 0 ? options.lanes : KernelMachine().lanes;
  runtime.l1_way_bytes = static_cast<int64_t>(l1_way);
  runtime.threads = run.threads;
  return runtime;
}

absl::Status FillRequest(const CalibrateOptions& options, const RunFacts& run, CalibrationRequest& request) {
  double l1_way = static_cast<double>(KernelMachine().l1_way_bytes);
  for (absl::Status status :
       {ReadSize("--l2", options.l2, request.caches.l2_bytes), ReadSize("--llc", options.llc, request.caches.llc_bytes),
        ReadSize("--l1-way", options.l1_way, l1_way)}) {
    if (!status.ok()) return status;
  }
  for (const std::string& list : options.only) {
    for (absl::string_view name : absl::StrSplit(list, ',', absl::SkipEmpty())) request.fit.only.emplace(name);
  }
  request.mode = options.mode;
  request.facts = {.run = run, .date = Today(), .tool = absl::StrCat("opcost ", kVersion), .level = options.level};
  const std::string path = options.update.empty() ? options.output : options.update;
  MachineIdentity& identity = request.identity;
  identity.id = options.id.empty() ? std::filesystem::path(path).stem().string() : options.id;
  identity.name = options.name.empty() ? identity.id : options.name;
  identity.machine_source = absl::StrCat(run.machine.empty() ? "the machine that was measured" : run.machine,
                                         "; cache sizes and vector width as given to the calibration");
  identity.fit_source = absl::StrCat("fitted by ", request.facts.tool, " on ", request.facts.date,
                                     " to the runs that [calibration.networks] names");
  identity.runtime = RuntimeOf(options, run, l1_way);
  if (identity.runtime.rule_set == kOnnxRuntimeCpu && identity.runtime.version.empty() && options.update.empty()) {
    return Usage(absl::InvalidArgumentError(
        "the runs do not say which version of ONNX Runtime they are of, and its fusions depend on it: expected "
        "--runtime-version 1.26 or the like"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (!file) return absl::NotFoundError(absl::StrCat(path, ": cannot be read, expected a profile to update"));
  return text.str();
}

// A refit of some classes names its own source, so that every coefficient says which calibration it is from.
void NamePart(CalibrationRequest& request) {
  if (request.fit.only.empty()) return;
  request.facts.source = absl::StrCat("refit-", request.facts.date);
}

absl::StatusOr<Calibrated> MakeProfile(const CalibrateOptions& options, const std::vector<MeasuredRun>& runs) {
  CalibrationRequest request;
  if (absl::Status status = FillRequest(options, runs.front().facts, request); !status.ok()) return status;
  if (!options.update.empty()) {
    absl::StatusOr<std::string> profile = ReadText(options.update);
    if (!profile.ok()) return profile.status();
    NamePart(request);
    absl::StatusOr<Calibrated> made = Recalibrate(*profile, options.update, runs, std::move(request));
    if (!made.ok()) return UsageIfNotFound(made.status());
    return made;
  }
  absl::StatusOr<Target> base;
  if (!options.base.empty()) {
    base = LoadTarget(options.base, {});
    if (!base.ok()) return base.status();
    request.identity.base = &*base;
  }
  absl::StatusOr<Calibrated> made = Calibrate(runs, request);
  if (!made.ok()) return UsageIfNotFound(made.status());
  return made;
}

// What the operating system says, where no flag does.
void FillFromMachine(CalibrateOptions& options) {
  const MachineFacts machine = ReadMachine();
  const auto fill = [](double bytes, std::string& text) {
    if (text.empty() && bytes > 0) text = absl::StrCat(static_cast<int64_t>(bytes));
  };
  fill(machine.l2_bytes, options.l2);
  fill(machine.llc_bytes, options.llc);
  fill(machine.l1_way_bytes, options.l1_way);
  if (options.lanes == 0) options.lanes = machine.vector_lanes;
  if (options.name.empty() && options.update.empty() && !machine.processor.empty()) {
    const int64_t threads = options.networks.runtime.threads;
    options.name =
        absl::StrCat(machine.processor, ", ", threads, threads == 1 ? " thread" : " threads", ", ONNX Runtime");
  }
}

// A profile is of one machine and one number of threads.
absl::Status CheckUpdated(const CalibrateOptions& options) {
  if (options.update.empty()) return absl::OkStatus();
  absl::StatusOr<Target> target = LoadTarget(options.update, {});
  if (!target.ok()) return target.status();
  const auto differs = [&](const char* key, const std::string& here) {
    const auto it = target->facts.find(absl::StrCat("calibration.", key));
    return it != target->facts.end() && !it->second.empty() && !here.empty() && it->second != here ? it->second : "";
  };
  const std::string here = ReadMachine().processor, threads = absl::StrCat(options.networks.runtime.threads);
  const std::string machine = differs("machine", here), other_threads = differs("threads", threads);
  if (machine.empty() && other_threads.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(options.update, ": calibrated ",
                   machine.empty() ? "" : absl::StrCat("on '", machine, "', this machine is '", here, "'"),
                   machine.empty() || other_threads.empty() ? "" : "; ",
                   other_threads.empty() ? "" : absl::StrCat("with --threads ", other_threads, ", not ", threads),
                   ": measurements of both do not go into one profile"));
}

// Models that are files are measured; other names are those of networks that were measured before.
void TakeModelFiles(CalibrateOptions& options) {
  std::vector<std::string> names;
  for (const std::string& list : options.measurements.models) {
    for (absl::string_view name : absl::StrSplit(list, ',', absl::SkipEmpty())) {
      std::vector<std::string>& into = absl::EndsWith(name, ".onnx") ? options.networks.networks : names;
      into.emplace_back(name);
    }
  }
  options.measurements.models = names;
}

absl::StatusOr<Fit> FitFolder(const CalibrateOptions& options) {
  MeasurementOptions measurements;
  measurements.from = {options.networks.folder};
  absl::StatusOr<std::vector<MeasuredRun>> runs = ReadMeasurements(measurements);
  if (!runs.ok()) return runs.status();
  CalibrationRequest request;
  if (absl::Status status = FillRequest(options, runs->front().facts, request); !status.ok()) return status;
  request.fit.only.clear();
  request.fit.quick = true;
  absl::StatusOr<Calibrated> made = Calibrate(*runs, request);
  if (!made.ok()) return made.status();
  return made->fit;
}

// As given, else those of the profile that is updated, else one.
absl::StatusOr<int64_t> ThreadsOf(const CalibrateOptions& options) {
  int64_t threads = options.measurements.threads;
  if (threads == 0 && !options.update.empty()) {
    absl::StatusOr<Target> target = LoadTarget(options.update, {});
    if (!target.ok()) return target.status();
    threads = target->runtime.threads;
  }
  return std::max<int64_t>(1, threads);
}

// Measures first where a runtime is named: from then on its runs are like any others.
absl::Status MeasureFirst(CalibrateOptions& options, const OutputOptions& output) {
  NetworkOptions& networks = options.networks;
  // Classes of a profile that are wanted anew, and no measurements: they are taken here.
  const bool wants = !options.only.empty() || !options.measurements.models.empty();
  if (wants && !options.update.empty() && options.measurements.from.empty() && networks.runtime.runtime.empty()) {
    networks.runtime.runtime = InstalledRuntime().runtime;
  }
  if (networks.runtime.runtime.empty()) return absl::OkStatus();
  absl::StatusOr<int64_t> threads = ThreadsOf(options);
  if (!threads.ok()) return threads.status();
  networks.runtime.threads = *threads;
  networks.runtime.level = options.level;
  networks.quiet = output.quiet;
  for (const std::string& list : options.only) {
    for (absl::string_view name : absl::StrSplit(list, ',', absl::SkipEmpty())) networks.only.emplace(name);
  }
  TakeModelFiles(options);
  FillFromMachine(options);
  if (absl::Status status = CheckUpdated(options); !status.ok()) return status;
  std::filesystem::path folder(options.update.empty() ? options.output : options.update);
  networks.folder = folder.replace_extension(options.update.empty() ? ".runs" : ".update-runs").string();
  absl::Status status = MeasureNetworks(networks, [&] { return FitFolder(options); });
  if (!status.ok()) return status;
  options.measurements.threads = 0;  // the runs say it
  options.measurements.from = {networks.folder};
  return absl::OkStatus();
}

absl::Status CalibrateCommand(CalibrateOptions& options, const OutputOptions& output) {
  if (absl::Status status = MeasureFirst(options, output); !status.ok()) return status;
  absl::StatusOr<std::vector<MeasuredRun>> runs = ReadMeasurements(options.measurements);
  if (!runs.ok()) return runs.status();
  absl::StatusOr<Calibrated> made = MakeProfile(options, *runs);
  if (!made.ok()) return made.status();
  const std::string path = options.update.empty() ? options.output : options.update;
  if (absl::Status status = WriteFileKeepingOld(path, made->text, Today()); !status.ok()) return status;
  // The next update shall measure again.
  std::error_code ignored;
  if (!options.update.empty() && !options.networks.folder.empty()) {
    std::filesystem::remove_all(options.networks.folder, ignored);
  }
  CalibrationSummary summary{.path = path, .fit = made->fit, .networks = runs->size(), .notes = NotesOf(*runs)};
  for (std::string& note : UnsteadySpeedNotes(*runs)) summary.notes.push_back(std::move(note));
  for (const MeasuredRun& run : *runs) summary.kernels += run.kernels.size();
  const std::vector<std::string> versions = VersionsOf(path);
  if (versions.size() > 1) summary.older = versions[versions.size() - 2];
  Result result;
  result.document = CalibrationDocument(summary);
  result.json = [&] { return CalibrationJson(summary); };
  return Emit(result, output);
}

absl::Status CheckFlags(const CalibrateOptions& options) {
  if (options.output.empty() == options.update.empty()) {
    return Usage(absl::InvalidArgumentError("expected one of -o FILE (a new profile) and --update FILE"));
  }
  const std::string& path = options.update.empty() ? options.output : options.update;
  if (!absl::EndsWith(path, ".toml")) {
    return Usage(absl::InvalidArgumentError(absl::StrCat(path, ": expected a path that ends in .toml")));
  }
  if (!options.mode.empty() && options.update.empty()) {
    return Usage(absl::InvalidArgumentError("--mode is one of a profile that exists: expected --update FILE with it"));
  }
  if (options.lanes < 0) return Usage(absl::InvalidArgumentError("--vector-lanes: expected 1 or more"));
  if (!options.networks.runtime.runtime.empty() && !options.measurements.from.empty()) {
    return Usage(absl::InvalidArgumentError(
        "--from: measurements that are there, --runtime: new ones; expected one of the two"));
  }
  return absl::OkStatus();
}

}  // namespace

int RunCalibrate(const Words& words) {
  CalibrateOptions options;
  OutputOptions output;
  const auto arguments = Joined({MeasurementArguments(options.measurements), NetworkArguments(options.networks),
                                 CalibrateArguments(options), StreamArguments(output)});
  if (const auto exit = ParseArguments(Help(), arguments, words); exit) return *exit;
  if (absl::Status status = CheckFlags(options); !status.ok()) return Fail(status);
  if (absl::Status status = CheckOutput(output); !status.ok()) return Fail(status);
  const absl::Status status = CalibrateCommand(options, output);
  if (Interrupted()) {
    PrintError(status.message());
    return kExitInterrupted;
  }
  return status.ok() ? kExitOk : Fail(status);
}

}  // namespace opcost
