// What the shell learns. One place decides which error is whose fault.
#ifndef OPCOST_CLI_EXIT_CODE_H_
#define OPCOST_CLI_EXIT_CODE_H_

#include "absl/status/status.h"

namespace opcost {

inline constexpr int kExitOk = 0;
inline constexpr int kExitCheckFailed = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitBadInput = 3;
inline constexpr int kExitIncomplete = 4;
inline constexpr int kExitInternal = 5;

// Marks an error as the command line's: a flag that is malformed, a name that does not exist.
absl::Status Usage(absl::Status status);
// The same for NotFound only: names that a flag gives are looked up where file contents are read as well.
absl::Status UsageIfNotFound(absl::Status status);
// 2 for marked errors, 5 for Internal and Unknown, else 3: a file that is missing, unreadable or wrong.
int ExitCodeOf(const absl::Status& status);

}  // namespace opcost

#endif  // OPCOST_CLI_EXIT_CODE_H_
