// Files of measurements in, MeasuredRun out: one small interface for every format.
//
// An importer is one file and one row of the table in importer.cc. It recognises its own files by their content, takes
// them or says where they are broken, and declares what its format cannot tell.
#ifndef OPCOST_COSTING_CALIBRATION_IMPORTER_H_
#define OPCOST_COSTING_CALIBRATION_IMPORTER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "costing/calibration/measurement.h"

namespace opcost {

// One file, unpacked.
struct ImportFile {
  std::string path;  // for messages and for the network's name
  std::string text;
  std::vector<ImportFile> beside;  // what the same tool wrote about the same run: layers, the executed graph
};

struct Importer {
  absl::string_view name;     // "onnxruntime-profile"
  absl::string_view formats;  // what it takes, in words
  // What the format cannot tell, one phrase each. Empty for what this program wrote: the runs carry their own notes.
  absl::Span<const absl::string_view> lost;
  bool (*recognises)(const ImportFile& file);
  // InvalidArgument "path: what, what was expected". Never an empty list.
  absl::StatusOr<std::vector<MeasuredRun>> (*import)(const ImportFile& file);
  // Files that the tool writes beside this one under its usual names; nullptr: none. They need not exist.
  std::vector<std::string> (*beside)(absl::string_view path) = nullptr;
};

absl::Span<const Importer> Importers();

// Reads a file, plain or gzip. NotFound when it cannot be opened, InvalidArgument when the compressed data is broken.
absl::StatusOr<ImportFile> ReadImportFile(const std::string& path);

// The importer that recognises the file; InvalidArgument lists the formats when none does.
absl::StatusOr<const Importer*> FindImporter(const ImportFile& file);

// Reads, recognises, imports; adds the importer's losses to each run's notes. `more`: files about the same run, besides
// those that lie under their usual names beside it.
absl::StatusOr<std::vector<MeasuredRun>> Import(const std::string& path, const std::vector<std::string>& more = {});

// Whether `path` is what some importer looks for beside one of `others`: layer information, a report.
bool IsBeside(const std::string& path, const std::vector<std::string>& others);

// Fills in what the runs lack; a fact that a run already has and that differs is an error naming the flag.
absl::Status ApplyFacts(const RunFacts& facts, std::vector<MeasuredRun>& runs);

// Merges the runs of one network, batch and precision that several files hold (best of the bests), drops exact
// duplicates with a note, and refuses runs of different machines, runtimes or thread counts in one set.
absl::StatusOr<std::vector<MeasuredRun>> MergeRuns(std::vector<MeasuredRun> runs);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_IMPORTER_H_
