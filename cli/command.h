// The program: a table of commands. Each has a file of its own.
#ifndef OPCOST_CLI_COMMAND_H_
#define OPCOST_CLI_COMMAND_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace opcost {

using Words = std::vector<std::string>;

// Runs the whole program; `arguments` without its name. Returns the exit code.
int Run(const Words& arguments);

// Each takes the words after its name and returns the exit code.
int RunAnalyze(const Words& words);
int RunExplain(const Words& words);
int RunSensitivity(const Words& words);
int RunDiff(const Words& words);
int RunCompare(const Words& words);
int RunHwList(const Words& words);
int RunHwShow(const Words& words);
int RunHwCheck(const Words& words);
int RunOpsList(const Words& words);
int RunSchema(const Words& words);
int RunCompletion(const Words& words);
int RunExecuted(const Words& words);
int RunMeasure(const Words& words);
int RunImport(const Words& words);
int RunCalibrate(const Words& words);
int RunValidate(const Words& words);
int RunHistory(const Words& words);
int RunGenerate(const Words& words);
int RunCurves(const Words& words);

// Reports an error and returns its exit code.
int Fail(const absl::Status& status);

}  // namespace opcost

#endif  // OPCOST_CLI_COMMAND_H_
