#include "costing/calibration/runtime/measure_model.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <fstream>
#include <limits>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "costing/calibration/date.h"
#include "costing/calibration/run_conditions.h"
#include "costing/calibration/runtime/machine_facts.h"
#include "costing/calibration/runtime/machine_state.h"
#include "costing/calibration/runtime/merge_sessions.h"
#include "costing/calibration/runtime/trivial_models.h"
#include "costing/calibration/statistics.h"
#include "frontend/load.h"

namespace opcost {
namespace {

using Clock = std::chrono::steady_clock;

// Runs that do not count. The first faults in the pages of its results one by one, the second those of the one block
// that the runtime plans from the first; where that is gigabytes it takes half as long again.
constexpr int64_t kWarmUpRuns = 3;
constexpr int64_t kLongWarmUpRuns = 2;  // where one takes longer than a session
constexpr int64_t kLeastRuns = 5;       // after those
constexpr double kTolerance = 0.005;    // what still counts as getting better
constexpr int kMostRepeats = 3;         // of one model's sessions
constexpr int kFirstReferences = 5;     // before anything else is measured
constexpr int kFlushedRuns = 3;         // that tell what denormal numbers cost
constexpr int64_t kMostEvents = 60000;  // of a profile: they are all read
constexpr int64_t kChainLength = 300;
constexpr double kChainSeconds = 0.05;  // of a session: runs are below a millisecond
constexpr int64_t kChainEvents = 6000;  // likewise of a profile
constexpr int kChainSessions = 5;       // small differences are told from them
constexpr double kTrivialBytes = 4096;  // that a kernel of the chain writes
// Chains whose kernels touch more. They fit into the last level cache together: beyond it two runs differ by more than
// the profiler adds.
struct Displacing {
  int64_t length, floats;
};
constexpr std::array kDisplacing = {Displacing{100, 1 << 13}, Displacing{48, 1 << 15}, Displacing{24, 1 << 16}};
// A product that stays in the caches, and one of a vector and 64 MiB.
constexpr int64_t kProductSide = 256, kMemorySide = 4096;
constexpr int kProductRuns = 12, kMemoryRuns = 3;
// What weights and results may take together before memory matters to a run.
constexpr double kInCaches = 8 << 20;

bool LeavesCaches(const MeasuredRun& run) {
  return KernelBytes(run) * static_cast<double>(run.kernels.size()) > kInCaches;
}

double Since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// A model from memory, by way of a file, as all models come to the runtime.
absl::StatusOr<PreparedModel> PrepareMade(std::shared_ptr<const OrtLibrary> library, const RuntimeRequest& request,
                                          const absl::StatusOr<std::string>& bytes) {
  if (!bytes.ok()) return bytes.status();
  absl::StatusOr<TempFolder> folder = TempFolder::Make(static_cast<int64_t>(bytes->size()));
  if (!folder.ok()) return folder.status();
  const std::string path = folder->File("made.onnx");
  std::ofstream file(path, std::ios::binary);
  if (!(file << *bytes).flush()) return absl::ResourceExhaustedError(absl::StrCat(path, ": cannot be written"));
  absl::StatusOr<Graph> graph = LoadModel(path);
  if (!graph.ok()) return graph.status();
  return PreparedModel::Make(std::move(library), *graph, request);
}

}  // namespace

absl::StatusOr<Measurer> Measurer::Make(std::shared_ptr<const OrtLibrary> library, const RuntimeRequest& request,
                                        const MeasureOptions& options) {
  Measurer measurer(std::move(library), request, options);
  measurer.machine_ = ReadMachine().processor;
  if (measurer.TakesOffProfiler()) {
    if (absl::Status status = measurer.MeasureProfiler(); !status.ok()) return status;
  }
  absl::StatusOr<Reference> product = measurer.MakeReference(kProductSide, kProductSide, kProductRuns);
  if (!product.ok()) return product.status();
  measurer.product_ = *std::move(product);
  absl::StatusOr<Reference> memory = measurer.MakeReference(1, kMemorySide, kMemoryRuns);
  if (!memory.ok()) return memory.status();
  measurer.memory_ = *std::move(memory);
  return measurer;
}

// What a run takes. With one thread it is done by the calling thread, whose own time other processes do not lengthen.
double Measurer::RunClock() const {
  if (request_.threads > 1 || request_.provider != "cpu") {
    return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
  }
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  constexpr double kNano = 1e-9;
  return static_cast<double>(now.tv_sec) + kNano * static_cast<double>(now.tv_nsec);
}

// The best run. `most_runs` bounds what a profile holds; `warm`: the session has run before.
absl::StatusOr<double> Measurer::RunUntilStable(OrtSession& session, int64_t most_runs, double least_s,
                                                bool warm) const {
  double best = std::numeric_limits<double>::infinity();
  int64_t runs = 0, last_better = 0;
  const Clock::time_point start = Clock::now();
  while (true) {
    if (options_.stop && options_.stop()) return absl::CancelledError("interrupted");
    const double begin = RunClock();
    if (absl::Status status = session.Run(); !status.ok()) return status;
    const double seconds = RunClock() - begin;
    ++runs;
    const bool is_long = seconds > options_.most_s;
    if (runs > kWarmUpRuns || (is_long && (warm || runs > kLongWarmUpRuns))) {
      if (seconds < (1 - kTolerance) * best) last_better = runs;
      best = std::min(best, seconds);
    }
    const double elapsed = Since(start);
    const int64_t counted = runs - kWarmUpRuns;
    if (runs >= most_runs || (elapsed > options_.most_s && std::isfinite(best))) return best;
    const bool stable = counted >= kLeastRuns && runs - last_better >= std::max(kLeastRuns, counted / 3);
    if (stable && elapsed >= least_s) return best;
  }
}

// With the profiler first: once its file is written, the same session goes on without.
absl::StatusOr<Measurer::Session> Measurer::MeasureSession(const PreparedModel& model, double least_s,
                                                           int64_t most_events) const {
  absl::StatusOr<OrtSession> session = model.Open(true);
  if (!session.ok()) return session.status();
  std::optional<FlushDenormals> throughout;
  if (options_.flush_denormals && CanFlush()) throughout.emplace();
  const auto kernels = static_cast<int64_t>(std::max<size_t>(1, model.executed().nodes.size()));
  const int64_t most_runs = std::max(kWarmUpRuns + kLeastRuns, most_events / kernels);
  absl::StatusOr<double> profiled = RunUntilStable(*session, most_runs, least_s, false);
  if (!profiled.ok()) return profiled.status();
  Session result;
  absl::StatusOr<MeasuredRun> run = model.EndProfiling(*session, result.nodes);
  if (!run.ok()) return run.status();
  result.run = *std::move(run);
  absl::StatusOr<double> best = RunUntilStable(*session, std::numeric_limits<int64_t>::max(), least_s, true);
  if (!best.ok()) return best.status();
  result.best_s = *best;
  if (!throughout && CanFlush()) {
    const FlushDenormals flush;
    absl::StatusOr<double> flushed = BestOf(*session, kFlushedRuns);
    if (!flushed.ok()) return flushed.status();
    result.flushed_s = *flushed;
  }
  return result;
}

// What the kernels of a chain take without the profiler, and what they show with it.
absl::StatusOr<TrivialKernel> Measurer::MeasureChain(const absl::StatusOr<std::string>& chain_model,
                                                     int64_t operands) const {
  absl::StatusOr<PreparedModel> chain = PrepareMade(library_, request_, chain_model);
  if (!chain.ok()) return chain.status();
  std::vector<MeasuredRun> runs;
  std::vector<double> over_s;  // by session, of the same memory
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < std::max(kChainSessions, options_.sessions); ++i) {
    absl::StatusOr<Session> session = MeasureSession(*chain, kChainSeconds, kChainEvents);
    if (!session.ok()) return session.status();
    best = std::min(best, session->best_s);
    if (session->run.profiled_s) over_s.push_back(*session->run.profiled_s - session->best_s);
    runs.push_back(std::move(session->run));
  }
  const MeasuredRun merged = MergeSessions(std::move(runs));
  double shown = 0;
  for (const MeasuredKernel& kernel : merged.kernels) shown += kernel.mean_s.value_or(kernel.seconds);
  const auto kernels = static_cast<double>(merged.kernels.size());
  return TrivialKernel{.operands = static_cast<double>(operands) + 1,
                       .shown_s = shown / kernels,
                       .taken_s = best / kernels,
                       .profiled_s = (best + Median(std::move(over_s))) / kernels};
}

