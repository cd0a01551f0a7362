// Finding and loading the runtime: what is wrong is said, and nothing of it runs before telemetry is off.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "costing/calibration/runtime/available_memory.h"
#include "costing/calibration/runtime/cuda_provider.h"
#include "costing/calibration/runtime/machine_facts.h"
#include "costing/calibration/runtime/ort_library.h"
#include "costing/calibration/runtime/ort_session.h"
#include "costing/calibration/runtime/scattered_pages.h"
#include "costing/calibration/runtime/temp_folder.h"
#include "installed.h"

namespace opcost {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

void Write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

TEST(Library, APathThatIsNotThereIsNamed) {
  const auto found = FindOrtLibrary("no/such/libonnxruntime.so");
  EXPECT_EQ(found.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(found.status().message()), HasSubstr("--runtime-library no/such/libonnxruntime.so"));
}

TEST(Library, AFolderIsSearchedAndTheNewestTaken) {
  auto folder = TempFolder::Make(0);
  ASSERT_TRUE(folder.ok());
  const fs::path root = folder->File("venv");
  const auto none = FindOrtLibrary(folder->File("."));
  EXPECT_THAT(std::string(none.status().message()), HasSubstr("no libonnxruntime.so in that folder"));
  const fs::path capi = root / "lib/python3.11/site-packages/onnxruntime/capi";
  Write(capi / "libonnxruntime.so.1.26.0", "");
  Write(capi / "libonnxruntime.so.1.31.1", "");
  Write(capi / "libonnxruntime_providers_shared.so", "");
  EXPECT_EQ(FindOrtLibrary(root.string()).value(), (capi / "libonnxruntime.so.1.31.1").string());
}

TEST(Library, OtherFilesAreRefusedWithTheReason) {
  auto folder = TempFolder::Make(0);
  ASSERT_TRUE(folder.ok());
  const std::string text = folder->File("text.so"), other = folder->File("other.so");
  Write(text, "no library at all, but long enough to hold a header of one ..........................................");
  // A header of a 32-bit library.
  std::string header(
      "\x7f"
      "ELF\x01\x01\x01",
      7);
  header.resize(4096, '\0');
  Write(other, header);
  EXPECT_THAT(std::string(OrtLibrary::Load(text).status().message()), HasSubstr("text.so: no library of this machine"));
  EXPECT_THAT(std::string(OrtLibrary::Load(other).status().message()),
              HasSubstr("other.so: no library of this machine's architecture"));
  EXPECT_THAT(std::string(OrtLibrary::Load("libm.so.6").status().message()), HasSubstr("without OrtGetApiBase"));
  EXPECT_THAT(std::string(OrtLibrary::Load(OLD_RUNTIME).status().message()),
              HasSubstr("ONNX Runtime 1.9.0 is too old, expected 1.12 or newer"));
}

TEST(Library, TelemetryIsOffBeforeTheLibraryRuns) {
  unsetenv("ORT_DISABLE_TELEMETRY");
  (void)OrtLibrary::Load(OLD_RUNTIME);  // fails, but not before it ran
  ASSERT_NE(std::getenv("ORT_DISABLE_TELEMETRY"), nullptr);
  EXPECT_STREQ(std::getenv("ORT_DISABLE_TELEMETRY"), "1");
}

TEST(Library, ProvidersThatAreMissingAreNamed) {
  if (WithoutRuntime()) GTEST_SKIP();
  const auto library = Installed();
  ASSERT_NE(library, nullptr);
  std::string version;
  std::getline(std::ifstream(std::string(kInstalled) + "/version"), version);
  EXPECT_EQ(version.rfind("1." + std::to_string(library->minor_version()) + ".", 0), 0u) << version;
  EXPECT_TRUE(CheckProvider(*library, "cpu").ok());
  const absl::Status cuda = CheckProvider(*library, "cuda");
  EXPECT_EQ(cuda.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(cuda.message()), HasSubstr("built without CUDAExecutionProvider, it has "));
  EXPECT_EQ(CheckProvider(*library, "gpu").code(), absl::StatusCode::kNotFound);
}

TEST(Library, WhatTheCudaProviderLacksIsNamed) {
  auto folder = TempFolder::Make(0);
  ASSERT_TRUE(folder.ok());
  const fs::path root = folder->File("capi");
  const std::string library = (root / "libonnxruntime.so.1.31.1").string();
  EXPECT_THAT(WhatCudaProviderLacks(library), HasSubstr("libonnxruntime_providers_cuda.so is not there"));
  Write(root / "libonnxruntime_providers_cuda.so",
        "no library at all, but long enough to hold a header of one .......");
  EXPECT_THAT(WhatCudaProviderLacks(library), HasSubstr("invalid ELF header"));
}

TEST(MachineFacts, AreReadFromTheSystemsFiles) {
  auto folder = TempFolder::Make(0);
  ASSERT_TRUE(folder.ok());
  const fs::path root = folder->File("root");
  Write(root / "proc/cpuinfo", "processor\t: 0\nmodel name\t: Some Processor 7\nflags\t\t: fpu avx2 avx512f\n");
  const fs::path cache = root / "sys/devices/system/cpu/cpu0/cache";
  struct Row {
    const char *name, *level, *type, *size, *ways;
  };
  for (const Row& row : {Row{"index0", "1", "Data", "48K", "12"}, Row{"index1", "1", "Instruction", "32K", "8"},
                         Row{"index2", "2", "Unified", "2048K", "16"}, Row{"index3", "3", "Unified", "105M", "15"}}) {
    Write(cache / row.name / "level", row.level);
    Write(cache / row.name / "type", row.type);
    Write(cache / row.name / "size", row.size);
    Write(cache / row.name / "ways_of_associativity", row.ways);
  }
  const MachineFacts facts = ReadMachine(root.string());
  EXPECT_EQ(facts.processor, "Some Processor 7");
  EXPECT_EQ(facts.vector_lanes, 16);
  EXPECT_EQ(facts.l1_way_bytes, 4096);
  EXPECT_EQ(facts.l2_bytes, 2097152);
  EXPECT_EQ(facts.llc_bytes, 110100480);
  EXPECT_GE(facts.processors, 1);
}

// Half a MiB of what a group uses is files that nobody used lately.
TEST(AvailableMemory, IsTheLeastOfTheMachinesAndOfEachGroups) {
  auto folder = TempFolder::Make(0);
  ASSERT_TRUE(folder.ok());
  const fs::path root = folder->File("root");
  EXPECT_EQ(AvailableMemory(root.string()), 0) << "nothing is told";
  Write(root / "proc/meminfo", "MemTotal:       24105 kB\nMemAvailable:   16384 kB\nSwapTotal: 0 kB\n");
  Write(root / "proc/self/cgroup", "4:memory:/pods/one\n3:cpu,cpuacct:/other\n0::/user/app\n");
  EXPECT_EQ(AvailableMemory(root.string()), 16 << 20) << "no group has a limit";

  const fs::path version2 = root / "sys/fs/cgroup";
  Write(version2 / "user/app/memory.max", "max\n");
  Write(version2 / "user/app/memory.current", "1048576\n");
  Write(version2 / "other/memory.max", "1\n");
  Write(version2 / "other/memory.current", "1\n");
  EXPECT_EQ(AvailableMemory(root.string()), 16 << 20);
  Write(version2 / "user/memory.max", "9437184\n");
  Write(version2 / "user/memory.current", "2097152\n");
  EXPECT_EQ(AvailableMemory(root.string()), 7 << 20);
  Write(version2 / "user/memory.stat", "anon 1\ninactive_file 524288\nactive_file 1\n");
  EXPECT_EQ(AvailableMemory(root.string()), 15 << 19);

  // In a container without a name space of its own the path is the host's, and the root has the limit.
  const fs::path version1 = root / "sys/fs/cgroup/memory";
  Write(version1 / "memory.limit_in_bytes", "4194304\n");
  Write(version1 / "memory.usage_in_bytes", "1048576\n");
  Write(version1 / "memory.stat", "inactive_file 1\ntotal_inactive_file 524288\n");
  EXPECT_EQ(AvailableMemory(root.string()), 7 << 19);
  Write(version1 / "memory.usage_in_bytes", "8388608\n");
  EXPECT_EQ(AvailableMemory(root.string()), 0) << "more than the limit";
  Write(version1 / "memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(AvailableMemory(root.string()), 15 << 19);
}

TEST(ScatteredPages, TakesAShareOfWhatIsAvailable) {
  auto folder = TempFolder::Make(0);
  ASSERT_TRUE(folder.ok());
  const fs::path root = folder->File("root");
  EXPECT_EQ(ScatteredPages::Hold(root.string()).bytes(), 0) << "nothing is told";
  Write(root / "proc/meminfo", "MemTotal:       24105 kB\nMemAvailable:   16384 kB\nSwapTotal: 0 kB\n");
  ScatteredPages pages = ScatteredPages::Hold(root.string());
  EXPECT_EQ(pages.bytes(), 2 << 20);
  ScatteredPages moved;
  moved = std::move(pages);
  EXPECT_EQ(moved.bytes(), 2 << 20);
  Write(root / "proc/meminfo", "MemAvailable: much\n");
  EXPECT_EQ(ScatteredPages::Hold(root.string()).bytes(), 0);
}

}  // namespace
}  // namespace opcost
