// The folder table of CONTRIBUTING.md, held against the includes: an operator cannot mention a machine, a machine
// cannot mention a shape, and installed headers show no third-party message type.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace opcost {
namespace {

namespace fs = std::filesystem;

// What each folder may include besides itself.
const std::map<std::string, std::set<std::string>>& Allowed() {
  static const auto* const kAllowed = new std::map<std::string, std::set<std::string>>{
      {"base", {}},
      {"frontend", {"base"}},
      {"ops", {"base", "frontend"}},
      {"hardware", {"base"}},
      {"costing", {"base", "frontend", "ops", "hardware"}},
      {"cli", {"base", "frontend", "ops", "hardware", "costing"}},
  };
  return *kAllowed;
}

std::vector<fs::path> Sources(const std::string& folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string extension = entry.path().extension();
    if (extension == ".h" || extension == ".cc") paths.push_back(entry.path());
  }
  return paths;
}

// The targets of #include "…" and #include <…>.
std::vector<std::string> Includes(const fs::path& path) {
  std::ifstream file(path);
  std::vector<std::string> includes;
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("#include ", 0) != 0) continue;
    const size_t begin = line.find_first_of("\"<") + 1;
    includes.push_back(line.substr(begin, line.find_first_of("\">", begin) - begin));
  }
  return includes;
}

TEST(Structure, FoldersIncludeOnlyWhatTheTableAllows) {
  size_t checked = 0;
  for (const auto& [folder, allowed] : Allowed()) {
    for (const fs::path& path : Sources(folder)) {
      for (const std::string& include : Includes(path)) {
        const std::string top = include.substr(0, include.find('/'));
        if (!Allowed().contains(top) || include.find('/') == std::string::npos) continue;
        ++checked;
        EXPECT_TRUE(top == folder || allowed.contains(top)) << path << " includes " << include;
      }
    }
  }
  EXPECT_GT(checked, 50u) << "run from the source root";
}

TEST(Structure, OpsSeesTheGraphAndNotTheLoader) {
  for (const fs::path& path : Sources("ops")) {
    for (const std::string& include : Includes(path)) {
      if (include.rfind("frontend/", 0) == 0) {
        EXPECT_EQ(include, "frontend/graph.h") << path;
      }
    }
  }
}

TEST(Structure, ThirdPartyMessageTypesStayBehindTheFrontEndAndTheProfileReader) {
  const std::map<std::string, std::string> kOnlyIn = {
      {"onnx/", "frontend"}, {"google/protobuf/", "frontend"}, {"toml++/", "hardware"}, {"CLI/", "cli"}};
  for (const auto& [folder, unused] : Allowed()) {
    for (const fs::path& path : Sources(folder)) {
      for (const std::string& include : Includes(path)) {
        for (const auto& [prefix, owner] : kOnlyIn) {
          if (include.rfind(prefix, 0) == 0) {
            EXPECT_EQ(folder, owner) << path << " includes " << include;
          }
        }
      }
    }
  }
}

TEST(Structure, PublicHeadersShowNoThirdPartyMessageType) {
  const std::vector<std::string> kPublic = {"frontend/graph.h",
                                            "frontend/load.h",
                                            "frontend/patterns/classify.h",
                                            "ops/work.h",
                                            "ops/count.h",
                                            "hardware/target.h",
                                            "hardware/read_target.h",
                                            "costing/formula.h",
                                            "costing/report.h",
                                            "costing/analyze.h",
                                            "costing/diff.h"};
  for (const std::string& header : kPublic) {
    ASSERT_TRUE(fs::exists(header)) << header;
    for (const std::string& include : Includes(header)) {
      for (const char* prefix : {"onnx/", "google/", "toml++/", "CLI/", "nlohmann/"}) {
        EXPECT_NE(include.rfind(prefix, 0), 0u) << header << " includes " << include;
      }
    }
  }
}

// "struct Name {", "class Name final : public Other {" at the start of a line → Name; "" for other lines.
std::string DeclaredType(const std::string& line) {
  static const auto* const kDeclaration =
      new std::regex(R"((?:struct|class|enum class|enum|union) (\w+)(?: final)?(?: : [^;{]*)? \{.*)");
  std::smatch match;
  return std::regex_match(line, match, *kDeclaration) ? match[1].str() : "";
}

// Two types of one name in one namespace compile, and then the linker takes the functions of one for both. Types in
// source files have an unnamed namespace around them.
TEST(Structure, EveryTypeOfAHeaderHasANameOfItsOwn) {
  EXPECT_EQ(DeclaredType("class Ab final : public C {"), "Ab");
  EXPECT_EQ(DeclaredType("struct Ab;"), "");
  std::map<std::string, std::set<std::string>> places;  // "namespace::Name" → headers
  for (const auto& [folder, unused] : Allowed()) {
    for (const fs::path& path : Sources(folder)) {
      if (path.extension() != ".h") continue;
      std::ifstream file(path);
      std::string space;
      for (std::string line; std::getline(file, line);) {
        if (line.rfind("namespace ", 0) == 0) space = line;
        if (const std::string name = DeclaredType(line); !name.empty()) places[space + name].insert(path.string());
      }
    }
  }
  EXPECT_GT(places.size(), 100U);
  for (const auto& [name, headers] : places) {
    EXPECT_EQ(headers.size(), 1U) << name << " in " << testing::PrintToString(headers);
  }
}

}  // namespace
}  // namespace opcost
