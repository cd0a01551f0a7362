// Control flow and functions, through the program: what bodies cost, what is said of them, and how to set it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "process.h"

namespace opcost {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kEdge = "tests/profiles/edge.toml";

// A function with a loop with a choice: a product of [3, 4] and [4, 4], or an activation.
constexpr const char* kChoiceInALoop = R"(
<ir_version: 9, opset_import: ["" : 18, "my" : 1]>
g (float[N,4] x, int64 n, bool c) => (float[N,4] y) { [call] y = my.F (x, n, c) }
<domain: "my", opset_import: ["" : 18]>
F (a, k, c) => (b) {
  [loop] b = Loop (k, , a) <body = body (int64 i, bool ci, float[?,4] s) => (bool co, float[?,4] so) {
    co = Identity(ci)
    [choose] so = If (c) <
      then_branch = t () => (float[?,4] ty) {
        axes = Constant <value_ints = [4, 4]> ()
        w = ConstantOfShape(axes)
        [mm] ty = MatMul(s, w) },
      else_branch = e () => (float[?,4] ey) { [rel] ey = Relu(s) } > }> }
)";

// The branch of other ranks is too large to count, and `more` of it.
std::string OtherRanks(const std::string& condition, const std::string& more) {
  return R"(<ir_version: 9, opset_import: ["" : 18]>
g (float[N,3] x, bool data) => (float[] y) {
  s = Shape(x)
  rank = Size(s)
  two = Constant <value_int = 2> ()
  )" + condition +
         R"(
  y = If (c) <
    then_branch = t () => (float[?,?] a) { a = Relu(x) },
    else_branch = e () => (float[?,?] b) {
      far = Constant <value_ints = [4611686018427387904, 3]> ()
      [huge] q = Expand(x, far)
)" + more +
         R"( } >
})";
}

constexpr const char* kTwoCalls = R"(
<ir_version: 9, opset_import: ["" : 18, "my" : 1]>
g (float[5,3] x, float[3,7] w, float[7,3] v) => (float[5,3] y) {
  [first] h = my.Layer (x, w)
  [second] y = my.Layer (h, v)
}
<domain: "my", opset_import: ["" : 18, "my" : 1]>
Layer (a, b) => (out) { [product] m = MatMul(a, b)
  [act] out = my.Act (m) }
<domain: "my", opset_import: ["" : 18]>
Act (m) => (out) { [relu] out = Relu (m) }
)";

class ControlFlow : public testing::Test {
 protected:
  std::string Write(const std::string& text) {
    WriteModel(folder_ + "/model.onnx", text);
    return folder_ + "/model.onnx";
  }
  static nlohmann::json Json(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--hw", kEdge, "--format", "json"});
    const Outcome outcome = Execute(arguments);
    EXPECT_EQ(outcome.exit, 0) << outcome.err;
    return nlohmann::json::parse(outcome.out);
  }
  static nlohmann::json Node(const nlohmann::json& report, const std::string& id) {
    for (const auto& node : report["nodes"]) {
      if (node["id"] == id) return node;
    }
    ADD_FAILURE() << "no node " << id;
    return {};
  }

 private:
  std::string folder_ = TestFolder();
};

TEST_F(ControlFlow, BodiesCountTimesTheTrips) {
  const nlohmann::json report = Json({Write(kChoiceInALoop), "--dim", "N=3", "--trip", "call/loop=7"});
  const nlohmann::json product = Node(report, "call/mm");
  EXPECT_EQ(product["repeats"], 7);
  EXPECT_EQ(product["macs"], 7 * 3 * 4 * 4);
  EXPECT_EQ(product["call_path"], nlohmann::json({"call"}));
  EXPECT_EQ(report["totals"]["macs"], 7 * 3 * 4 * 4);
}

// 7 · (3 µs + 96 FLOP · 2 ps), against 7 launches of 1 µs.
TEST_F(ControlFlow, TheDearerBranchCountsAndTheRangeIsShown) {
  const Outcome outcome =
      Execute({Write(kChoiceInALoop), "--dim", "N=3", "--trip", "loop=7", "--hw", kEdge, "--columns", "name,latency"});
  EXPECT_THAT(outcome.out, HasSubstr("call/choose: the dearer branch is counted: then_branch 21 µs, else_branch 7.0"));
}

