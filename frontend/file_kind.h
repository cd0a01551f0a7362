// What a file looks like from its first bytes, for the message to somebody who gave the wrong one.
#ifndef OPCOST_FRONTEND_FILE_KIND_H_
#define OPCOST_FRONTEND_FILE_KIND_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace opcost::internal {

// How many bytes DescribeFile wants to see.
inline constexpr size_t kFileKindBytes = 512;

// "a ZIP archive (a PyTorch checkpoint?)", "a text file" …, or "" for bytes that look like nothing known.
absl::string_view DescribeFile(absl::string_view first_bytes);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_FILE_KIND_H_
