#include "costing/calibration/kernel_rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "costing/calibration/json_fields.h"

namespace opcost {
namespace {

constexpr double kMicro = 1e-6;
constexpr std::array<absl::string_view, 2> kPasses = {"p1", "p2"};

Attribute ReadAttribute(const std::string& name, const nlohmann::json& value) {
  Attribute attribute;
  attribute.name = name;
  // {"float": 1}: a number that is no integer although it looks like one.
  if (const nlohmann::json* one = Member(value, "float"); one != nullptr && one->is_number()) {
    attribute.kind = Attribute::Kind::kFloat;
    attribute.f = one->get<double>();
    return attribute;
  }
  if (const nlohmann::json* list = Member(value, "floats"); list != nullptr && list->is_array()) {
    attribute.kind = Attribute::Kind::kFloats;
    for (const nlohmann::json& f : *list) attribute.floats.push_back(f.is_number() ? f.get<double>() : 0);
    return attribute;
  }
  if (value.is_number_integer() || value.is_boolean()) {
    attribute.kind = Attribute::Kind::kInt;
    attribute.i = value.get<int64_t>();
  } else if (value.is_number()) {
    attribute.kind = Attribute::Kind::kFloat;
    attribute.f = value.get<double>();
  } else if (value.is_string()) {
    attribute.kind = Attribute::Kind::kString;
    attribute.s = value.get<std::string>();
  } else if (value.is_array()) {
    const auto all = [&](auto is) { return std::all_of(value.begin(), value.end(), is); };
    if (all([](const nlohmann::json& v) { return v.is_number_integer(); })) {
      attribute.kind = Attribute::Kind::kInts;
      attribute.ints = value.get<std::vector<int64_t>>();
    } else if (all([](const nlohmann::json& v) { return v.is_number(); })) {
      attribute.kind = Attribute::Kind::kFloats;
      attribute.floats = value.get<std::vector<double>>();
    } else if (all([](const nlohmann::json& v) { return v.is_string(); })) {
      attribute.kind = Attribute::Kind::kStrings;
      attribute.strings = value.get<std::vector<std::string>>();
    }
  }
  return attribute;
}

// The runtime shows neither omitted operands nor weights that it has packed; `inits` has one entry a slot: the shape of
// a stored weight, "input" for what the caller hands to the model, or null. Weights that are shown are matched by
// shape. Where a slot stays open and operands are left over, a blocked Conv with a residual input has no bias (rank 1
// is a bias, rank 4 a residual).
void AlignInputs(const nlohmann::json& shown, const nlohmann::json& inits, MeasuredKernel& kernel) {
  std::vector<MeasuredTensor> left;
  for (const nlohmann::json& item : shown) left.push_back(ReadTypeShape(item));
  size_t next = 0;
  for (size_t slot = 0; slot < inits.size(); ++slot) {
    const std::optional<std::vector<int64_t>> weight = Extents(inits[slot]);
    MeasuredTensor tensor;
    if (weight && (next == left.size() || left[next].dims != *weight)) {
      tensor.dims = *weight;  // packed away
    } else if (next == left.size()) {
      tensor.is_present = false;
    } else if (!weight && slot == 2 && absl::EndsWith(kernel.op_type, "Conv") && left[next].dims.size() > 1 &&
               inits.size() - slot > left.size() - next) {
      tensor.is_present = false;
    } else {
      tensor = left[next++];
    }
    tensor.is_constant = weight.has_value();
    tensor.is_input = inits[slot] == "input";
    kernel.inputs.push_back(std::move(tensor));
  }
  for (; next < left.size(); ++next) kernel.inputs.push_back(left[next]);
}

struct Pass {
  double min_us = 0, median_us = 0;
  int64_t n = 0;
};

// nullopt when the row lacks the pass.
absl::StatusOr<std::optional<Pass>> ReadPass(const nlohmann::json& row, absl::string_view key,
                                             const std::string& where) {
  const nlohmann::json* value = Member(row, key);
  if (value == nullptr || value->is_null()) return std::optional<Pass>();
  const bool good = value->is_array() && value->size() == 3 &&
                    std::all_of(value->begin(), value->end(), [](const nlohmann::json& v) { return v.is_number(); });
  if (!good) return absl::InvalidArgumentError(absl::StrCat(where, ": ", key, ", expected [min, median, runs] in µs"));
  Pass pass{(*value)[0].get<double>(), (*value)[1].get<double>(), (*value)[2].get<int64_t>()};
  if (!(pass.min_us >= 0) || !std::isfinite(pass.min_us) || pass.median_us < pass.min_us || pass.n < 1) {
    return absl::InvalidArgumentError(absl::StrCat(where, ": ", key, " = [", pass.min_us, ", ", pass.median_us, ", ",
                                                   pass.n, "], expected 0 <= min <= median and at least one run"));
  }
  return std::optional<Pass>(pass);
}

absl::Status ReadTimes(const nlohmann::json& row, const std::string& where, MeasuredKernel& kernel) {
  std::vector<Pass> passes;
  for (absl::string_view key : kPasses) {
    absl::StatusOr<std::optional<Pass>> pass = ReadPass(row, key, where);
    if (!pass.ok()) return pass.status();
    if (*pass) passes.push_back(**pass);
  }
  if (passes.empty()) return absl::InvalidArgumentError(absl::StrCat(where, ": no time, expected p1 or p2"));
  double low = passes[0].min_us, high = passes[0].min_us, median = passes[0].median_us;
  for (const Pass& pass : passes) {
    low = std::min(low, pass.min_us);
    high = std::max(high, pass.min_us);
    median = std::min(median, pass.median_us);
    kernel.repeats += pass.n;
  }
  kernel.seconds = low * kMicro;
  kernel.median_seconds = median * kMicro;
  kernel.spread = low > 0 ? high / low - 1 : 0;
  return absl::OkStatus();
}

// Amounts in place of shapes.
std::optional<SourceCounts> ReadCounts(const nlohmann::json& row) {
  const nlohmann::json* counts = Member(row, "counts");
  if (counts == nullptr || !counts->is_object()) return std::nullopt;
  const auto number = [&](absl::string_view key) {
    const nlohmann::json* value = Member(*counts, key);
    return value != nullptr && value->is_number() ? value->get<double>() : 0.0;
  };
  return SourceCounts{number("flops"), number("weight_bytes"), number("activation_bytes")};
}

}  // namespace

absl::StatusOr<MeasuredKernel> ReadKernelRow(const nlohmann::json& row, const std::string& where) {
  MeasuredKernel kernel;
  kernel.name = TextOr(row, "name", "");
  kernel.op_type = TextOr(row, "op", "");
  kernel.domain = TextOr(row, "domain", "");
  if (kernel.op_type.empty()) return absl::InvalidArgumentError(absl::StrCat(where, ": no operator, expected \"op\""));
  kernel.is_conversion = kernel.domain == "com.microsoft.nchwc" && absl::StartsWith(kernel.op_type, "Reorder");
  if (const nlohmann::json* attributes = Member(row, "attrs"); attributes != nullptr && attributes->is_object()) {
    for (const auto& [name, value] : attributes->items()) kernel.attributes.push_back(ReadAttribute(name, value));
  }
  const nlohmann::json none = nlohmann::json::array();
  const nlohmann::json* ins = Member(row, "ins");
  const nlohmann::json* inits = Member(row, "inits");
  AlignInputs(ins != nullptr && ins->is_array() ? *ins : none, inits != nullptr && inits->is_array() ? *inits : none,
              kernel);
  if (const nlohmann::json* outs = Member(row, "outs"); outs != nullptr && outs->is_array()) {
    for (const nlohmann::json& item : *outs) kernel.outputs.push_back(ReadTypeShape(item));
  }
  kernel.counts = ReadCounts(row);
  if (kernel.outputs.empty() && !kernel.counts) {
    return absl::InvalidArgumentError(absl::StrCat(where, ": no output shapes, expected \"outs\""));
  }
  if (absl::Status status = ReadTimes(row, where, kernel); !status.ok()) return status;
  return kernel;
}

absl::Status ReadBestRun(const nlohmann::json& document, absl::string_view key, const std::string& path,
                         std::optional<double>& best) {
  const nlohmann::json* list = Member(document, key);
  if (list == nullptr || !list->is_array()) return absl::OkStatus();
  for (const nlohmann::json& pass : *list) {
    const nlohmann::json* value = Member(pass, "min_us");
    if (value == nullptr || !value->is_number() || !(value->get<double>() > 0)) {
      return absl::InvalidArgumentError(absl::StrCat(path, ": ", key, ", expected min_us > 0"));
    }
    const double seconds = value->get<double>() * kMicro;
    best = best ? std::min(*best, seconds) : seconds;
  }
  return absl::OkStatus();
}

}  // namespace opcost
