// The entry points of the importers, a few a format. For the table in importer.cc and for tests.
#ifndef OPCOST_COSTING_CALIBRATION_IMPORTERS_H_
#define OPCOST_COSTING_CALIBRATION_IMPORTERS_H_

#include <string>
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

bool RecognisesSavedRun(const ImportFile& file);
absl::StatusOr<std::vector<MeasuredRun>> ImportSavedRun(const ImportFile& file);

bool RecognisesSubgraphTable(const ImportFile& file);
absl::StatusOr<std::vector<MeasuredRun>> ImportSubgraphTable(const ImportFile& file);
absl::Span<const absl::string_view> SubgraphTableLosses();

bool RecognisesOpenVino(const ImportFile& file);
absl::StatusOr<std::vector<MeasuredRun>> ImportOpenVino(const ImportFile& file);
absl::Span<const absl::string_view> OpenVinoLosses();
std::vector<std::string> OpenVinoBeside(absl::string_view path);

bool RecognisesPlainCsv(const ImportFile& file);
absl::StatusOr<std::vector<MeasuredRun>> ImportPlainCsv(const ImportFile& file);
absl::Span<const absl::string_view> PlainCsvLosses();

bool RecognisesTensorRt(const ImportFile& file);
absl::StatusOr<std::vector<MeasuredRun>> ImportTensorRt(const ImportFile& file);
absl::Span<const absl::string_view> TensorRtLosses();
std::vector<std::string> TensorRtBeside(absl::string_view path);

bool RecognisesTfLite(const ImportFile& file);
absl::StatusOr<std::vector<MeasuredRun>> ImportTfLite(const ImportFile& file);
absl::Span<const absl::string_view> TfLiteLosses();

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_IMPORTERS_H_
