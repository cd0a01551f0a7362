// Gzip, the whole file at once.
#ifndef OPCOST_COSTING_CALIBRATION_GZIP_H_
#define OPCOST_COSTING_CALIBRATION_GZIP_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace opcost {

bool IsGzip(absl::string_view bytes);
// InvalidArgument (without a path) for broken data and for more than `limit` bytes of output.
absl::StatusOr<std::string> Gunzip(absl::string_view bytes, size_t limit);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_GZIP_H_
