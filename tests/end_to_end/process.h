// Running the program as a process: arguments, environment, standard input, and a terminal where one is wanted.
#ifndef OPCOST_TESTS_END_TO_END_PROCESS_H_
#define OPCOST_TESTS_END_TO_END_PROCESS_H_

#include <map>
#include <string>
#include <vector>

namespace opcost {

struct Process {
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment = {{"LC_ALL", "C.UTF-8"}};
  std::string input;
  std::string folder;        // working directory; "" is this one
  int terminal_columns = 0;  // > 0: standard output is a terminal of that width
  size_t read_at_most = 0;   // > 0: the reader leaves after so many bytes
};

struct Outcome {
  int exit = -1;  // 128 + n for signal n
  std::string out, err;
};

Outcome Execute(const Process& process);
// Whether this machine has pseudo terminals: a bare chroot without /dev/pts has none.
bool CanOpenTerminal();
// With nothing but arguments.
Outcome Execute(std::vector<std::string> arguments);

// A folder of its own for the running test, empty.
std::string TestFolder();
std::string ReadFile(const std::string& path);
void WriteFile(const std::string& path, const std::string& bytes);

// Serialises a model from ONNX's text form.
void WriteModel(const std::string& path, const std::string& text);

}  // namespace opcost

#endif  // OPCOST_TESTS_END_TO_END_PROCESS_H_
