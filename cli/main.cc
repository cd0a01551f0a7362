#include <csignal>
#include <exception>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/output.h"

int main(int argc, char** argv) {
  // A reader that leaves early shows up as EPIPE.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return opcost::Run(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const std::exception& e) {
    // Nothing here throws on purpose; this is memory that ran out, or a mistake of ours.
    opcost::PrintError(absl::StrCat("internal error: ", e.what()));
    return opcost::kExitInternal;
  }
}