TEST_F(ControlFlow, ExplainSaysWhatWasAssumedOfTheNode) {
  const Outcome loop =
      Execute({"explain", Write(kChoiceInALoop), "--dim", "N=3", "--hw", kEdge, "--node", "call/loop"});
  EXPECT_THAT(loop.out,
              AllOf(HasSubstr("n int64[]; (omitted); x float32[3, 4]"), HasSubstr("set it with --trip call/loop=N")));
  const Outcome choice = Execute({"explain", Write(kChoiceInALoop), "--dim", "N=3", "--hw", kEdge, "--node", "choose"});
  EXPECT_THAT(choice.out, HasSubstr("the dearer branch is counted"));
}

TEST_F(ControlFlow, NamesThatTheModelDoesNotHaveAreRefused) {
  const std::string model = Write(kChoiceInALoop);
  const Outcome trip = Execute({model, "--hw", kEdge, "--trip", "call/lop=7"});
  EXPECT_EQ(trip.exit, 2);
  EXPECT_THAT(trip.err, HasSubstr("did you mean 'call/loop'?"));
  const Outcome assume = Execute({model, "--hw", kEdge, "--assume", "s:0=7"});
  EXPECT_EQ(assume.exit, 2);
  EXPECT_THAT(assume.err, HasSubstr("no extent of that name depends on data"));
}

TEST_F(ControlFlow, ABranchThatNeverRunsSpoilsNothing) {
  const std::string model = Write(OtherRanks("c = Equal(rank, two)", R"(
      n = Constant <value_ints = [7, 11]> ()
      r = Reshape(x, n)
      w = Constant <value = float[2,2] {1,2,3,4}> ()
      [wrong] b = MatMul(r, w))"));
  const Outcome strict = Execute({model, "--hw", kEdge, "--dim", "N=5", "--strict"});
  EXPECT_EQ(strict.exit, 0) << strict.err;
  EXPECT_THAT(strict.out, Not(HasSubstr("unknown shapes")));
  EXPECT_EQ(Json({model, "--dim", "N=5"})["coverage"]["incomplete"], 0);
}

TEST_F(ControlFlow, ABranchThatMayRunAndIsTooLargeIsAnError) {
  const Outcome outcome =
      Execute({Write(OtherRanks("c = Identity(data)", "b = Identity(q)")), "--hw", kEdge, "--dim", "N=1"});
  EXPECT_EQ(outcome.exit, 3);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("node 'huge' (Expand)"), HasSubstr("overflow 64 bits")));
}

TEST_F(ControlFlow, CallsAreTheScopesOfWhatTheyCall) {
  const nlohmann::json report = Json({Write(kTwoCalls)});
  std::map<std::string, std::string> scopes;
  for (const auto& node : report["nodes"]) scopes[node["id"]] = node["scope"];
  EXPECT_EQ(scopes, (std::map<std::string, std::string>{{"first/product", "first"},
                                                        {"first/act/relu", "first/act"},
                                                        {"second/product", "second"},
                                                        {"second/act/relu", "second/act"}}));
  const Outcome grouped = Execute({Write(kTwoCalls), "--hw", kEdge, "--group-by", "scope:1", "--columns", "name,macs"});
  EXPECT_THAT(grouped.out, AllOf(HasSubstr("\nfirst "), HasSubstr("\nsecond ")));
}

TEST_F(ControlFlow, ASweepFollowsALoopOverASymbol) {
  const std::string model = Write(R"(
<ir_version: 9, opset_import: ["" : 18]>
g (float[T,4] x, float[4,4] w) => (float[?,4] ys) {
  s = Shape(x)
  zero = Constant <value_int = 0> ()
  m = Gather(s, zero)
  ys = Loop (m, ) <body = b (int64 i, bool ci) => (bool co, float[4] e) {
    co = Identity(ci)
    row = Gather(x, i)
    [product] e = MatMul(row, w) }> })");
  for (const int64_t t : {2, 8}) {
    EXPECT_EQ(Json({model, "--dim", "T=" + std::to_string(t)})["totals"]["macs"], t * 4 * 4);
  }
  const Outcome swept = Execute({model, "--hw", kEdge, "--sweep", "T=2,8"});
  EXPECT_THAT(swept.out, HasSubstr("2 bindings of T"));
  EXPECT_EQ(swept.exit, 0);
}

}  // namespace
}  // namespace opcost
