// Ctrl-C as a question that long work asks itself.
#ifndef OPCOST_CLI_INTERRUPT_H_
#define OPCOST_CLI_INTERRUPT_H_

namespace opcost {

// From now on the first SIGINT or SIGTERM only makes Interrupted() true; the second ends the process as usual.
void CatchInterrupts();
bool Interrupted();

inline constexpr int kExitInterrupted = 130;

}  // namespace opcost

#endif  // OPCOST_CLI_INTERRUPT_H_
