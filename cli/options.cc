#include "cli/options.h"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/exit_code.h"

namespace opcost {
namespace {

absl::Status Malformed(absl::string_view flag, absl::string_view text, absl::string_view expected) {
  return Usage(absl::InvalidArgumentError(absl::StrCat(flag, " ", text, ": expected ", expected)));
}

// Where the name ends: at the last '=', else the last ':'.
size_t SplitPoint(absl::string_view text) {
  const size_t equals = text.rfind('=');
  return equals != absl::string_view::npos ? equals : text.rfind(':');
}

}  // namespace

absl::StatusOr<std::pair<std::string, std::vector<int64_t>>> ParseShape(absl::string_view text) {
  constexpr absl::string_view kExpected = "NAME=1x3x224x224 or NAME:1,3,224,224";
  const size_t split = SplitPoint(text);
  if (split == absl::string_view::npos || split == 0) return Malformed("--shape", text, kExpected);
  std::pair<std::string, std::vector<int64_t>> shape{std::string(text.substr(0, split)), {}};
  const absl::string_view extents = text.substr(split + 1);
  // Nothing after the name is a scalar.
  if (extents.empty()) return shape;
  for (const absl::string_view extent : absl::StrSplit(extents, absl::ByAnyChar("x,"))) {
    int64_t value = 0;
    if (!absl::SimpleAtoi(extent, &value) || value < 0) {
      return Malformed("--shape", text, absl::StrCat(kExpected, ", extents >= 0; '", extent, "' is none"));
    }
    shape.second.push_back(value);
  }
  return shape;
}

absl::Status ParseCounts(absl::string_view flag, absl::string_view text, std::map<std::string, int64_t>& values) {
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    const size_t equals = part.rfind('=');
    int64_t value = 0;
    if (equals == absl::string_view::npos || equals == 0 || !absl::SimpleAtoi(part.substr(equals + 1), &value) ||
        value < 0) {
      return Malformed(flag, text, "NAME=N[,NAME=N…] with whole numbers N >= 0");
    }
    const auto [at, inserted] = values.try_emplace(std::string(part.substr(0, equals)), value);
    if (!inserted && at->second != value) {
      return Usage(absl::InvalidArgumentError(
          absl::StrCat(flag, " ", text, ": '", at->first, "' is already ", at->second, "; expected each name once")));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::pair<std::string, double>> ParseSet(absl::string_view text) {
  const size_t equals = text.rfind('=');
  double value = 0;
  if (equals == absl::string_view::npos || equals == 0 || !absl::SimpleAtod(text.substr(equals + 1), &value) ||
      !std::isfinite(value)) {
    return Malformed("--set", text, "KEY=NUMBER, such as conv2d.efficiency=0.5");
  }
  return std::make_pair(std::string(text.substr(0, equals)), value);
}

absl::StatusOr<LoadOptions> ParseLoadOptions(const InputOptions& options) {
  LoadOptions load;
  load.data_dir = options.data_dir;
  for (const std::string& text : options.dims) {
    if (absl::Status status = ParseCounts("--dim", text, load.dims); !status.ok()) return status;
  }
  for (const std::string& text : options.trips) {
    if (absl::Status status = ParseCounts("--trip", text, load.trips); !status.ok()) return status;
  }
  for (const std::string& text : options.assumptions) {
    if (absl::Status status = ParseCounts("--assume", text, load.assume); !status.ok()) return status;
  }
  for (const std::string& text : options.shapes) {
    auto shape = ParseShape(text);
    if (!shape.ok()) return shape.status();
    if (!load.shapes.insert(*std::move(shape)).second) {
      return Malformed("--shape", text, "each input once");
    }
  }
  return load;
}

std::vector<Argument> InputArguments(InputOptions& options) {
  const std::vector<Argument> target = {
      {"--hw", "NAME[:MODE]", "target, or a path to its TOML file; repeatable", &options.targets},
      {"--precision", "NAME", "prices the float tensors as if cast: fp64, fp32, fp16, bf16, fp8, int8",
       &options.precision}};
  return Joined(
      {target,
       BindingArguments(options),
       {
           {"--set", "KEY=VALUE", "puts a layer on top of a coefficient; repeatable", &options.sets},
           {"--data-dir", "DIR", "folder of external data, for a model from standard input", &options.data_dir},
           {"--rules", "NAME", "fusion rule set in place of the target's", &options.rules},
           {"--strict", "", "exit 4 when anything was assumed or could not be resolved", &options.strict},
       }});
}

std::vector<Argument> BindingArguments(InputOptions& options) {
  return {
      {"--dim", "NAME=N[,…]", "binds symbolic dimensions", &options.dims},
      {"--shape", "INPUT=1x3x224x224", "shape of an input; also INPUT:1,3,224,224", &options.shapes},
      {"--trip", "NODE=N", "trips of a loop whose count the file does not say", &options.trips},
      {"--assume", "NAME=N", "value of an extent that depends on data", &options.assumptions},
  };
}

std::vector<Argument> ViewArguments(ViewOptions& options) {
  return {
      {"--sort", "COLUMN", "largest first; 'order' keeps the order of execution (default: latency)", &options.sort},
      {"--top", "N", "rows before [others] (default 20; 0 = all)", &options.top},
      {"--group-by", "KEY", "pattern, op, block, scope[:DEPTH], dtype or bound", &options.group_by},
      {"--filter", "EXPR", "part of a name, a regular expression, or KEY=VALUE (pattern=conv2d); repeatable",
       &options.filters},
      {"--columns", "A,B,…", "the columns, in this order", &options.columns},
      {"--trace", "", "the expression behind every row", &options.trace},
  };
}

std::vector<Argument> OutputArguments(OutputOptions& options) {
  return Joined({{{"-o,--output", "FILE", "writes a file, format by suffix (.json .jsonl .csv .tsv .md); repeatable",
                   &options.files}},
                 StreamArguments(options)});
}

std::vector<Argument> StreamArguments(OutputOptions& options) {
  return {
      {"--format", "NAME", "table, json, jsonl, csv, tsv or md", &options.format},
      {"-w,--wide", "", "nothing cut off", &options.wide},
      {"--units", "NAME", "si, iec or raw", &options.units},
      {"--color", "WHEN", "always, never or auto", &options.colour},
      {"-q,--quiet", "", "nothing on the error stream but errors", &options.quiet},
  };
}

std::vector<Argument> Joined(std::vector<std::vector<Argument>> parts) {
  std::vector<Argument> all;
  for (std::vector<Argument>& part : parts) {
    for (Argument& argument : part) all.push_back(std::move(argument));
  }
  return all;
}

std::string CommonDetails() {
  return "Exit codes: 0 ok, 1 a requested check failed, 2 usage, 3 bad input, 4 incomplete under --strict, 5 "
         "internal.\n"
         "Environment: OPCOST_HW (target when --hw is absent), OPCOST_PROFILES (folders of profiles, "
         "colon-separated),\n"
         "NO_COLOR, FORCE_COLOR, COLUMNS.\n";
}

}  // namespace opcost
