// A forward-only reader over memory, a regular file or a stream that can skip without reading where that is possible.
#ifndef OPCOST_FRONTEND_BYTE_READER_H_
#define OPCOST_FRONTEND_BYTE_READER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace opcost::internal {

// Reads a file in pieces instead of mapping it: a file that shrinks meanwhile is an early end, not a signal, and what
// was read before leaves no pages behind. Memory: one buffer.
class ByteReader {
 public:
  explicit ByteReader(absl::string_view bytes);
  // `fd` stays the caller's. A regular file is skipped through by position, anything else is read and thrown away.
  explicit ByteReader(int fd);

  uint64_t position() const { return position_; }
  // Where the input ends; nullopt for a stream, whose end is not known before it comes.
  std::optional<uint64_t> size() const { return size_; }

  // The next bytes without taking them: `count` (at most kMaxPeek), or fewer at the end. Valid until the next call.
  static constexpr size_t kMaxPeek = 4096;
  absl::string_view Peek(size_t count);
  // Takes the next `count` bytes; false when the input ends before that.
  bool Skip(uint64_t count);
  bool Append(uint64_t count, std::string& out);

  // A failed read of the operating system. It looks like an early end to the functions above.
  const absl::Status& status() const { return status_; }

 private:
  void Refill(size_t wanted);
  size_t ReadSome(char* to, size_t count);

  int fd_ = -1;
  bool seekable_ = false;
  std::optional<uint64_t> size_;
  uint64_t position_ = 0;     // of the first byte of window_
  uint64_t file_start_ = 0;   // offset in the file of position 0
  absl::string_view window_;  // read but not taken
  std::string buffer_;
  size_t next_read_;  // grows while reading on, shrinks after a skip
  absl::Status status_;
};

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_BYTE_READER_H_
