// Every exit code, and the message that comes with it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "models.h"
#include "process.h"

namespace opcost {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kModel = "tests/models/resnet18.onnx";
constexpr const char* kEdge = "tests/profiles/edge.toml";

struct Row {
  std::vector<std::string> arguments;
  int exit;
  const char* message;  // part of standard error
};

void Check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const Outcome outcome = Execute(row.arguments);
    const std::string words = testing::PrintToString(row.arguments);
    EXPECT_EQ(outcome.exit, row.exit) << words << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(row.message)) << words;
    EXPECT_THAT(outcome.out, IsEmpty()) << words << ": a failure leaves standard output alone";
    EXPECT_EQ(outcome.err.back(), '\n');
  }
}

TEST(ExitCode, UsageWithTheNearestName) {
  Check({
      {{}, 2, "usage: opcost"},
      {{"analyse"}, 2, "did you mean 'analyze'?"},
      {{"hw"}, 2, "hw list"},
      {{"hw", "lst"}, 2, "did you mean 'hw list'?"},
      {{"analyze"}, 2, "which model?"},
      {{kModel, "--hww", kEdge}, 2, "did you mean '--hw'?"},
      {{kModel, "--hw", "i7-12700"}, 2, "i7-12700k"},
      {{kModel, "--hw", "i7-12700k:tinny"}, 2, "tiny"},
      {{kModel, "--hw", kEdge, "--precision", "fp23"}, 2, "fp32"},
      {{kModel, "--hw", kEdge, "--precision", "fp64"}, 2, "it has fp32"},
      {{kModel, "--hw", kEdge, "--dim", "bach=8"}, 2, "bach"},
      {{kModel, "--hw", kEdge, "--dim", "batch=x"}, 2, "--dim"},
      {{kModel, "--hw", kEdge, "--shape", "inptu=1x3x224x224"}, 2, "inptu"},
      {{kModel, "--hw", kEdge, "--shape", "input=1x3xx"}, 2, "--shape"},
      {{kModel, "--hw", kEdge, "--set", "conv2d.eficiency=0.5"}, 2, "conv2d.eficiency"},
      {{kModel, "--hw", kEdge, "--set", "conv2d.fp32.efficiency=x"}, 2, "--set"},
      {{kModel, "--hw", kEdge, "--rules", "pytorch-eagre"}, 2, "pytorch-eager"},
      {{kModel, "--hw", kEdge, "--format", "jsno"}, 2, "json"},
      {{kModel, "--hw", kEdge, "-o", "report.html"}, 2, "no format has that suffix"},
      {{kModel, "--hw", kEdge, "--units", "metric"}, 2, "si, iec or raw"},
      {{kModel, "--hw", kEdge, "--color", "yes"}, 2, "always, never or auto"},
      {{kModel, "--hw", kEdge, "--top", "-1"}, 2, "--top"},
      {{kModel, "--hw", kEdge, "--top", "many"}, 2, "--top"},
      {{kModel, "--hw", kEdge, "--columns", "nam"}, 2, "did you mean 'name'?"},
      {{kModel, "--hw", kEdge, "--sort", "latncy"}, 2, "did you mean 'latency'?"},
      {{kModel, "--hw", kEdge, "--group-by", "patern"}, 2, "did you mean 'pattern'?"},
      {{kModel, "--hw", kEdge, "--filter", "pattern=conv2dd"}, 2, "conv2d"},
      {{"explain", kModel, "--hw", kEdge}, 2, "--node"},
      {{"explain", kModel, "--hw", kEdge, "--node", "/conv1/Cnv"}, 2, "did you mean '/conv1/Conv'?"},
      {{"diff", kModel, "--hw", kEdge}, 2, "two"},
      {{"diff", kModel, kModel, kModel}, 2, "two"},
      {{"diff", kModel, kModel, "--hw", kEdge, "--threshold", "much"}, 2, "--threshold"},
      {{"diff", kModel, kModel, "--hw", kEdge, "--label", "x=y"}, 2, "--label"},
      {{"schema", "reprot"}, 2, "did you mean 'report'?"},
      {{"ops", "list", "--filter", "NoSuchOperator"}, 2, "NoSuchOperator"},
      {{"hw", "show"}, 2, "one target"},
      {{"hw", "check"}, 2, "which file?"},
  });
}

