#include "frontend/read_proto.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "frontend/byte_reader.h"
#include "frontend/file_kind.h"
#include "frontend/structure_hash.h"
#include "frontend/validate.h"
#include "frontend/wire.h"
#include "onnx/defs/parser.h"

namespace opcost::internal {
namespace {

constexpr absl::string_view kExpected = "expected an ONNX model (protobuf)";
constexpr absl::string_view kTextSuffix = ".onnxtxt";
// Text is written by people; the parser for it is recursive and keeps everything.
constexpr uint64_t kMaxTextBytes = uint64_t{1} << 26;
constexpr int kMaxTextNesting = 200;
// Missing data files that the note names.
constexpr size_t kMissingShown = 3;

google::protobuf::ArenaOptions LargeBlocks() {
  google::protobuf::ArenaOptions options;
  options.max_block_size = size_t{1} << 18;
  return options;
}

std::string Shown(const std::string& path) { return path == "-" ? "standard input" : path; }

absl::Status At(const std::string& path, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(Shown(path), ": ", status.message()));
}

// A file descriptor that closes itself; standard input stays open.
class File {
 public:
  explicit File(const std::string& path) : fd_(path == "-" ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (fd_ > STDIN_FILENO) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

absl::Status OpenError(int error) {
  const std::string message = absl::StrCat(std::strerror(error), ", ", kExpected);
  if (error == ENOENT || error == ENOTDIR) return absl::NotFoundError(message);
  if (error == EACCES || error == EPERM) return absl::PermissionDeniedError(message);
  return absl::InvalidArgumentError(message);
}

absl::StatusOr<ParsedModel> Finish(ParsedModel parsed) {
  absl::StatusOr<Validated> validated = Validate(parsed.proto);
  if (!validated.ok()) return validated.status();
  parsed.notes = std::move(validated->notes);
  parsed.data_files = std::move(validated->data_files);
  // A thread takes about as long to start as the digest of so many nodes.
  constexpr int kFewNodes = 200;
  const bool few = parsed.proto.graph().node_size() < kFewNodes;
  parsed.structure_sha256 = std::async(few ? std::launch::deferred : std::launch::async,
                                       [&proto = parsed.proto] { return StructureHash(proto); });
  return parsed;
}

// Whatever else is wrong with the bytes, somebody who gave a ZIP wants to hear "ZIP".
absl::Status Explain(absl::string_view kind, const absl::Status& status) {
  if (kind.empty() || status.code() != absl::StatusCode::kInvalidArgument) return status;
  return absl::InvalidArgumentError(absl::StrCat("looks like ", kind, ", ", kExpected));
}

absl::StatusOr<ParsedModel> ParseBinary(ByteReader& input, const std::string& path, int64_t max_payload_bytes) {
  const absl::string_view kind = DescribeFile(input.Peek(kFileKindBytes));
  ParsedModel parsed;
  parsed.path = path;
  absl::Status status = Skim(input, {max_payload_bytes, kMaxFloatPayloadBytes}, parsed.proto);
  if (!input.status().ok()) return input.status();
  if (!status.ok()) return Explain(kind, status);
  // Any bytes may happen to be protobuf, but then hardly one with a graph.
  const bool model = parsed.proto.has_graph() || parsed.proto.has_ir_version();
  absl::StatusOr<ParsedModel> finished = Finish(std::move(parsed));
  if (!finished.ok()) return model ? finished.status() : Explain(kind, finished.status());
  return finished;
}

// ONNX's own parser recurses; a text of brackets must not take the stack with it.
absl::Status CheckNesting(absl::string_view text) {
  int depth = 0;
  for (const char c : text) {
    if (c == '(' || c == '{' || c == '[' || c == '<') ++depth;
    if ((c == ')' || c == '}' || c == ']' || c == '>') && depth > 0) --depth;
    if (depth > kMaxTextNesting) {
      return absl::InvalidArgumentError(
          absl::StrCat("brackets nested more than ", kMaxTextNesting, " deep, expected fewer"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<ParsedModel> ParseTextAs(absl::string_view text, const std::string& path) {
  if (absl::Status status = CheckNesting(text); !status.ok()) return status;
  ParsedModel parsed;
  parsed.path = path;
  const std::string owned(text);
  try {
    const onnx::Common::Status status = onnx::OnnxParser::Parse(parsed.proto, owned.c_str());
    if (!status.IsOK()) {
      return absl::InvalidArgumentError(absl::StrCat(status.ErrorMessage(), ", expected ONNX's text form"));
    }
  } catch (const std::exception& error) {  // numbers out of range
    return absl::InvalidArgumentError(absl::StrCat(error.what(), ", expected ONNX's text form"));
  }
  return Finish(std::move(parsed));
}

absl::StatusOr<ParsedModel> ReadText(ByteReader& input, const std::string& path) {
  std::string text;
  while (text.size() <= kMaxTextBytes && !input.Peek(1).empty()) {
    input.Append(input.Peek(ByteReader::kMaxPeek).size(), text);
  }
  if (!input.status().ok()) return input.status();
  if (text.size() > kMaxTextBytes) {
    return absl::InvalidArgumentError(absl::StrCat("more than ", kMaxTextBytes >> 20, " MiB of text, expected less"));
  }
  if (text.empty()) return absl::InvalidArgumentError("an empty file, expected ONNX's text form");
  return ParseTextAs(text, path);
}

absl::StatusOr<ParsedModel> ReadOpened(const File& file, const std::string& path, int64_t max_payload_bytes) {
  if (file.fd() < 0) return OpenError(errno);
  struct stat info;
  if (fstat(file.fd(), &info) != 0) return OpenError(errno);
  if (S_ISDIR(info.st_mode)) return absl::InvalidArgumentError(absl::StrCat("a directory, ", kExpected));
  ByteReader input(file.fd());
  return absl::EndsWith(path, kTextSuffix) ? ReadText(input, path) : ParseBinary(input, path, max_payload_bytes);
}

absl::StatusOr<ParsedModel> WithPath(const std::string& path, absl::StatusOr<ParsedModel> parsed) {
  if (!parsed.ok()) return At(path, parsed.status());
  return parsed;
}

}  // namespace

ParsedModel::ParsedModel()
    : arena(std::make_unique<google::protobuf::Arena>(LargeBlocks())),
      proto(*google::protobuf::Arena::CreateMessage<onnx::ModelProto>(arena.get())) {}

absl::StatusOr<ParsedModel> ReadProto(const std::string& path, int64_t max_payload_bytes) {
  const File file(path);
  return WithPath(path, ReadOpened(file, path, max_payload_bytes));
}

absl::StatusOr<ParsedModel> ParseBytes(absl::string_view bytes, const std::string& path, int64_t max_payload_bytes) {
  ByteReader input(bytes);
  return WithPath(path, ParseBinary(input, path, max_payload_bytes));
}

absl::StatusOr<ParsedModel> ParseText(absl::string_view onnx_text) {
  return WithPath("model text", ParseTextAs(onnx_text, ""));
}

std::optional<Note> MissingData(const ParsedModel& model, const std::string& folder) {
  if (folder.empty() && (model.path.empty() || model.path == "-")) return std::nullopt;
  const size_t slash = model.path.rfind('/');
  std::string prefix = folder;
  if (prefix.empty() && slash != std::string::npos) prefix = model.path.substr(0, slash + 1);
  if (!prefix.empty() && prefix.back() != '/') prefix.push_back('/');
  std::vector<std::string> missing;
  for (const std::string& location : model.data_files) {
    struct stat info;
    if (stat(absl::StrCat(prefix, location).c_str(), &info) != 0) missing.push_back(location);
  }
  if (missing.empty()) return std::nullopt;
  const size_t shown = std::min(missing.size(), kMissingShown);
  std::string text = absl::StrCat(missing.size(), " of ", model.data_files.size(), " data files ",
                                  missing.size() == 1 ? "is" : "are", " not there (");
  for (size_t i = 0; i < shown; ++i) absl::StrAppend(&text, i > 0 ? ", " : "", "'", missing[i], "'");
  if (shown < missing.size()) absl::StrAppend(&text, " and ", missing.size() - shown, " more");
  absl::StrAppend(&text, "); weights are never read, so no number depends on that");
  return Note{NoteKind::kMissingData, text, missing[0]};
}

}  // namespace opcost::internal
