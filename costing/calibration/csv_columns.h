// The columns of the plain table of measurements, and how a header names them.
//
// The first line that is no comment names the columns, in any order; a column that holds a quantity has its unit in
// parentheses behind its name ("time (µs)", "bytes (MiB)"). Exactly one of op and pattern must be there, and a time.
//
//   op          ONNX operator ("Conv", "com.microsoft::FusedMatMul"); inputs and outputs must be there, too
//   pattern     name of a pattern of subgraphs ("conv2d_act"); flops and bytes must be there, too
//   inputs      operands by slot, separated by blanks: 1x3x224x224, w:64x3x7x7 (a stored weight), - (left out),
//               int8:1x64 (an element type of its own); scalar is an operand without axes
//   outputs     likewise
//   attributes  separated by semicolons: strides=2 2; auto_pad=SAME_UPPER; alpha=0.01
//   flops       2 × multiply-accumulates + vector operations; (k), (M), (G)
//   bytes       read + written; (KiB), (MiB), (GiB), (KB), (MB), (GB)
//   weight_bytes  of them, stored weights; 0 where the column is missing
//   time        of one run, the best of the repeats; (s), (ms), (µs) or (us), (ns). "seconds" is "time (s)"
//   median      likewise, typical; as `time` where the column is missing
//   repeats     how often it was measured; 1 where the column is missing
//   precision   fp32, fp16, bf16, int8 …: element type of operands without one of their own
//   name        of the node in the model, or of nodes separated by " + "
//   network     several networks in one table
//
// Comments begin with "#". "# key: value" with machine, runtime, runtime_version, date, mode, precision, threads, batch
// or network says what holds for the whole file.
#ifndef OPCOST_COSTING_CALIBRATION_CSV_COLUMNS_H_
#define OPCOST_COSTING_CALIBRATION_CSV_COLUMNS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace opcost {

enum class CsvColumn : uint8_t {
  kOp,
  kPattern,
  kInputs,
  kOutputs,
  kAttributes,
  kFlops,
  kBytes,
  kWeightBytes,
  kTime,
  kMedian,
  kRepeats,
  kPrecision,
  kName,
  kNetwork,
  kCount,
};
absl::string_view Name(CsvColumn column);

struct CsvHeader {
  static constexpr size_t kMissing = static_cast<size_t>(-1);
  size_t columns = 0;
  std::array<size_t, static_cast<size_t>(CsvColumn::kCount)> position;  // kMissing where it is not there
  std::array<double, static_cast<size_t>(CsvColumn::kCount)> unit;      // of one in the table, in base units

  bool Has(CsvColumn column) const { return position[static_cast<size_t>(column)] != kMissing; }
};

// A line's fields; a field in double quotes may hold commas, and quotes when they are doubled.
std::vector<std::string> SplitCsv(absl::string_view line);

// InvalidArgument "where: …" for a column that is unknown (with the nearest), twice there, without a unit or missing.
absl::StatusOr<CsvHeader> ReadCsvHeader(const std::string& where, absl::string_view line);

// Whether the line could be such a header: it names a time, and an operator or a pattern.
bool IsCsvHeader(absl::string_view line);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_CSV_COLUMNS_H_
