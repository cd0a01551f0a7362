#include "base/sha256.h"

#include <gtest/gtest.h>

#include <string>

#include "base/sha256_compress.h"

namespace opcost {
namespace {

// The example messages of FIPS 180-4 (NIST, "Cryptographic Standards and Guidelines: Examples with Intermediate
// Values").
TEST(Sha256, StandardsExamples) {
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256Hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(Sha256Hex(std::string(1000000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

// Padding takes a second block from 56 bytes on; a digest must not depend on where the message was cut.
TEST(Sha256, PiecesGiveTheDigestOfTheWhole) {
  for (const size_t size : {1, 55, 56, 57, 63, 64, 65, 119, 120, 128, 131}) {
    std::string message;
    for (size_t i = 0; i < size; ++i) message.push_back(static_cast<char>('a' + i % 23));
    const std::string whole = Sha256Hex(message);
    for (const size_t piece : {1, 7, 63, 64, 67}) {
      Sha256 hash;
      for (size_t at = 0; at < size; at += piece) {
        hash.Update(absl::string_view(message).substr(at, piece));
        hash.Update("");
      }
      EXPECT_EQ(hash.FinishHex(), whole) << size << " bytes in pieces of " << piece;
    }
  }
}

// The two ways agree block by block, whichever the machine takes; the examples above hold for the one that it does.
TEST(Sha256, InstructionsDoWhatTheStandardSays) {
  if (!internal::HasSha256Instructions()) GTEST_SKIP() << "this processor has none";
  std::string message;
  for (size_t i = 0; i < 5 * internal::kSha256BlockBytes; ++i) message.push_back(static_cast<char>(i * i * 7 + 3 * i));
  const auto* bytes = reinterpret_cast<const uint8_t*>(message.data());
  internal::Sha256State portable = {1, 2, 3, 4, 5, 6, 7, 0xffffffff}, with = portable;
  internal::CompressPortably(portable, bytes, 5);
  internal::CompressWithInstructions(with, bytes, 5);
  EXPECT_EQ(with, portable);
}

}  // namespace
}  // namespace opcost
