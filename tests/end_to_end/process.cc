#include "process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace opcost {
namespace {

struct Pipe {
  int read = -1, write = -1;
  Pipe() {
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) == 0) {
      read = fds[0];
      write = fds[1];
    }
  }
};

[[noreturn]] void Become(const Process& process, int in, int out, int err) {
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  std::signal(SIGPIPE, SIG_DFL);
  if (!process.folder.empty() && chdir(process.folder.c_str()) != 0) _exit(127);
  std::vector<std::string> words = {OPCOST_PROGRAM};
  words.insert(words.end(), process.arguments.begin(), process.arguments.end());
  std::vector<char*> argv, envp;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::vector<std::string> settings;
  for (const auto& [name, value] : process.environment) settings.push_back(name + "=" + value);
  for (std::string& setting : settings) envp.push_back(setting.data());
  envp.push_back(nullptr);
  execve(OPCOST_PROGRAM, argv.data(), envp.data());
  _exit(127);
}

// Reads until both ends are closed, or the reader of standard output has enough.
void Drain(const Process& process, int out, int err, Outcome& outcome) {
  pollfd fds[2] = {{out, POLLIN, 0}, {err, POLLIN, 0}};
  std::string* texts[2] = {&outcome.out, &outcome.err};
  char buffer[1 << 14];
  while (fds[0].fd >= 0 || fds[1].fd >= 0) {
    if (poll(fds, 2, -1) < 0) break;
    for (int i = 0; i < 2; ++i) {
      if (fds[i].fd < 0 || fds[i].revents == 0) continue;
      const size_t wanted = i == 0 && process.read_at_most > 0 ? process.read_at_most : sizeof buffer;
      const ssize_t n = read(fds[i].fd, buffer, std::min(wanted, sizeof buffer));
      if (n > 0) texts[i]->append(buffer, static_cast<size_t>(n));
      const bool enough = i == 0 && process.read_at_most > 0 && outcome.out.size() >= process.read_at_most;
      if (n <= 0 || enough) {
        close(fds[i].fd);
        fds[i].fd = -1;
      }
    }
  }
}

}  // namespace

bool CanOpenTerminal() {
  const int fd = posix_openpt(O_RDWR | O_NOCTTY);
  if (fd < 0) return false;
  const bool usable = grantpt(fd) == 0 && unlockpt(fd) == 0;
  close(fd);
  return usable;
}

Outcome Execute(const Process& process) {
  const std::string input = TestFolder() + "/standard_input";
  WriteFile(input, process.input);
  const int in = open(input.c_str(), O_RDONLY | O_CLOEXEC);
  Pipe out, err;
  if (process.terminal_columns > 0) {
    winsize size{};
    size.ws_col = static_cast<unsigned short>(process.terminal_columns);
    size.ws_row = 24;
    close(out.read);
    close(out.write);
    openpty(&out.read, &out.write, nullptr, nullptr, &size);
  }
  const pid_t child = fork();
  if (child == 0) Become(process, in, out.write, err.write);
  close(in);
  close(out.write);
  close(err.write);
  Outcome outcome;
  Drain(process, out.read, err.read, outcome);
  int status = 0;
  waitpid(child, &status, 0);
  outcome.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

Outcome Execute(std::vector<std::string> arguments) { return Execute(Process{.arguments = std::move(arguments)}); }

std::string TestFolder() {
  const auto* info = testing::UnitTest::GetInstance()->current_test_info();
  const std::string name = info == nullptr ? "none" : std::string(info->test_suite_name()) + "." + info->name();
  static std::string made;
  const std::string folder = testing::TempDir() + "opcost_" + std::to_string(getpid()) + "/" + name;
  if (made != name) std::filesystem::remove_all(folder);
  made = name;
  std::filesystem::create_directories(folder);
  return folder;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void WriteFile(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

}  // namespace opcost
