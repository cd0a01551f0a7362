#include "frontend/file_kind.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace opcost::internal {
namespace {

struct Magic {
  size_t offset;
  absl::string_view bytes;
  absl::string_view description;
};

// First match wins. Formats people keep models in, and what a failed download leaves.
constexpr std::array kMagics = {
    Magic{0, "version https://git-lfs.github.com", "a Git LFS pointer (the model itself was not downloaded)"},
    Magic{0, absl::string_view("PK\x03\x04", 4), "a ZIP archive (a PyTorch checkpoint?)"},
    Magic{4, "TFL3", "a TensorFlow Lite model"},
    Magic{4, "ORTM", "an ONNX Runtime model (.ort)"},
    Magic{0, "GGUF", "a GGUF model"},
    Magic{0, "\x89HDF\r\n\x1a\n", "an HDF5 file (a Keras model?)"},
    Magic{0, "\x93NUMPY", "a NumPy array"},
    Magic{0, "\x1f\x8b", "a gzip archive"},
    Magic{0, "\x28\xb5\x2f\xfd", "a Zstandard archive"},
    Magic{0, "BZh", "a bzip2 archive"},
    Magic{0,
          "\xfd"
          "7zXZ",
          "an XZ archive"},
    Magic{257, "ustar", "a tar archive"},
    Magic{0,
          "\x7f"
          "ELF",
          "an ELF program"},
    Magic{0, "\x89PNG", "a PNG image"},
    Magic{0, "%PDF", "a PDF document"},
    Magic{0, "\x80\x02", "a Python pickle (a PyTorch checkpoint?)"},
    Magic{0, "\x80\x04", "a Python pickle (a PyTorch checkpoint?)"},
};

struct TextStart {
  absl::string_view start;  // lower case, after white space
  absl::string_view description;
};

constexpr std::array kTextStarts = {
    TextStart{"<!doctype html", "an HTML page"},
    TextStart{"<html", "an HTML page"},
    TextStart{"<?xml", "an XML file"},
    TextStart{"<net", "an OpenVINO model (XML)"},
    TextStart{"{", "a JSON file"},
    TextStart{"[", "a text file (TOML or JSON?)"},
    TextStart{"ir_version:", "a model in protobuf's text format"},
    TextStart{"<", "a text file (ONNX's text form? its name has to end in .onnxtxt)"},
};

bool IsText(absl::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return absl::ascii_isprint(byte) || absl::ascii_isspace(byte) || byte >= 0x80;
  });
}

}  // namespace

absl::string_view DescribeFile(absl::string_view first_bytes) {
  if (first_bytes.empty()) return "an empty file";
  for (const Magic& magic : kMagics) {
    if (first_bytes.size() >= magic.offset && absl::StartsWith(first_bytes.substr(magic.offset), magic.bytes)) {
      return magic.description;
    }
  }
  // An 8-byte length, then the JSON header.
  constexpr size_t kLengthBytes = 8;
  if (first_bytes.size() > kLengthBytes && absl::StartsWith(first_bytes.substr(kLengthBytes), "{\"")) {
    return "a safetensors file";
  }
  if (std::all_of(first_bytes.begin(), first_bytes.end(), [](char c) { return c == 0; })) return "a file of zeros";
  if (!IsText(first_bytes)) return "";
  const absl::string_view text = absl::StripLeadingAsciiWhitespace(first_bytes);
  for (const TextStart& row : kTextStarts) {
    if (absl::StartsWithIgnoreCase(text, row.start)) return row.description;
  }
  return "a text file";
}

}  // namespace opcost::internal
