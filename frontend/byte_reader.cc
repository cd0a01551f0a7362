#include "frontend/byte_reader.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace opcost::internal {
namespace {

// After a jump only the next headers are wanted: one page. Reading on doubles that, up to a size where the cost of a
// call no longer shows.
constexpr size_t kFirstRead = ByteReader::kMaxPeek;
constexpr size_t kLargestRead = size_t{1} << 18;

}  // namespace

ByteReader::ByteReader(absl::string_view bytes) : size_(bytes.size()), window_(bytes), next_read_(kFirstRead) {}

ByteReader::ByteReader(int fd) : fd_(fd), next_read_(kFirstRead) {
  struct stat info;
  const off_t offset = lseek(fd, 0, SEEK_CUR);
  if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && offset >= 0) {
    seekable_ = true;
    file_start_ = static_cast<uint64_t>(offset);
    size_ = info.st_size > offset ? static_cast<uint64_t>(info.st_size - offset) : 0;
  }
}

size_t ByteReader::ReadSome(char* to, size_t count) {
  while (true) {
    const ssize_t got = seekable_ ? pread(fd_, to, count, static_cast<off_t>(file_start_ + position_ + window_.size()))
                                  : read(fd_, to, count);
    if (got >= 0) return static_cast<size_t>(got);
    if (errno == EINTR) continue;
    status_ = absl::DataLossError(std::strerror(errno));
    return 0;
  }
}

void ByteReader::Refill(size_t wanted) {
  if (fd_ < 0) return;
  // What is left moves to the front; it is shorter than kMaxPeek.
  const size_t kept = window_.size();
  const size_t capacity = std::max(next_read_, wanted) + kept;
  if (buffer_.size() < capacity) {
    std::string larger(capacity, '\0');
    std::copy(window_.begin(), window_.end(), larger.begin());
    buffer_ = std::move(larger);
  } else {
    if (kept > 0) std::memmove(buffer_.data(), window_.data(), kept);
  }
  window_ = absl::string_view(buffer_.data(), kept);
  while (window_.size() < wanted) {
    const size_t got = ReadSome(buffer_.data() + window_.size(), capacity - window_.size());
    if (got == 0) return;
    window_ = absl::string_view(buffer_.data(), window_.size() + got);
  }
  next_read_ = std::min(2 * next_read_, kLargestRead);
}

absl::string_view ByteReader::Peek(size_t count) {
  if (window_.size() < count) Refill(count);
  return window_.substr(0, count);
}

bool ByteReader::Skip(uint64_t count) {
  if (size_ && count > *size_ - std::min(*size_, position_)) return false;
  const uint64_t in_window = std::min<uint64_t>(count, window_.size());
  window_.remove_prefix(in_window);
  position_ += in_window;
  count -= in_window;
  if (count == 0) return true;
  next_read_ = kFirstRead;
  if (seekable_) {
    position_ += count;
    return true;
  }
  while (count > 0) {
    next_read_ = kLargestRead;
    const uint64_t step = std::min<uint64_t>(count, kMaxPeek);
    const uint64_t got = Peek(step).size();
    if (got == 0) return false;
    const uint64_t taken = std::min<uint64_t>(count, window_.size());
    window_.remove_prefix(taken);
    position_ += taken;
    count -= taken;
  }
  return true;
}

bool ByteReader::Append(uint64_t count, std::string& out) {
  while (count > 0) {
    if (Peek(1).empty()) return false;
    const size_t step = std::min<uint64_t>(count, window_.size());
    out.append(window_.data(), step);
    window_.remove_prefix(step);
    position_ += step;
    count -= step;
  }
  return true;
}

}  // namespace opcost::internal
