#include "cli/measure_networks.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/kernel_class.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "costing/analyze.h"
#include "costing/calibration/generate/generate.h"
#include "costing/calibration/paths.h"
#include "costing/calibration/runtime/network_plan.h"
#include "costing/calibration/runtime/reference_speed.h"
#include "costing/calibration/runtime/runs_folder.h"
#include "costing/calibration/runtime/temp_folder.h"
#include "frontend/load.h"

namespace opcost {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// Networks of a calibration are many and small: what one of them is measured worse, others make up for.
constexpr double kLeastSeconds = 0.1, kMostSeconds = 0.6;
constexpr int64_t kGeneratedBytes = int64_t{1} << 26;
// Every family is measured that often before a fit says which is worth more: one network says nothing of another.
constexpr int64_t kRounds = 2;
// A fit says where to go on after each so many networks.
constexpr int64_t kNetworksBetweenFits = 40;

// One network to measure.
struct Network {
  std::string name, family, path;
};

// Where networks come from.
class Source {
 public:
  virtual ~Source() = default;
  virtual absl::StatusOr<std::optional<Network>> Next() = 0;
  // `seconds`: what measuring each network took, by name.
  virtual void Learn(const Fit&, const std::map<std::string, double>& /*seconds*/) {}
};

class Files : public Source {
 public:
  explicit Files(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) Add(path);
  }
  absl::StatusOr<std::optional<Network>> Next() override {
    if (left_.empty()) return std::optional<Network>();
    std::optional<Network> next = Network{.name = StemOf(left_.front()), .path = left_.front()};
    left_.pop_front();
    return next;
  }

 private:
  void Add(const std::string& path) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      left_.push_back(path);
      return;
    }
    std::vector<std::string> inside;
    for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
      if (it->path().extension() == ".onnx") inside.push_back(it->path().string());
    }
    std::sort(inside.begin(), inside.end());
    left_.insert(left_.end(), inside.begin(), inside.end());
  }
  std::deque<std::string> left_;
};

FamilyError MeanOf(const std::vector<FamilyError>& networks) {
  FamilyError mean{0, 0, 0};
  const auto n = static_cast<double>(networks.size());
  for (const FamilyError& one : networks) {
    mean.relative += one.relative / n;
    mean.seconds += one.seconds / n;
    mean.cost_s += one.cost_s / n;
  }
  return mean;
}

class Generated : public Source {
 public:
  static absl::StatusOr<std::unique_ptr<Source>> Make(uint64_t seed) {
    absl::StatusOr<TempFolder> folder = TempFolder::Make(kGeneratedBytes);
    if (!folder.ok()) return folder.status();
    return std::unique_ptr<Source>(new Generated(*std::move(folder), seed));
  }
  absl::StatusOr<std::optional<Network>> Next() override {
    const std::optional<NetworkChoice> choice = plan_.Next();
    if (!choice) return std::optional<Network>();
    absl::StatusOr<GeneratedNetwork> network = GenerateNetwork(choice->family, choice->index, seed_);
    if (!network.ok()) return network.status();
    const std::string path = folder_.File(network->name + ".onnx");
    std::ofstream file(path, std::ios::binary);
    if (!(file << network->model).flush()) {
      return absl::ResourceExhaustedError(absl::StrCat(path, ": cannot be written; TMPDIR names another folder"));
    }
    family_of_[network->name] = network->family;
    return std::optional<Network>({.name = network->name, .family = network->family, .path = path});
  }
  void Learn(const Fit& fit, const std::map<std::string, double>& seconds) override {
    std::map<std::string, std::vector<FamilyError>> networks;
    for (const HeldOut& one : fit.held_out) {
      const auto family = family_of_.find(one.network);
      const auto cost = seconds.find(one.network);
      if (family == family_of_.end() || cost == seconds.end() || !(one.measured_s > 0)) continue;
      const double error_s = std::abs(one.predicted_s - one.measured_s);
      networks[family->second].push_back({error_s / one.measured_s, error_s, cost->second});
    }
    std::map<std::string, FamilyError> errors;
    for (const auto& [family, list] : networks) errors[family] = MeanOf(list);
    plan_.Learn(errors, fit.noise_floor);
  }

 private:
  Generated(TempFolder folder, uint64_t seed)
      : folder_(std::move(folder)), seed_(seed), plan_(NetworkOrder(kRounds * NetworksInRound())) {}
  TempFolder folder_;
  uint64_t seed_;
  NetworkPlan plan_;
  std::map<std::string, std::string> family_of_;
};

