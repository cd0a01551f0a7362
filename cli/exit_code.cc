#include "cli/exit_code.h"

#include "absl/strings/cord.h"

namespace opcost {
namespace {
constexpr const char* kPayload = "opcost.usage";
}

absl::Status Usage(absl::Status status) {
  if (!status.ok()) status.SetPayload(kPayload, absl::Cord("1"));
  return status;
}

absl::Status UsageIfNotFound(absl::Status status) {
  return absl::IsNotFound(status) ? Usage(std::move(status)) : status;
}

int ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return kExitOk;
  if (status.GetPayload(kPayload).has_value()) return kExitUsage;
  if (absl::IsInternal(status) || absl::IsUnknown(status)) return kExitInternal;
  return kExitBadInput;
}

}  // namespace opcost
