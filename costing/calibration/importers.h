// The entry points of the importers, one pair a format. For the table in importer.cc and for tests.
#ifndef OPCOST_COSTING_CALIBRATION_IMPORTERS_H_
#define OPCOST_COSTING_CALIBRATION_IMPORTERS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "costing/calibration/importer.h"

namespace opcost {

bool RecognisesKernelTable(const ImportFile& file);
absl::StatusOr<std::vector<MeasuredRun>> ImportKernelTable(const ImportFile& file);
absl::Span<const absl::string_view> KernelTableLosses();

bool RecognisesOrtProfile(const ImportFile& file);
absl::StatusOr<std::vector<MeasuredRun>> ImportOrtProfile(const ImportFile& file);
absl::Span<const absl::string_view> OrtProfileLosses();

bool RecognisesSubgraphTable(const ImportFile& file);
absl::StatusOr<std::vector<MeasuredRun>> ImportSubgraphTable(const ImportFile& file);
absl::Span<const absl::string_view> SubgraphTableLosses();

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_IMPORTERS_H_
