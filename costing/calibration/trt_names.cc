#include "costing/calibration/trt_names.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"

namespace opcost {
namespace {

constexpr absl::string_view kReformatting = "Reformatting CopyNode for ";
constexpr absl::string_view kRegionStart = "{ForeignNode[";
constexpr absl::string_view kRegionEnd = "]}";
constexpr std::array<absl::string_view, 2> kChains = {"PWN(", "fusedPointwiseNode("};
constexpr std::array<absl::string_view, 3> kSeparators = {" + ", " || ", ", "};
constexpr std::array<absl::string_view, 2> kReformatters = {" input reformatter ", " output reformatter "};
// Views between what the network says and what TensorRT's layers take.
constexpr std::array<absl::string_view, 8> kMadeByParser = {
    "reshape_after_",        "reshape_before_",   "copied_squeeze_after_", "squeeze_after_",
    "unsqueeze_node_after_", "transpose_before_", "transpose_after_",      "shuffle_between_"};
constexpr absl::string_view kOnnxLayer = "[ONNX Layer: ";

bool IsNumber(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
}

// " [profile 2]" off the end.
int TakeProfile(absl::string_view& name) {
  constexpr absl::string_view kStart = " [profile ";
  const size_t at = name.rfind(kStart);
  int profile = 0;
  if (at == absl::string_view::npos || !absl::EndsWith(name, "]")) return 0;
  const absl::string_view number = name.substr(at + kStart.size(), name.size() - at - kStart.size() - 1);
  if (!absl::SimpleAtoi(number, &profile)) return 0;
  name = name.substr(0, at);
  return profile;
}

bool IsConversion(absl::string_view name) {
  if (absl::StartsWith(name, kReformatting) || absl::EndsWith(name, " copy")) return true;
  for (absl::string_view word : kReformatters) {
    const size_t at = name.rfind(word);
    if (at != absl::string_view::npos && IsNumber(name.substr(at + word.size()))) return true;
  }
  return std::any_of(kMadeByParser.begin(), kMadeByParser.end(),
                     [&](absl::string_view prefix) { return absl::StartsWith(name, prefix); });
}

// "MatMul" of "MatMul_myl109_2": what Myelin appends to a kernel's node.
absl::string_view WithoutMyelin(absl::string_view name) {
  const size_t at = name.rfind("_myl");
  if (at == absl::string_view::npos) return name;
  absl::string_view tail = name.substr(at + 4);
  const size_t underscore = tail.find('_');
  const bool numbers = underscore != absl::string_view::npos && IsNumber(tail.substr(0, underscore)) &&
                       IsNumber(tail.substr(underscore + 1));
  return numbers ? name.substr(0, at) : name;
}

void AddParts(absl::string_view text, std::vector<std::string>& parts);

void AddPiece(absl::string_view piece, std::vector<std::string>& parts) {
  piece = absl::StripAsciiWhitespace(piece);
  for (absl::string_view chain : kChains) {
    if (absl::StartsWith(piece, chain) && absl::EndsWith(piece, ")")) {
      return AddParts(piece.substr(chain.size(), piece.size() - chain.size() - 1), parts);
    }
  }
  if (absl::StartsWith(piece, kRegionStart) && absl::EndsWith(piece, kRegionEnd)) {
    absl::string_view inner = piece.substr(kRegionStart.size(), piece.size() - kRegionStart.size() - kRegionEnd.size());
    const size_t dots = inner.find("...");
    AddParts(inner.substr(0, dots), parts);
    if (dots != absl::string_view::npos) AddParts(inner.substr(dots + 3), parts);
    return;
  }
  piece = WithoutMyelin(piece);
  if (!piece.empty() && !absl::StartsWith(piece, "__myl_")) parts.emplace_back(piece);
}

// Splits where no bracket is open.
void AddParts(absl::string_view text, std::vector<std::string>& parts) {
  int depth = 0;
  size_t start = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (absl::StrContains("([{", text[i])) ++depth;
    if (absl::StrContains(")]}", text[i])) depth = std::max(0, depth - 1);
    if (depth > 0) continue;
    for (absl::string_view separator : kSeparators) {
      if (!absl::StartsWith(text.substr(i), separator)) continue;
      AddPiece(text.substr(start, i - start), parts);
      start = i + separator.size();
      i = start - 1;
      break;
    }
  }
  AddPiece(text.substr(start), parts);
}

}  // namespace

TrtName ParseTrtName(absl::string_view name) {
  TrtName result;
  result.profile = TakeProfile(name);
  result.is_conversion = IsConversion(name);
  if (result.is_conversion) return result;
  result.is_region = absl::StartsWith(name, kRegionStart) && absl::EndsWith(name, kRegionEnd);
  AddParts(name, result.parts);
  return result;
}

std::vector<std::string> OnnxLayersOf(absl::string_view metadata) {
  std::vector<std::string> layers;
  for (size_t at = metadata.find(kOnnxLayer); at != absl::string_view::npos;) {
    const size_t start = at + kOnnxLayer.size();
    at = metadata.find(kOnnxLayer, start);
    absl::string_view piece = metadata.substr(start, at == absl::string_view::npos ? at : at - start);
    while (!piece.empty() && (piece.back() == '\x1e' || piece.back() == '\x1f')) piece.remove_suffix(1);
    if (absl::ConsumeSuffix(&piece, "]")) layers.emplace_back(piece);
  }
  return layers;
}

}  // namespace opcost