absl::Status Measurer::MeasureProfiler() {
  constexpr int64_t kManyOperands = 6, kFewOperands = 2;
  const absl::StatusOr<TrivialKernel> few = MeasureChain(TrivialChain(kChainLength, 1), 1);
  if (!few.ok()) return few.status();
  const absl::StatusOr<TrivialKernel> many = MeasureChain(TrivialChain(kChainLength, kManyOperands), kManyOperands);
  if (!many.ok()) return many.status();
  profiler_ = CostOfProfiler(*few, *many);
  // As many operands as those of the chains that follow.
  const absl::StatusOr<TrivialKernel> trivial = MeasureChain(TrivialChain(kChainLength, kFewOperands), kFewOperands);
  if (!trivial.ok()) return trivial.status();
  profiler_.cold = {{kTrivialBytes, 0}};
  for (const Displacing& row : kDisplacing) {
    const absl::StatusOr<TrivialKernel> chain = MeasureChain(DisplacingChain(row.length, row.floats), kFewOperands);
    if (!chain.ok()) return chain.status();
    const double bytes = 2.0 * sizeof(float) * static_cast<double>(row.floats);  // a weight and a result
    ColdCost cold = ExtraOfProfiler(bytes, chain->profiled_s, chain->taken_s, *trivial, profiler_);
    cold.extra_s = std::max(cold.extra_s, profiler_.cold.back().extra_s);  // no cache forgets less for more
    profiler_.cold.push_back(cold);
  }
  return absl::OkStatus();
}

