// The version of the program, from CMake's project(), and the commit it was built from.
#ifndef OPCOST_CLI_VERSION_H_
#define OPCOST_CLI_VERSION_H_

namespace opcost {

extern const char* const kVersion;
// "" when it was not built from a checkout.
extern const char* const kCommit;

}  // namespace opcost

#endif  // OPCOST_CLI_VERSION_H_