// Whether the network has a kernel of one of the patterns or classes.
absl::StatusOr<bool> HasAny(const Graph& graph, const std::set<std::string>& only) {
  const absl::StatusOr<CountedModel> counted =
      CountModel(graph, {.runtime = {.rule_set = std::string(kOnnxRuntimeCpu)}});
  if (!counted.ok()) return counted.status();
  const std::vector<KernelCount>& kernels = counted->executed->kernels;
  return std::any_of(kernels.begin(), kernels.end(), [&](const KernelCount& kernel) {
    return kernel.kernel_class && (only.count(std::string(Name(*kernel.kernel_class))) > 0 ||
                                   only.count(std::string(Name(PatternOf(*kernel.kernel_class)))) > 0);
  });
}

// A misspelt name would only show when nothing has been measured for a while.
absl::Status CheckOnly(const std::set<std::string>& only) {
  std::vector<std::string> known;
  for (size_t i = 0; i < static_cast<size_t>(KernelClass::kCount); ++i) {
    const auto kernel_class = static_cast<KernelClass>(i);
    known.emplace_back(Name(kernel_class));
    known.emplace_back(Name(PatternOf(kernel_class)));
  }
  for (const std::string& name : only) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    return Usage(absl::NotFoundError(
        absl::StrCat("--op ", name, ": no pattern and no class of kernels", DidYouMean(name, known))));
  }
  return absl::OkStatus();
}

class Campaign {
 public:
  Campaign(const NetworkOptions& options, const FitSoFar& fit) : options_(options), fit_(fit) {}
  absl::Status Run();

 private:
  absl::Status Open();
  absl::Status MeasureOne(const Network& network);
  absl::Status LearnSometimes(Source& source);
  // The next network: a new one, or every other time one that was measured while the machine was slow.
  absl::StatusOr<std::optional<Network>> Next(Source& source);
  double Spent() const { return earlier_s_ + std::chrono::duration<double>(Clock::now() - start_).count(); }
  void Say(const std::string& text) const {
    if (!options_.quiet) PrintError(text);
  }
  absl::Status Interruption() const {
    return absl::CancelledError(absl::StrCat("interrupted: ", done_.size(), " networks are kept in ", options_.folder,
                                             "; the same command goes on from there"));
  }

  const NetworkOptions& options_;
  const FitSoFar& fit_;
  std::optional<Measurer> measurer_;
  double budget_s_ = 0, earlier_s_ = 0;
  Clock::time_point start_;
  std::map<std::string, double> done_;   // networks, and what each took
  std::map<std::string, Network> here_;  // those of this run of the program
  TimesBeside beside_;                   // of those
  std::deque<std::string> again_;        // to be measured once more
  int64_t since_fit_ = 0, failed_ = 0;
  bool learnt_ = false;
};

absl::Status Campaign::Open() {
  if (absl::Status status = CheckOnly(options_.only); !status.ok()) return status;
  absl::StatusOr<double> budget = ParseBudget(options_.measure.budget);
  if (!budget.ok()) return budget.status();
  budget_s_ = *budget;
  absl::StatusOr<RuntimeRequest> request = RequestOf(options_.runtime);
  if (!request.ok()) return request.status();
  absl::StatusOr<MeasureOptions> measure = MeasureOptionsOf(options_.measure);
  if (!measure.ok()) return measure.status();
  measure->flush_denormals = true;
  measure->least_s = kLeastSeconds;
  measure->most_s = kMostSeconds;
  absl::StatusOr<std::shared_ptr<const OrtLibrary>> library = LoadRuntime(options_.runtime);
  if (!library.ok()) return library.status();
  CatchInterrupts();
  absl::StatusOr<Measurer> measurer = Measurer::Make(*library, *request, *measure);
  if (measurer.status().code() == absl::StatusCode::kCancelled) return Interruption();
  if (!measurer.ok()) return measurer.status();
  measurer_.emplace(*std::move(measurer));
  absl::StatusOr<RunsFolder> earlier = OpenRunsFolder(
      options_.folder,
      {.machine = measurer_->machine(), .runtime_version = (*library)->version(), .threads = request->threads});
  if (!earlier.ok()) return earlier.status();
  done_ = std::move(earlier->networks);
  for (const auto& [name, seconds] : done_) earlier_s_ += seconds;
  if (!done_.empty()) {
    Say(absl::StrFormat("%s: %d networks from before (%.0f s) are kept", options_.folder, done_.size(), earlier_s_));
  }
  return absl::OkStatus();
}

