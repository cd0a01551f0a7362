// Symbols that have to be equal: two names for one extent, such as 'batch' and 'batch_size'.
#ifndef OPCOST_FRONTEND_MEETING_SYMBOLS_H_
#define OPCOST_FRONTEND_MEETING_SYMBOLS_H_

#include <string>
#include <vector>

#include "frontend/instantiate.h"

namespace opcost::internal {

// A node that joins an extent of one name with one of another, where only equal extents fit. Either may be an
// expression ("past + seq").
struct SymbolMeeting {
  std::string a, b;
  std::string op_type;
  std::string where;  // the node's label
};

// Every pair of the symbols that are bound, or of sums of them, once. Found by inferring the file with each symbol
// bound to a prime of its own, so that what meets can be told apart even where the symbols have the same value or none.
// The result does not depend on the bindings. `in` comes bound and not inferred, and is left so. Costs an inference or
// two.
std::vector<SymbolMeeting> FindMeetings(Instantiation& in);

// Notes what the user has to know of them under these bindings.
void NoteMeetings(Instantiation& in, const std::vector<SymbolMeeting>& meetings);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_MEETING_SYMBOLS_H_
