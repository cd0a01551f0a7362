// Symbols that have to be equal: two names for one extent, such as 'batch' and 'batch_size'.
#ifndef OPCOST_FRONTEND_MEETING_SYMBOLS_H_
#define OPCOST_FRONTEND_MEETING_SYMBOLS_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "frontend/instantiate.h"

namespace opcost::internal {

// A node that joins an extent of one name with one of another, where only equal extents fit. Either may be an
// expression ("past + seq").
struct SymbolMeeting {
  std::string a, b;
  std::string op_type;
  std::string where;  // the node's label
};

// Every pair of these symbols, or of sums of them, once. Found by inferring the file with each symbol bound to a prime
// of its own, so that what meets can be told apart even where the symbols have the same value or none. Costs as much as
// an instantiation, or two.
std::vector<SymbolMeeting> FindMeetings(const ParsedModel& parsed, const std::vector<std::string>& symbols);

// FindMeetings, remembered: they do not depend on how the symbols are bound.
using MeetingFinder = absl::FunctionRef<const std::vector<SymbolMeeting>&(const std::vector<std::string>& symbols)>;
// Notes what the user has to know of them under these bindings. `find` is only called where two symbols are bound.
void NoteMeetings(Instantiation& in, MeetingFinder find);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_MEETING_SYMBOLS_H_