absl::Status Campaign::MeasureOne(const Network& network) {
  absl::StatusOr<Graph> graph = LoadModel(network.path);
  if (!graph.ok()) return graph.status();
  if (!options_.only.empty()) {
    absl::StatusOr<bool> has = HasAny(*graph, options_.only);
    if (!has.ok() || !*has) return has.status();
  }
  absl::StatusOr<Measured> measured = measurer_->Measure(*graph, nullptr);
  if (!measured.ok()) return measured.status();
  if (measured->run.launches_only) {
    return absl::FailedPreconditionError(absl::StrCat(
        "--provider ", options_.runtime.provider, ": ", network.name,
        "'s profile shows launches on the host, not the device's kernels, and nothing can be fitted to those: expected "
        "a build of ONNX Runtime with CUDA profiling; opcost measure gives whole runs, opcost import reads trtexec's "
        "layer times"));
  }
  const MeasuredView view{
      .graph = *std::move(graph), .measured = *std::move(measured), .profiler = measurer_->profiler()};
  const ReferenceTimes times{view.measured.run.reference_s.value_or(0),
                             view.measured.run.memory_reference_s.value_or(0)};
  const auto before = beside_.find(network.name);
  if (before == beside_.end() || Slowness(times, beside_) < Slowness(before->second, beside_)) {
    const std::string path = (fs::path(options_.folder) / (network.name + ".json")).string();
    if (absl::Status status = WriteWhole(path, MeasuredJson(view)); !status.ok()) return status;
    beside_[network.name] = times;
  }
  here_[network.name] = network;
  done_[network.name] = view.measured.seconds;
  ++since_fit_;
  Say(absl::StrFormat("%4.0f s of %.0f  %3d  %s  %.3f ms", Spent(), budget_s_, done_.size(), network.name,
                      1e3 * view.measured.run.end_to_end_s.value_or(0)));
  return absl::OkStatus();
}

// A fit takes part of the budget, too: only where there is enough new to be learnt.
absl::Status Campaign::LearnSometimes(Source& source) {
  const bool due = learnt_ ? since_fit_ >= kNetworksBetweenFits
                           : static_cast<int64_t>(done_.size()) >= kRounds * NetworksInRound() && since_fit_ > 0;
  if (!due || !fit_) return absl::OkStatus();
  absl::StatusOr<Fit> fit = fit_();
  if (!fit.ok()) return absl::OkStatus();  // too little for a fit is no reason to stop
  source.Learn(*fit, done_);
  if (!learnt_) {
    const std::vector<std::string> slow = MeasuredSlowly(beside_);
    again_.assign(slow.begin(), slow.end());
  }
  learnt_ = true;
  since_fit_ = 0;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Network>> Campaign::Next(Source& source) {
  if (!again_.empty() && since_fit_ % 2 == 1) {
    const Network network = here_.at(again_.front());
    again_.pop_front();
    return std::optional<Network>(network);
  }
  while (true) {
    absl::StatusOr<std::optional<Network>> next = source.Next();
    if (!next.ok() || !next->has_value() || done_.count((*next)->name) == 0) return next;
  }
}

absl::Status Campaign::Run() {
  start_ = Clock::now();
  if (absl::Status status = Open(); !status.ok()) return status;
  std::unique_ptr<Source> source;
  if (options_.networks.empty()) {
    absl::StatusOr<std::unique_ptr<Source>> made = Generated::Make(static_cast<uint64_t>(options_.runtime.seed));
    if (!made.ok()) return made.status();
    source = *std::move(made);
  } else {
    source = std::make_unique<Files>(options_.networks);
  }
  int64_t passed = 0;  // in a row, without the wanted kernels
  const int64_t most_passed = 3 * NetworksInRound();
  while (Spent() < budget_s_ && passed < most_passed) {
    if (absl::Status status = LearnSometimes(*source); !status.ok()) return status;
    const absl::StatusOr<std::optional<Network>> next = Next(*source);
    if (!next.ok()) return next.status();
    if (!next->has_value()) break;
    const int64_t before = since_fit_;
    const absl::Status status = MeasureOne(**next);
    if (status.code() == absl::StatusCode::kCancelled) return Interruption();
    if (status.code() == absl::StatusCode::kFailedPrecondition) return status;
    if (status.code() == absl::StatusCode::kResourceExhausted || status.code() == absl::StatusCode::kPermissionDenied) {
      return absl::Status(
          status.code(), absl::StrCat(status.message(), "; ", done_.size(), " networks are kept in ", options_.folder));
    }
    if (!status.ok()) {
      ++failed_;
      PrintError(absl::StrCat((*next)->name, " is left out: ", status.message()));
    }
    passed = since_fit_ > before ? 0 : passed + 1;
  }
  if (done_.empty()) return absl::InvalidArgumentError("no network could be measured; expected at least one");
  return absl::OkStatus();
}

}  // namespace

std::vector<Argument> NetworkArguments(NetworkOptions& options) {
  std::vector<Argument> own = {
      {"--networks", "DIR", "measures these ONNX files instead of generated ones; repeatable", &options.networks},
      {"--seed", "S", "of the generated networks (default 1)", &options.runtime.seed}};
  return Joined({InstalledRuntimeArguments(options.runtime), MeasureArguments(options.measure), own});
}

absl::Status MeasureNetworks(const NetworkOptions& options, const FitSoFar& fit) {
  return Campaign(options, fit).Run();
}

}  // namespace opcost
