// SHA-256 (FIPS 180-4): names a model's structure and a profile's text in reports. Not used for anything secret.
#ifndef OPCOST_BASE_SHA256_H_
#define OPCOST_BASE_SHA256_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace opcost {

// Takes a message in pieces. The digest depends on the bytes only, not on how they were cut.
class Sha256 {
 public:
  void Update(absl::string_view bytes);
  // 64 lowercase hexadecimal digits; ends the message.
  std::string FinishHex();

 private:
  static constexpr size_t kBlockBytes = 64;
  void Compress(const uint8_t* blocks, size_t count);

  std::array<uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<uint8_t, kBlockBytes> pending_ = {};
  size_t pending_bytes_ = 0;
  uint64_t total_bytes_ = 0;
};

std::string Sha256Hex(absl::string_view bytes);

}  // namespace opcost

#endif  // OPCOST_BASE_SHA256_H_
