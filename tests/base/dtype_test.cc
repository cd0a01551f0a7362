#include "base/dtype.h"

#include <gtest/gtest.h>

#include <limits>

namespace opcost {
namespace {

TEST(PackedBytes, FollowsTheWidthOfTheType) {
  EXPECT_EQ(PackedBytes(DType::kFloat64, 7), 7 * 8);
  EXPECT_EQ(PackedBytes(DType::kFloat32, 7), 7 * 4);
  EXPECT_EQ(PackedBytes(DType::kBFloat16, 7), 7 * 2);
  EXPECT_EQ(PackedBytes(DType::kFloat8E5M2, 7), 7);
  EXPECT_EQ(PackedBytes(DType::kBool, 7), 7);
}

TEST(PackedBytes, PacksSubByteTypesAndRoundsUp) {
  EXPECT_EQ(PackedBytes(DType::kInt4, 7), 4);
  EXPECT_EQ(PackedBytes(DType::kFloat4E2M1, 8), 4);
  EXPECT_EQ(PackedBytes(DType::kUInt2, 7), 2);
  EXPECT_EQ(PackedBytes(DType::kInt2, 9), 3);
  EXPECT_EQ(PackedBytes(DType::kInt4, 0), 0);
}

TEST(PackedBytes, NoticesWhatDoesNotFit) {
  EXPECT_EQ(PackedBytes(DType::kFloat32, std::numeric_limits<int64_t>::max()), -1);
  EXPECT_EQ(PackedBytes(DType::kFloat32, -1), -1);
  EXPECT_EQ(PackedBytes(DType::kInt4, std::numeric_limits<int64_t>::max()),
            std::numeric_limits<int64_t>::max() / 2 + 1);
}

TEST(ParseDType, IsTheInverseOfName) {
  for (int i = 0; i < static_cast<int>(DType::kCount); ++i) {
    const DType dtype = static_cast<DType>(i);
    ASSERT_TRUE(ParseDType(Name(dtype)).ok());
    EXPECT_EQ(*ParseDType(Name(dtype)), dtype);
  }
}

TEST(ParsePrecision, NamesTheAlternatives) {
  EXPECT_EQ(*ParsePrecision("bf16"), Precision::kBf16);
  const absl::Status status = ParsePrecision("fp31").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("did you mean 'fp32'"), absl::string_view::npos) << status;
  EXPECT_NE(status.message().find("int8"), absl::string_view::npos) << status;
}

TEST(PrecisionOf, StoresWhatItComputes) {
  for (Precision p : AllPrecisions()) EXPECT_EQ(PrecisionOf(StorageOf(p)), p);
  EXPECT_EQ(PrecisionOf(DType::kUInt4), Precision::kInt8);
  EXPECT_EQ(PrecisionOf(DType::kInt64), Precision::kFp32);
}

TEST(Classes, AreDisjoint) {
  for (int i = 0; i < static_cast<int>(DType::kCount); ++i) {
    const DType dtype = static_cast<DType>(i);
    EXPECT_FALSE(IsFloat(dtype) && IsInteger(dtype)) << Name(dtype);
  }
  EXPECT_TRUE(IsInteger(DType::kBool));
  EXPECT_TRUE(IsFloat(DType::kFloat8E8M0));
  EXPECT_FALSE(IsFloat(DType::kComplex64));
}

}  // namespace
}  // namespace opcost
