#include <array>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/output.h"

namespace opcost {
namespace {

// The script asks the program for its commands, flags and targets, so it holds none that could be out of date.
constexpr const char* kBash = R"sh(# opcost completion for bash: source <(opcost completion bash)
_opcost() {
  local program=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  local first=${COMP_WORDS[1]} command words
  case $first in
    hw | ops) command="$first ${COMP_WORDS[2]}" ;;
    *) command=$first ;;
  esac
  case $before in
    --hw) words="all $("$program" hw list --format csv -q 2>/dev/null | tail -n +2 | cut -d, -f1)" ;;
    --format) words="table json jsonl csv tsv md" ;;
    --precision) words="fp64 fp32 fp16 bf16 fp8 int8" ;;
    --color) words="always never auto" ;;
    --units) words="si iec raw" ;;
    --group-by) words="pattern op block scope dtype bound" ;;
    *)
      if [[ $COMP_CWORD -eq 2 && ($first = hw || $first = ops) ]]; then
        words=$("$program" -h 2>/dev/null | sed -n "s/^  $first \([a-z]*\) .*/\1/p")
      elif [[ $word = -* ]]; then
        # Of a model without a command: those of analyze.
        words=$({ "$program" $command -h || "$program" analyze -h; } 2>/dev/null | sed -n 's/^  \(-[^ ]*\).*/\1/p')
        words=${words//,/ }
      elif [[ $COMP_CWORD -eq 1 ]]; then
        words=$("$program" -h 2>/dev/null | sed -n 's/^  \([a-z]*\) .*/\1/p' | sort -u)
      fi
      ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _opcost opcost
)sh";

constexpr const char* kZshPrefix = R"sh(# opcost completion for zsh: source <(opcost completion zsh)
autoload -U +X bashcompinit && bashcompinit
)sh";

constexpr const char* kFish = R"sh(# opcost completion for fish: opcost completion fish | source
function __opcost_flags
  set -l words (commandline -opc)
  set -l command $words[2]
  contains -- "$command" hw ops; and set command $words[2..3]
  begin
    opcost $command -h; or opcost analyze -h
  end 2>/dev/null | string match -gr '^  (-[^ ]*)' | string split ,
end
function __opcost_word
  test (count (commandline -opc)) -eq $argv[1]
end
complete -c opcost -n '__opcost_word 1' -a "(opcost -h | string match -gr '^  ([a-z]+) ')"
complete -c opcost -n '__opcost_word 2; and __fish_seen_subcommand_from hw' -a 'list show check'
complete -c opcost -n '__opcost_word 2; and __fish_seen_subcommand_from ops' -a list
complete -c opcost -n "string match -q -- '-*' (commandline -ct)" -a '(__opcost_flags)'
complete -c opcost -l hw -x -a "all (opcost hw list --format csv -q | tail -n +2 | string split -f1 ,)"
complete -c opcost -l format -x -a 'table json jsonl csv tsv md'
complete -c opcost -l precision -x -a 'fp64 fp32 fp16 bf16 fp8 int8'
)sh";

const CommandHelp& Help() {
  static const auto* const kHelp =
      new CommandHelp{"opcost completion", "A script that completes commands, flags and targets in a shell.",
                      "source <(opcost completion bash)\nopcost completion fish | source", CommonDetails()};
  return *kHelp;
}

}  // namespace

int RunCompletion(const Words& words) {
  std::string shell;
  const std::vector<std::string> shells = {"bash", "zsh", "fish"};
  const std::vector<Argument> arguments = {{"shell", "SHELL", "bash, zsh or fish", &shell}};
  if (const auto exit = ParseArguments(Help(), arguments, words); exit) return *exit;
  std::string script;
  if (shell == "bash") script = kBash;
  if (shell == "zsh") script = absl::StrCat(kZshPrefix, kBash);
  if (shell == "fish") script = kFish;
  if (script.empty()) {
    return Fail(
        Usage(absl::InvalidArgumentError(absl::StrCat("completion: '", shell, "' is no shell that it knows; expected ",
                                                      absl::StrJoin(shells, ", "), DidYouMean(shell, shells)))));
  }
  const absl::Status status = WriteStdout(script);
  return status.ok() ? kExitOk : Fail(status);
}

}  // namespace opcost
