#include "cli/measure_models.h"

#include <cstdio>
#include <fstream>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cli/exit_code.h"
#include "cli/inputs.h"
#include "cli/interrupt.h"

namespace opcost {

std::vector<Argument> MeasureArguments(MeasureFlags& flags) {
  return {{"--sessions", "N",
           absl::StrCat("sessions of the runtime to take the best of (default ", flags.sessions, ")"), &flags.sessions},
          {"--budget", "5m", "time for everything together: seconds, or with s, m or h", &flags.budget}};
}

absl::StatusOr<double> ParseBudget(const std::string& text) {
  if (text.empty()) return 0.0;
  constexpr double kMinute = 60, kHour = 3600;
  const char unit = text.back();
  const double scale = unit == 'm' ? kMinute : unit == 'h' ? kHour : 1;
  const bool has_unit = unit == 's' || unit == 'm' || unit == 'h';
  double number = 0;
  if (!absl::SimpleAtod(text.substr(0, text.size() - (has_unit ? 1 : 0)), &number) || !(number > 0)) {
    return Usage(absl::InvalidArgumentError(absl::StrCat("--budget ", text, ": expected a time such as 90s or 5m")));
  }
  return number * scale;
}

absl::StatusOr<MeasureOptions> MeasureOptionsOf(const MeasureFlags& flags) {
  constexpr int64_t kMostSessions = 100;
  if (flags.sessions < 1 || flags.sessions > kMostSessions) {
    return Usage(absl::InvalidArgumentError(absl::StrCat("--sessions ", flags.sessions, ": expected 1 to 100")));
  }
  MeasureOptions options{.sessions = static_cast<int>(flags.sessions)};
  options.stop = Interrupted;
  return options;
}

absl::StatusOr<MeasuredView> MeasureFile(const std::string& path, const InputOptions& input, Measurer& measurer) {
  absl::StatusOr<BoundModel> model = BoundModel::Load(path, input);
  if (!model.ok()) return model.status();
  const std::optional<Graph> other = model->OtherBinding();
  absl::StatusOr<Measured> measured = measurer.Measure(model->graph(), other ? &*other : nullptr);
  if (!measured.ok()) return measured.status();
  return MeasuredView{.graph = model->graph(), .measured = *std::move(measured), .profiler = measurer.profiler()};
}

absl::Status MeasureInto(const std::string& folder, const std::vector<std::string>& files,
                         const InstalledRuntime& runtime, const MeasureFlags& flags, const InputOptions& input) {
  absl::StatusOr<RuntimeRequest> request = RequestOf(runtime);
  if (!request.ok()) return request.status();
  absl::StatusOr<MeasureOptions> options = MeasureOptionsOf(flags);
  if (!options.ok()) return options.status();
  absl::StatusOr<std::shared_ptr<const OrtLibrary>> library = LoadRuntime(runtime);
  if (!library.ok()) return library.status();
  CatchInterrupts();
  absl::StatusOr<Measurer> measurer = Measurer::Make(*library, *request, *options);
  if (!measurer.ok()) return measurer.status();
  absl::Status first_error;
  for (const std::string& file : files) {
    absl::StatusOr<MeasuredView> view = MeasureFile(file, input, *measurer);
    if (view.status().code() == absl::StatusCode::kCancelled) return view.status();
    if (!view.ok()) {
      first_error.Update(view.status());
      continue;
    }
    const std::string path = absl::StrCat(folder, "/", view->measured.run.network, ".json");
    if (absl::Status status = WriteWhole(path, MeasuredJson(*view)); !status.ok()) return status;
  }
  return first_error;
}

absl::Status WriteWhole(const std::string& path, const std::string& text) {
  const std::string beside = absl::StrCat(path, ".new");
  std::ofstream file(beside, std::ios::binary);
  file << text;
  file.close();
  if (!file) {
    std::remove(beside.c_str());
    return absl::ResourceExhaustedError(absl::StrCat(path, ": cannot be written; is the disk full?"));
  }
  if (std::rename(beside.c_str(), path.c_str()) != 0) {
    return absl::PermissionDeniedError(absl::StrCat(path, ": cannot be put in place"));
  }
  return absl::OkStatus();
}

}  // namespace opcost
