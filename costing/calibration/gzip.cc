#include "costing/calibration/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace opcost {
namespace {

constexpr size_t kChunk = size_t{1} << 16;
constexpr int kGzipWindow = 15 + 16;  // zlib's way to say "gzip header"

// One member after the other: files that were appended to have several.
absl::Status InflateAll(z_stream& stream, size_t limit, std::string& out) {
  std::string chunk(kChunk, '\0');
  for (;;) {
    stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream.avail_out = static_cast<uInt>(chunk.size());
    const int result = inflate(&stream, Z_NO_FLUSH);
    out.append(chunk.data(), chunk.size() - stream.avail_out);
    if (out.size() > limit) {
      return absl::InvalidArgumentError(absl::StrCat("unpacks to more than ", limit, " bytes"));
    }
    if (result == Z_STREAM_END) {
      if (stream.avail_in == 0) return absl::OkStatus();
      inflateReset(&stream);
    } else if (result != Z_OK) {
      return absl::InvalidArgumentError("the gzip data is truncated or damaged, expected a whole file");
    }
  }
}

}  // namespace

bool IsGzip(absl::string_view bytes) { return bytes.size() >= 2 && bytes[0] == '\x1f' && bytes[1] == '\x8b'; }

absl::StatusOr<std::string> Gunzip(absl::string_view bytes, size_t limit) {
  if (bytes.size() > std::numeric_limits<uInt>::max()) return absl::InvalidArgumentError("too large for a gzip file");
  z_stream stream = {};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  if (inflateInit2(&stream, kGzipWindow) != Z_OK) return absl::ResourceExhaustedError("zlib cannot start");
  std::string out;
  const absl::Status status = InflateAll(stream, limit, out);
  inflateEnd(&stream);
  if (!status.ok()) return status;
  return out;
}

}  // namespace opcost
