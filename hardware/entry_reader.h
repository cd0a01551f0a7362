// Reading one [pattern.NAME.PRECISION] or [kernel.NAME.PRECISION]: what read_pattern.cc and read_time_form.cc share.
#ifndef OPCOST_HARDWARE_ENTRY_READER_H_
#define OPCOST_HARDWARE_ENTRY_READER_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "hardware/draft.h"
#include "hardware/fields.h"

namespace opcost {

// What the parts of one entry need to know.
struct EntryReader {
  const Fields& fields;
  const ReadContext& context;
  DraftEntry& entry;

  // A problem at the entry's own key.
  void Complain(absl::string_view key, absl::string_view what) const { fields.Complain(key, what); }

  // A required name of an amount; nullopt after a problem.
  std::optional<Metric> ReadMetric(absl::string_view key) const {
    const std::optional<std::string> name = fields.Text(key, /*required=*/true);
    if (!name) return std::nullopt;
    absl::StatusOr<Metric> metric = ParseMetric(*name);
    if (metric.ok()) return *metric;
    Complain(key, metric.status().message());
    return std::nullopt;
  }

  // A value of the entry's own that is a coefficient: "conv2d.fp32.overlap".
  std::optional<Coefficient> ReadOwn(absl::string_view key, Coefficient shape) const {
    const DocMember* member = fields.Get(key);
    if (member == nullptr) return std::nullopt;
    shape.key = absl::StrCat(entry.key, ".", key);
    return ReadCoefficient(*member, fields.Path(key), std::move(shape), context);
  }
};

// read_time_form.cc: launch_s and terms, into the entry.
void ReadTimeForm(const EntryReader& reader);

}  // namespace opcost

#endif  // OPCOST_HARDWARE_ENTRY_READER_H_
