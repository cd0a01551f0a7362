// Words for messages: the nearest valid name, quoting, and file reading with an error of the house form.
#ifndef OPCOST_BASE_TEXT_H_
#define OPCOST_BASE_TEXT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace opcost {

// The candidate with the smallest edit distance to `name` (case-insensitive), or "" when none is near enough to help
// (distance above max(2, length / 3)).
std::string NearestName(absl::string_view name, absl::Span<const std::string> candidates);

// "; did you mean 'conv2d'?" or "" when nothing is near.
std::string DidYouMean(absl::string_view name, absl::Span<const std::string> candidates);

}  // namespace opcost

#endif  // OPCOST_BASE_TEXT_H_
