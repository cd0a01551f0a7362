#include "base/sha256.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/sha256_compress.h"

namespace opcost {
namespace {

using internal::kSha256Constants;

uint32_t LoadBigEndian(const uint8_t* p) {
  return uint32_t{p[0]} << 24 | uint32_t{p[1]} << 16 | uint32_t{p[2]} << 8 | uint32_t{p[3]};
}

inline void Round(uint32_t a, uint32_t b, uint32_t c, uint32_t& d, uint32_t e, uint32_t f, uint32_t g, uint32_t& h,
                  uint32_t constant_and_word) {
  const uint32_t sum1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
  const uint32_t t1 = h + sum1 + (g ^ (e & (f ^ g))) + constant_and_word;
  const uint32_t sum0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
  d += t1;
  h = t1 + sum0 + ((a & b) | (c & (a | b)));
}

}  // namespace

// The variable names are the standard's.
void internal::CompressPortably(internal::Sha256State& state, const uint8_t* blocks, size_t count) {
  std::array<uint32_t, 64> w;
  for (; count > 0; --count, blocks += kSha256BlockBytes) {
    for (size_t t = 0; t < 16; ++t) w[t] = LoadBigEndian(blocks + 4 * t);
    for (size_t t = 16; t < 64; ++t) {
      const uint32_t s0 = std::rotr(w[t - 15], 7) ^ std::rotr(w[t - 15], 18) ^ (w[t - 15] >> 3);
      const uint32_t s1 = std::rotr(w[t - 2], 17) ^ std::rotr(w[t - 2], 19) ^ (w[t - 2] >> 10);
      w[t] = s1 + w[t - 7] + s0 + w[t - 16];
    }
    auto [a, b, c, d, e, f, g, h] = state;
    // Eight rounds rename the variables once around, so that none has to be moved.
    for (size_t t = 0; t < 64; t += 8) {
      Round(a, b, c, d, e, f, g, h, kSha256Constants[t] + w[t]);
      Round(h, a, b, c, d, e, f, g, kSha256Constants[t + 1] + w[t + 1]);
      Round(g, h, a, b, c, d, e, f, kSha256Constants[t + 2] + w[t + 2]);
      Round(f, g, h, a, b, c, d, e, kSha256Constants[t + 3] + w[t + 3]);
      Round(e, f, g, h, a, b, c, d, kSha256Constants[t + 4] + w[t + 4]);
      Round(d, e, f, g, h, a, b, c, kSha256Constants[t + 5] + w[t + 5]);
      Round(c, d, e, f, g, h, a, b, kSha256Constants[t + 6] + w[t + 6]);
      Round(b, c, d, e, f, g, h, a, kSha256Constants[t + 7] + w[t + 7]);
    }
    const std::array<uint32_t, 8> sum = {a, b, c, d, e, f, g, h};
    for (size_t i = 0; i < sum.size(); ++i) state[i] += sum[i];
  }
}

void Sha256::Compress(const uint8_t* blocks, size_t count) {
  static const bool instructions = internal::HasSha256Instructions();
  (instructions ? internal::CompressWithInstructions : internal::CompressPortably)(state_, blocks, count);
}

void Sha256::Update(absl::string_view bytes) {
  if (bytes.empty()) return;
  total_bytes_ += bytes.size();
  if (pending_bytes_ > 0) {
    const size_t take = std::min(bytes.size(), kBlockBytes - pending_bytes_);
    std::memcpy(pending_.data() + pending_bytes_, bytes.data(), take);
    pending_bytes_ += take;
    bytes.remove_prefix(take);
    if (pending_bytes_ < kBlockBytes) return;
    Compress(pending_.data(), 1);
    pending_bytes_ = 0;
  }
  const size_t blocks = bytes.size() / kBlockBytes;
  Compress(reinterpret_cast<const uint8_t*>(bytes.data()), blocks);
  bytes.remove_prefix(blocks * kBlockBytes);
  if (!bytes.empty()) std::memcpy(pending_.data(), bytes.data(), bytes.size());
  pending_bytes_ = bytes.size();
}

std::string Sha256::FinishHex() {
  const uint64_t bits = total_bytes_ * 8;
  // A one bit, then zeros up to 8 bytes before the end of a block, then the length in bits.
  constexpr size_t kLengthBytes = 8;
  const size_t used = (total_bytes_ + 1 + kLengthBytes) % kBlockBytes;
  std::string padding(1 + (used == 0 ? 0 : kBlockBytes - used) + kLengthBytes, '\0');
  padding[0] = '\x80';
  for (size_t i = 0; i < kLengthBytes; ++i) padding[padding.size() - 1 - i] = static_cast<char>(bits >> (8 * i));
  Update(padding);

  constexpr absl::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * sizeof(state_));
  for (const uint32_t word : state_) {
    for (int shift = 28; shift >= 0; shift -= 4) hex.push_back(kDigits[(word >> shift) & 0xf]);
  }
  return hex;
}

std::string Sha256Hex(absl::string_view bytes) {
  Sha256 hash;
  hash.Update(bytes);
  return hash.FinishHex();
}

}  // namespace opcost
