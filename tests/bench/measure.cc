#include "measure.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <limits>

namespace opcost::bench {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// `child` never returns when it succeeds in becoming another program; what it returns is the exit status. It writes a
// time of its own to `report`, or none.
void Run(const std::function<int(int report)>& child, Measured& measured) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return;
  const Clock::time_point start = Clock::now();
  const pid_t pid = fork();
  if (pid == 0) _exit(child(ends[1]));
  close(ends[1]);
  double seconds = 0;
  const bool reported = read(ends[0], &seconds, sizeof(seconds)) == sizeof(seconds);
  close(ends[0]);
  int status = 0;
  rusage usage = {};
  measured.ok =
      measured.ok && pid > 0 && wait4(pid, &status, 0, &usage) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (!reported) seconds = SecondsSince(start);
  constexpr double kKib = 1024;
  measured.seconds = std::min(measured.seconds, seconds);
  measured.peak_bytes = std::max(measured.peak_bytes, static_cast<double>(usage.ru_maxrss) * kKib);
}

Measured Repeat(int runs, const std::function<int(int report)>& child) {
  Measured measured{std::numeric_limits<double>::infinity(), 0, true};
  for (int i = 0; i < runs; ++i) Run(child, measured);
  return measured;
}

}  // namespace

Measured InChild(int runs, const std::function<bool()>& work) {
  return Repeat(runs, [&](int report) {
    const Clock::time_point start = Clock::now();
    const bool ok = work();
    const double seconds = SecondsSince(start);
    return ok && write(report, &seconds, sizeof(seconds)) == sizeof(seconds) ? 0 : 1;
  });
}

Measured Program(int runs, const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  return Repeat(runs, [&](int) {
    const int nowhere = open("/dev/null", O_RDWR);
    dup2(nowhere, STDIN_FILENO);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    execv(arguments[0], arguments.data());
    return 127;
  });
}

}  // namespace opcost::bench
