// Every class of mistake that a profile can hold, each made in a small good one, with the line and the words it gets.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tests/hardware/profiles.h"

namespace opcost {
namespace {

constexpr char kGood[] = R"(format = 1
id = "p"
name = "P"
device_class = "cpu"
runtime = "none"
[source]
s = "somebody"
[peak]
fp32_flops_per_s = { value = 1e12, evidence = "specified", source = "s" }
[rate]
r_flops_per_s = { value = 1e11, evidence = "assumed", source = "s" }
[memory]
bandwidth_bytes_per_s = { value = 5e10, evidence = "specified", source = "s" }
[default]
work = "flops"
efficiency = { value = 0.1, evidence = "assumed", source = "s" }
memory_fraction = { value = 0.6, evidence = "assumed", source = "s" }
overlap = { value = 0, evidence = "assumed", source = "s" }
dispatch_s = { value = 1e-6, evidence = "assumed", source = "s" }
[pattern.conv2d.fp32]
work = "matrix_flops"
x = "matrix_flops"
relative_to = "rate.r_flops_per_s"
interpolation = "log_linear"
source = "s"
evidence = "fitted"
points = [
  { x = 1e6, efficiency = 0.2 },
  { x = 1e8, efficiency = 0.8 },
]
[pattern.matmul.fp32]
source = "s"
launch_s = { value = 1e-6, evidence = "fitted", source = "s" }
terms = [ { metric = "flops", seconds_per_unit = { value = 1e-12, evidence = "fitted", source = "s" } } ]
)";

std::string Break(absl::string_view from, absl::string_view to) {
  EXPECT_NE(absl::string_view(kGood).find(from), absl::string_view::npos) << from;
  return absl::StrReplaceAll(kGood, {{from, to}});
}

TEST(BadProfileTest, TheGoodOneIsGood) {
  EXPECT_EQ(CheckTargetText(kGood, "p.toml"), std::vector<std::string>{});
  EXPECT_TRUE(ReadTargetText(kGood, "p.toml").ok());
}

struct Mistake {
  const char* from;
  const char* to;
  const char* at;    // "p.toml:LINE: KEY: "
  const char* says;  // somewhere after it
};

const Mistake kMistakes[] = {
    // Syntax.
    {"id = \"p\"", "id = ", "p.toml:2: ", "no TOML"},
    {"id = \"p\"", "id = \"p\"\nid = \"q\"", "p.toml:3: ", "no TOML"},
    {"[source]", "[=ource]", "p.toml:6: ", "no TOML"},
    {"[source]", "[]", "p.toml:6: ", "no TOML"},
    // Header.
    {"format = 1", "format = 2", "p.toml:1: format: ", "expected 1"},
    {"id = \"p\"\n", "", "p.toml:1: id: ", "missing, expected a text"},
    {"id = \"p\"", "id = \"p:q\"", "p.toml:2: id: ", "without ':'"},
    {"id = \"p\"", "id = 3", "p.toml:2: id: ", "is a number, expected a text"},
    {"\"cpu\"", "\"cpi\"", "p.toml:4: device_class: ", "did you mean 'cpu'?"},
    {"runtime = \"none\"", "runtim = \"none\"", "p.toml:5: runtim: ", "unknown key; did you mean 'runtime'?"},
    {"runtime = \"none\"\n", "", "p.toml:1: runtime: ", "missing"},
    {"format = 1\n", "format = 1\ndefault_mode = \"x\"\n", "p.toml:2: default_mode: ", "'x'"},
    // Keys, in every section.
    {"bandwidth_bytes_per_s", "bandwith_bytes_per_s",
     "p.toml:13: memory.bandwith_bytes_per_s: ", "did you mean 'bandwidth_bytes_per_s'?"},
    {"bandwidth_bytes_per_s", "bandwidth_gb_per_s", "p.toml:13: memory.bandwidth_gb_per_s: ", "unknown key"},
    {"[peak]\nfp32_", "[peak]\nfp322_", "p.toml:9: peak.fp322_flops_per_s: ", "did you mean 'fp32_flops_per_s'?"},
    {"[memory]", "[memroy]", "p.toml:12: memroy: ", "did you mean 'memory'?"},
    {"dispatch_s", "dispatch_us", "p.toml:19: default.dispatch_us: ", "did you mean 'dispatch_s'?"},
    {"value = 0.1,", "valeu = 0.1,", "p.toml:16: default.efficiency.valeu: ", "did you mean 'value'?"},
    {"x = 1e6, efficiency", "x = 1e6, eficiency",
     "p.toml:28: pattern.conv2d.fp32.points[0].eficiency: ", "did you mean 'efficiency'?"},
    {"interpolation =", "extrapolation =", "p.toml:24: pattern.conv2d.fp32.extrapolation: ", "unknown key"},
    {"[ { metric =", "[ { metrics =", "p.toml:34: pattern.matmul.fp32.terms[0].metrics: ", "did you mean 'metric'?"},
    // Names from closed sets.
    {"pattern.conv2d.", "pattern.convd2.", "p.toml:20: pattern.convd2: ", "did you mean 'conv2d'?"},
    {"conv2d.fp32", "conv2d.fp322", "p.toml:20: pattern.conv2d.fp322: ", "did you mean 'fp32'?"},
    {"x = \"matrix_flops\"", "x = \"matrix_flop\"",
     "p.toml:22: pattern.conv2d.fp32.x: ", "did you mean 'matrix_flops'?"},
    {"\"log_linear\"", "\"loglinear\"", "p.toml:24: pattern.conv2d.fp32.interpolation: ", "did you mean 'log_linear'?"},
    {"\"fitted\"\npoints", "\"fited\"\npoints", "p.toml:26: pattern.conv2d.fp32.evidence: ", "did you mean 'fitted'?"},
    {"rate.r_flops", "rate.q_flops",
     "p.toml:20: pattern.conv2d.fp32.relative_to: ", "did you mean 'rate.r_flops_per_s'?"},
    {"work = \"flops\"", "work = \"bytes\"", "p.toml:15: default.work: ", "expected flops or matrix_flops"},
    {"metric = \"flops\"", "metric = \"intensity\"",
     "p.toml:34: pattern.matmul.fp32.terms[0].metric: ", "does not add up"},
    // Sources.
    {"value = 1e12, evidence = \"specified\", source = \"s\"", "value = 1e12, evidence = \"specified\"",
     "p.toml:9: peak.fp32_flops_per_s.source: ", "missing"},
    {"value = 1e12, evidence = \"specified\"", "value = 1e12", "p.toml:9: peak.fp32_flops_per_s.evidence: ", "missing"},
    {"{ value = 1e12, evidence = \"specified\", source = \"s\" }", "1e12",
     "p.toml:9: peak.fp32_flops_per_s: ", "a number without a source"},
    {"value = 5e10, evidence = \"specified\", source = \"s\"", "value = 5e10, evidence = \"specified\", source = \"t\"",
     "p.toml:13: memory.bandwidth_bytes_per_s.source: ", "'t' is not in [source]"},
    {"\nsource = \"s\"\nevidence", "\nevidence", "p.toml:27: pattern.conv2d.fp32.points[0].source: ", "missing"},
    {"evidence = \"fitted\"\npoints", "points", "p.toml:27: pattern.conv2d.fp32.points[0].evidence: ", "missing"},
    {"s = \"somebody\"", "s = \"\"", "p.toml:7: source.s: ", "empty"},
    {"s = \"somebody\"", "s = 7", "p.toml:7: source.s: ", "is a number, expected a text"},
    // Values.
    {"value = 0.1,", "value = \"0.1\",", "p.toml:16: default.efficiency.value: ", "is a text, expected a number"},
    {"value = 0.1,", "value = true,", "p.toml:16: default.efficiency.value: ", "expected a number"},
    {"value = 0.1,", "value = nan,", "p.toml:16: default.efficiency.value: ", "nan, expected above 0"},
    {"value = 1e12,", "value = inf,", "p.toml:9: peak.fp32_flops_per_s.value: ", "inf, expected"},
    {"value = 1e12,", "value = 0,", "p.toml:9: peak.fp32_flops_per_s.value: ", "expected at least"},
    {"value = 1e12,", "value = 1000,", "p.toml:9: peak.fp32_flops_per_s.value: ", "1000, expected at least 1e+06"},
    {"value = 1e12,", "value = -1e12,", "p.toml:9: peak.fp32_flops_per_s.value: ", "expected"},
    {"overlap = { value = 0,", "overlap = { value = 1.1,", "p.toml:18: default.overlap.value: ", "at most 1"},
    {"memory_fraction = { value = 0.6", "memory_fraction = { value = 60",
     "p.toml:17: default.memory_fraction.value: ", "at most 1.5"},
    {"dispatch_s = { value = 1e-6", "dispatch_s = { value = 2.6", "p.toml:19: default.dispatch_s.value: ", "at most 1"},
    {"value = 1e-12,", "value = -1e-12,",
     "p.toml:34: pattern.matmul.fp32.terms[0].seconds_per_unit.value: ", "at least 0"},
    {"efficiency = 0.8", "efficiency = 0", "p.toml:29: pattern.conv2d.fp32.points[1].efficiency: ", "above 0"},
    // Curves.
    {"x = 1e8,", "x = 1e5,", "p.toml:29: pattern.conv2d.fp32.points[1].x: ", "expected ascending x"},
    {"{ x = 1e8, efficiency = 0.8 },",
     "{ x = 1e8, efficiency = 0.8 },\n{ x = 1e8, efficiency = 0.8 },\n{ x = 1e8, efficiency = 0.8 },",
     "p.toml:31: pattern.conv2d.fp32.points[3].x: ", "at most two"},
    {"  { x = 1e8, efficiency = 0.8 },\n", "", "p.toml:27: pattern.conv2d.fp32.points: ", "two points or more"},
    {"{ x = 1e6, efficiency = 0.2 }", "1", "p.toml:28: pattern.conv2d.fp32.points[0]: ", "is a number"},
    {"relative_to = \"rate.r_flops_per_s\"", "relative_to = \"memory.bandwidth_bytes_per_s\"",
     "p.toml:20: pattern.conv2d.fp32.relative_to: ", "expected a rate in FLOP/s"},
    // Forms.
    {"[pattern.matmul.fp32]\n", "[pattern.matmul.fp32]\nwork = \"flops\"\n",
     "p.toml:32: pattern.matmul.fp32.work: ", "has no place beside launch_s"},
    {"[pattern.matmul.fp32]\n", "[pattern.matmul.fp32]\nlike = \"conv2d.fp32\"\n",
     "p.toml:34: pattern.matmul.fp32.launch_s: ", "has no place beside like"},
    {"launch_s = { value = 1e-6, evidence = \"fitted\", source = \"s\" }\n", "",
     "p.toml:31: pattern.matmul.fp32.launch_s: ", "missing"},
    {"[pattern.matmul.fp32]\n", "[pattern.linear.fp32]\nlike = \"matmull.fp32\"\n[pattern.matmul.fp32]\n",
     "p.toml:31: pattern.linear.fp32.like: ", "did you mean 'matmul.fp32'?"},
    {"[pattern.matmul.fp32]\n", "[pattern.matmul.fp16]\n",
     "p.toml:31: pattern.matmul.fp16: ", "no peak.fp16_flops_per_s"},
    {"[pattern.matmul.fp32]\n", "[pattern.matmul.fp32]\nrange = [5, 2]\n",
     "p.toml:32: pattern.matmul.fp32.range: ", "low < high"},
    // What nothing uses.
    {"[memory]", "[factor]\nf = { value = 0.5, evidence = \"assumed\", source = \"s\" }\n[memory]",
     "p.toml:13: factor.f: ", "nothing uses it"},
    {"[rate]\n", "tf32_flops_per_s = { value = 1e13, evidence = \"specified\", source = \"s\" }\n[rate]\n",
     "p.toml:10: peak.tf32_flops_per_s: ", "nothing uses it"},
    {"r_flops_per_s =", "r_gflops =", "p.toml:11: rate.r_gflops: ", "expected it to end in _flops_per_s"},
    {"[memory]", "[limit]\nfp32 = \"peak.tf23_flops_per_s\"\n[memory]", "p.toml:13: limit.fp32: ", "is no key"},
    {"[memory]", "[limit]\nfp64 = \"peak.fp32_flops_per_s\"\n[memory]", "p.toml:13: limit.fp64: ", "has no peak.fp64"},
    // Whole sections.
    {"[peak]\nfp32_flops_per_s = { value = 1e12, evidence = \"specified\", source = \"s\" }\n", "",
     "p.toml:1: peak: ", "missing"},
    {"[memory]\nbandwidth_bytes_per_s = { value = 5e10, evidence = \"specified\", source = \"s\" }\n", "",
     "p.toml:1: memory.bandwidth_bytes_per_s: ", "missing"},
    {"[memory]", "[[memory]]", "p.toml:12: memory: ", "is a list, expected a table"},
    {"[source]\n", "[mode.m]\n[source]\n", "p.toml:6: mode.m.description: ", "missing"},
    {"[source]\n", "[mode.m]\ndescription = \"m\"\n[source]\n", "p.toml:1: default_mode: ", "missing"},
    {"[source]\n", "[mode.\"a:b\"]\ndescription = \"m\"\n[source]\n", "p.toml:6: mode.a:b: ", "without ':'"},
    {"[source]\n", "[mode.m]\ndescription = \"m\"\nreplaces = [\"patern\"]\n[source]\n",
     "p.toml:8: mode.m.replaces: ", "did you mean 'pattern'?"},
    {"runtime = \"none\"\n",
     "runtime = \"none\"\ndefault_mode = \"m\"\n[mode.m]\ndescription = \"m\"\ninherits = \"m\"\n",
     "p.toml:7: mode.m.inherits: ", "in a circle"},
    {"runtime = \"none\"\n",
     "runtime = \"none\"\ndefault_mode = \"m\"\n[mode.m]\ndescription = \"m\"\ninherits = \"n\"\n",
     "p.toml:7: mode.m.inherits: ", "'n' is no mode"},
    {"[source]\n", "[[exact]]\nsignature = \"a\"\n[source]\n", "p.toml:6: exact[0].seconds: ", "missing"},
};

TEST(BadProfileTest, EachMistakeIsNamedWithItsLineAndWhatWasExpected) {
  for (const Mistake& mistake : kMistakes) {
    const std::string text = Break(mistake.from, mistake.to);
    const absl::Status status = ReadTargetText(text, "p.toml").status();
    ASSERT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << mistake.from << " -> " << mistake.to;
    bool named = false;
    for (const std::string& message : CheckTargetText(text, "p.toml")) {
      named = named || (message.rfind(mistake.at, 0) == 0 && message.find(mistake.says) != std::string::npos);
    }
    EXPECT_TRUE(named) << mistake.from << " -> " << mistake.to << "\n wanted " << mistake.at << "…" << mistake.says
                       << "\n got " << status.message();
  }
}

TEST(BadProfileTest, AnEfficiencyAboveOneOfAPhysicalPeakNeedsAReason) {
  const std::string text = absl::StrReplaceAll(
      kGood, {{"[rate]\nr_flops_per_s = { value = 1e11, evidence = \"assumed\", source = \"s\" }\n", ""},
              {"rate.r_flops_per_s", "peak"},
              {"efficiency = 0.8", "efficiency = 1.13"}});
  const absl::Status status = ReadTargetText(text, "p.toml").status();
  EXPECT_NE(status.message().find("conv2d.fp32.efficiency[1] is above 1 of the physical peak.fp32_flops_per_s"),
            absl::string_view::npos)
      << status;
  const std::string excused =
      absl::StrReplaceAll(text, {{"interpolation =", "may_beat_limit = \"Winograd\"\ninterpolation ="}});
  EXPECT_TRUE(ReadTargetText(excused, "p.toml").ok()) << ReadTargetText(excused, "p.toml").status();
}

TEST(BadProfileTest, ACheckListsAllOfThemInOrder) {
  const std::string text = absl::StrReplaceAll(
      kGood, {{"\"cpu\"", "\"cpi\""}, {"value = 0.1,", "value = 2,"}, {"bandwidth_bytes_per_s", "bandwidth"}});
  const std::vector<std::string> problems = CheckTargetText(text, "p.toml");
  ASSERT_EQ(problems.size(), 3u);
  EXPECT_EQ(problems[0].rfind("p.toml:4: device_class: ", 0), 0u) << problems[0];
  const absl::Status status = ReadTargetText(text, "p.toml").status();
  EXPECT_NE(status.message().find("`opcost hw check` lists them"), absl::string_view::npos) << status;
}

TEST(BadProfileTest, AMistakeInAModeThatIsNotAskedForIsStillOne) {
  const std::string text = Break("[source]\n",
                                 "[mode.a]\ndescription = \"a\"\n[mode.b]\ndescription = \"b\"\n[mode.b.memory]\n"
                                 "capacity = 3\n[source]\n");
  const std::string with_default = absl::StrReplaceAll(text, {{"runtime =", "default_mode = \"a\"\nruntime ="}});
  const absl::Status status = ReadTargetText(with_default, "p.toml", "a").status();
  EXPECT_EQ(status.message(), "p.toml:12: mode.b.memory.capacity: unknown key; did you mean 'capacity_bytes'?");
}

TEST(BadProfileTest, FilesThatAreNoProfiles) {
  EXPECT_EQ(ReadTarget("no/such.toml").status().code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(ReadTarget("tests").ok());
  EXPECT_FALSE(ReadTarget("/dev/zero").ok());
  EXPECT_FALSE(ReadTargetText("", "empty.toml").ok());
  EXPECT_FALSE(ReadTargetText(absl::string_view("\0\0\0", 3), "zeros.toml").ok());
  EXPECT_FALSE(ReadTargetText("\xff\xfe\x00", "bytes.toml").ok());
  EXPECT_FALSE(ReadTargetText(std::string(100000, '['), "deep.toml").ok());
  EXPECT_FALSE(ReadTargetText(absl::StrCat("a = ", std::string(100000, '[')), "deep.toml").ok());
}

void ExpectAnswer(absl::string_view text) {
  const absl::StatusOr<Target> target = ReadTargetText(text, "p.toml");
  const bool answered = target.ok() ? !target->entries.empty() : target.status().message().rfind("p.toml:", 0) == 0;
  EXPECT_TRUE(answered) << target.status() << "\n" << text;
}

// Cutting or damaging a profile anywhere gives an answer: a target or a message that names the file.
TEST(BadProfileTest, DamageNeverGoesUnanswered) {
  const std::string good = kGood;
  for (size_t cut = 0; cut < good.size(); ++cut) {
    ExpectAnswer(absl::string_view(good).substr(0, cut));
  }
  for (size_t at = 0; at < good.size(); ++at) {
    for (const char damage : {'\0', '"', '{', '.', '9', '-', '\n'}) {
      std::string damaged = good;
      damaged[at] = damage;
      ExpectAnswer(damaged);
    }
  }
}

}  // namespace
}  // namespace opcost