TEST(ExitCode, BadInputSaysWhereAndWhat) {
  const std::string folder = TestFolder();
  WriteFile(folder + "/empty.onnx", "");
  WriteFile(folder + "/text.onnx", "This is a text about models.\n");
  WriteFile(folder + "/cut.onnx", ReadFile(kModel).substr(0, 1000));
  WriteFile(folder + "/cut.json", R"({"schema_version": 1, "kind": "rep)");
  WriteFile(folder + "/other.json", R"({"name": "package"})");
  WriteModel(folder + "/nothing.onnx",
             R"(<ir_version: 8, opset_import: ["" : 17]> g (float[2] x) => (float[2] x) { })");
  WriteModel(folder + "/huge.onnx", R"(<ir_version: 8, opset_import: ["" : 17]>
      g (float[2147483648, 1048576] x, float[1048576, 2147483648] w) => (float y) { y = MatMul(x, w) })");
  WriteFile(folder + "/bad.toml", "format = 1\nid = \"x\"\npeek = 3\n");
  Check({
      {{folder + "/none.onnx", "--hw", kEdge}, 3, "none.onnx"},
      {{folder + "/empty.onnx", "--hw", kEdge}, 3, "empty.onnx"},
      {{folder + "/text.onnx", "--hw", kEdge}, 3, "text.onnx"},
      {{folder + "/cut.onnx", "--hw", kEdge}, 3, "cut.onnx"},
      {{folder, "--hw", kEdge}, 3, folder.c_str()},
      {{folder + "/nothing.onnx", "--hw", kEdge}, 3, "nothing.onnx: the graph has no node"},
      {{folder + "/huge.onnx", "--hw", kEdge}, 3, "huge.onnx: node 'MatMul@y' (MatMul): bytes written overflow"},
      {{folder + "/cut.json"}, 3, "cut.json: not valid JSON"},
      {{folder + "/other.json"}, 3, "other.json: not a report"},
      {{folder + "/none.json"}, 3, "none.json"},
      {{"diff", folder + "/cut.json", folder + "/other.json"}, 3, "cut.json"},
      {{kModel, "--hw", folder + "/none.toml"}, 3, "none.toml"},
      {{kModel, "--hw", folder + "/bad.toml"}, 3, "bad.toml"},
      {{"hw", "show", folder + "/bad.toml"}, 3, "bad.toml"},
      {{kModel, "--hw", kEdge, "-o", folder + "/no/such/folder/r.json"}, 3, "cannot be written"},
  });
}

TEST(ExitCode, ProfilesAreCheckedOneByOne) {
  const std::string folder = TestFolder();
  WriteFile(folder + "/bad.toml", "format = 1\nid = \"x\"\npeek = 3\n");
  const Outcome good = Execute({"hw", "check", kEdge});
  EXPECT_EQ(good.exit, 0) << good.err;
  const Outcome mixed = Execute({"hw", "check", kEdge, folder + "/bad.toml"});
  EXPECT_EQ(mixed.exit, 3);
  EXPECT_THAT(mixed.out, HasSubstr("1 of 2 profiles are well-formed"));
  EXPECT_THAT(mixed.err, HasSubstr("bad.toml"));
}

TEST(ExitCode, StrictRefusesWhatWasAssumed) {
  const std::string folder = TestFolder();
  WriteModel(folder + "/unknown.onnx", kUnknownOperator);
  WriteModel(folder + "/symbol.onnx", kTinyNetwork);
  for (const char* name : {"/unknown.onnx", "/symbol.onnx"}) {
    const Outcome lenient = Execute({folder + name, "--hw", kEdge});
    EXPECT_EQ(lenient.exit, 0) << lenient.err;
    const Outcome strict = Execute({folder + name, "--hw", kEdge, "--strict"});
    EXPECT_EQ(strict.exit, 4) << strict.err;
    EXPECT_EQ(strict.out, lenient.out) << "the report still appears";
    EXPECT_THAT(strict.err, HasSubstr("--strict"));
  }
  EXPECT_THAT(Execute({folder + "/unknown.onnx", "--hw", kEdge}).out, HasSubstr("com.example::Foo"));
  EXPECT_EQ(Execute({folder + "/symbol.onnx", "--hw", kEdge, "--dim", "n=2", "--strict"}).exit, 0);
}

TEST(ExitCode, DiffFailsOnlyWhenAsked) {
  const std::string folder = TestFolder();
  ASSERT_EQ(Execute({kModel, "--hw", kEdge, "-o", folder + "/a.json"}).exit, 0);
  ASSERT_EQ(
      Execute({kModel, "--hw", kEdge, "--set", "memory.bandwidth_bytes_per_s=90e9", "-o", folder + "/b.json"}).exit, 0);
  const std::string a = folder + "/a.json", b = folder + "/b.json";
  EXPECT_EQ(Execute({"diff", a, b}).exit, 0);
  EXPECT_EQ(Execute({"diff", a, b, "--exit-code"}).exit, 1);
  // Improvements count as well.
  EXPECT_EQ(Execute({"diff", b, a, "--exit-code"}).exit, 1);
  EXPECT_EQ(Execute({"diff", a, b, "--exit-code", "--threshold", "50%"}).exit, 0);
  EXPECT_EQ(Execute({"diff", a, a, "--exit-code"}).exit, 0);
}

TEST(ExitCode, HelpAndVersionAreNoErrors) {
  for (const char* command : {"analyze", "explain", "sensitivity", "diff", "compare", "schema"}) {
    const Outcome brief = Execute({command, "-h"}), full = Execute({command, "--help"});
    EXPECT_EQ(brief.exit, 0);
    EXPECT_EQ(full.exit, 0);
    EXPECT_THAT(brief.out, Not(HasSubstr("Examples:")));
    EXPECT_LT(full.out.find("Examples:"), full.out.find("Options:")) << command;
    EXPECT_THAT(full.err, IsEmpty());
  }
  EXPECT_EQ(Execute({"--help"}).exit, 0);
  EXPECT_EQ(Execute({"-h"}).exit, 0);
  EXPECT_THAT(Execute({"--version"}).out,
              testing::MatchesRegex("opcost [0-9]+\\.[0-9]+\\.[0-9]+( \\([0-9a-f]+\\))?\n"));
}

}  // namespace
}  // namespace opcost