absl::StatusOr<Measurer::Reference> Measurer::MakeReference(int64_t rows, int64_t side, int runs) const {
  absl::StatusOr<PreparedModel> model = PrepareMade(library_, request_, Product(rows, side));
  if (!model.ok()) return model.status();
  Reference reference{.model = std::make_shared<PreparedModel>(*std::move(model)), .runs = runs};
  absl::StatusOr<OrtSession> session = reference.model->Open(false);
  if (!session.ok()) return session.status();
  reference.session = std::make_shared<OrtSession>(*std::move(session));
  for (int i = 0; i < kFirstReferences; ++i) {
    if (absl::StatusOr<double> first = Time(reference); !first.ok()) return first.status();
  }
  return reference;
}

absl::StatusOr<double> Measurer::BestOf(OrtSession& session, int runs) const {
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < runs; ++i) {
    const double begin = RunClock();
    if (absl::Status status = session.Run(); !status.ok()) return status;
    best = std::min(best, RunClock() - begin);
  }
  return best;
}

absl::StatusOr<double> Measurer::Time(Reference& reference) const {
  const absl::StatusOr<double> best = BestOf(*reference.session, reference.runs);
  if (best.ok()) reference.speed.Add(*best);
  return best;
}

absl::StatusOr<Measurer::Slow> Measurer::TimeReferences(Beside& beside) {
  const absl::StatusOr<double> product = Time(product_);
  if (!product.ok()) return product.status();
  const absl::StatusOr<double> memory = Time(memory_);
  if (!memory.ok()) return memory.status();
  beside.product.Add(*product);
  beside.memory.Add(*memory);
  return Slow{.product = product_.speed.IsSlow(*product), .memory = memory_.speed.IsSlow(*memory)};
}

// A session on a slower machine is repeated, and kept: no minimum is the worse for it.
absl::Status Measurer::MeasureSessions(const PreparedModel& model, std::vector<Session>& sessions, Measured& measured,
                                       Beside& beside) {
  for (int counted = 0; counted < options_.sessions;) {
    const absl::StatusOr<Slow> before = TimeReferences(beside);
    if (!before.ok()) return before.status();
    absl::StatusOr<Session> session = MeasureSession(model, options_.least_s, kMostEvents);
    if (!session.ok()) return session.status();
    const absl::StatusOr<Slow> after = TimeReferences(beside);
    if (!after.ok()) return after.status();
    sessions.push_back(*std::move(session));
    const bool memory = LeavesCaches(sessions.back().run) && (before->memory || after->memory);
    if ((before->product || after->product || memory) && measured.repeated < kMostRepeats) {
      ++measured.repeated;
    } else {
      ++counted;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Measured> Measurer::Measure(const Graph& graph, const Graph* other_binding) {
  const MachineState before = ReadState();
  absl::StatusOr<PreparedModel> model = PreparedModel::Make(library_, graph, request_);
  if (!model.ok()) return model.status();
  Measured measured;
  std::vector<Session> sessions;
  Beside beside;
  if (absl::Status status = MeasureSessions(*model, sessions, measured, beside); !status.ok()) return status;

  std::vector<MeasuredRun> runs;
  double best = std::numeric_limits<double>::infinity(), flushed = best;
  for (Session& session : sessions) {
    best = std::min(best, session.best_s);
    flushed = std::min(flushed, session.flushed_s.value_or(flushed));
    runs.push_back(std::move(session.run));
  }
  measured.run = MergeSessions(std::move(runs));
  measured.noise = NoiseOf(measured.run);
  measured.sessions = options_.sessions;
  measured.held_back_bytes = scattered_.bytes();
  MeasuredRun& run = measured.run;
  run.end_to_end_s = best;
  run.reference_s = beside.product.usual_s();
  if (LeavesCaches(run)) run.memory_reference_s = beside.memory.usual_s();
  if (TakesOffProfiler()) {
    measured.added_up = TakeOffProfiler(profiler_, run);
  } else {
    run.profiled = run.launches_only;
  }
  run.facts.machine = machine_;
  run.facts.date = Today();
  measured.join = JoinModel(graph, run, {.other_binding = other_binding});
  const MachineState after = ReadState();
  measured.seconds = after.wall_s - before.wall_s;
  for (std::string& text : Disturbances(before, after)) run.notes.push_back({NoteKind::kProfile, std::move(text), ""});
  if (std::string text = DenormalNote(best, flushed); !text.empty()) {
    run.notes.push_back({NoteKind::kProfile, std::move(text), ""});
  }
  if (measured.repeated > 0) {
    run.notes.push_back({NoteKind::kProfile,
                         absl::StrCat("sessions repeated, because products of fixed size took longer than usual "
                                      "beside them: ",
                                      measured.repeated),
                         ""});
  }
  return measured;
}

}  // namespace opcost
