#include "costing/calibration/runtime/machine_state.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace opcost {
namespace {

namespace fs = std::filesystem;

// What goes on beside it without being worth a word.
constexpr double kOthersBusy = 0.05;   // processors
constexpr double kStolen = 0.02;       // of the time
constexpr double kClockChange = 0.05;  // relative

// "cpu  user nice system idle iowait irq softirq steal …", in ticks.
void ReadTicks(const fs::path& path, MachineState& state) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  std::istringstream words(line);
  std::string name;
  double user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, soft = 0, steal = 0;
  words >> name >> user >> nice >> system >> idle >> wait >> irq >> soft >> steal;
  const double ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  state.busy_s = (user + nice + system + irq + soft) / ticks;
  state.stolen_s = steal / ticks;
}

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

void ReadSwaps(const fs::path& path, MachineState& state) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!absl::StartsWith(line, "pswpin ") && !absl::StartsWith(line, "pswpout ")) continue;
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    int64_t pages = 0;
    if (words.size() == 2 && absl::SimpleAtoi(words[1], &pages)) state.swapped += pages;
  }
}

double ReadClock(const fs::path& root) {
  double kilohertz = 0;
  if (std::ifstream file(root / "sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq"); file >> kilohertz) {
    return kilohertz * 1e3;
  }
  std::ifstream file(root / "proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (!absl::StartsWith(line, "cpu MHz")) continue;
    double megahertz = 0;
    const std::vector<std::string> parts = absl::StrSplit(line, ':');
    return parts.size() == 2 && absl::SimpleAtod(parts[1], &megahertz) ? megahertz * 1e6 : 0;
  }
  return 0;
}

}  // namespace

MachineState ReadState(const std::string& root) {
  MachineState state;
  ReadTicks(fs::path(root) / "proc/stat", state);
  ReadSwaps(fs::path(root) / "proc/vmstat", state);
  state.clock_hz = ReadClock(root);
  rusage own{};
  getrusage(RUSAGE_SELF, &own);
  state.own_s = Seconds(own.ru_utime) + Seconds(own.ru_stime);
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  state.wall_s = std::chrono::duration<double>(now).count();
  return state;
}

std::vector<std::string> Disturbances(const MachineState& before, const MachineState& after) {
  std::vector<std::string> notes;
  const double wall = after.wall_s - before.wall_s;
  if (!(wall > 0)) return notes;
  const double others = (after.busy_s - before.busy_s - (after.own_s - before.own_s)) / wall;
  if (others > kOthersBusy) {
    notes.push_back(absl::StrFormat("busy machine: other processes took %.1f processors meanwhile", others));
  }
  const double stolen = (after.stolen_s - before.stolen_s) / wall;
  if (stolen > kStolen) {
    notes.push_back(absl::StrFormat("the host of this virtual machine took %.0f %% of the time", 100 * stolen));
  }
  if (after.swapped > before.swapped) {
    notes.push_back(absl::StrCat("the machine was swapping: ", after.swapped - before.swapped, " pages"));
  }
  if (before.clock_hz > 0 && after.clock_hz > 0) {
    const double low = std::min(before.clock_hz, after.clock_hz), high = std::max(before.clock_hz, after.clock_hz);
    if (high > (1 + kClockChange) * low) {
      notes.push_back(absl::StrFormat("the processor's clock changed from %.2f to %.2f GHz", before.clock_hz * 1e-9,
                                      after.clock_hz * 1e-9));
    }
  }
  return notes;
}

}  // namespace opcost
