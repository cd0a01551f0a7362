// Curves of a profile: in the terminal, as JSON, and as a page that a real browser shows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "process.h"

namespace opcost {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kRuns = "tests/measurements/sapphire_rapids/models";

TEST(Curves, TheTerminalShowsEveryEntryThatHasASize) {
  const Outcome outcome = Execute({"curves", "i7-12700k", "-q"});
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("conv2d.fp32 (time): FLOP/s over matrix_flops; ~ i7-12700k:seed any.fp32"));
  EXPECT_THAT(outcome.out, HasSubstr("═"));
  EXPECT_THAT(outcome.out, HasSubstr("not drawn: free.fp32"));
  const Outcome ascii = Execute(Process{.arguments = {"curves", "i7-12700k", "-q"}, .environment = {{"LC_ALL", "C"}}});
  for (char c : ascii.out) ASSERT_LT(static_cast<unsigned char>(c), 0x80);
}

TEST(Curves, JsonHoldsTheRatesOfTheProfile) {
  // The seed's own figures: 252 GFLOP/s at 100 MFLOP, 90 at 10, 360 from 1 G on.
  const Outcome outcome = Execute({"curves", "i7-12700k:seed", "--format", "json", "-q"});
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  const nlohmann::json json = nlohmann::json::parse(outcome.out);
  ASSERT_EQ(json["curves"].size(), 1u);
  const nlohmann::json& curve = json["curves"][0];
  EXPECT_EQ(curve["entry"], "any.fp32");
  ASSERT_EQ(curve["points"].size(), 4u);
  EXPECT_NEAR(curve["points"][1]["rate"], 90e9, 1);
  EXPECT_NEAR(curve["points"][2]["rate"], 252e9, 1);
  // Log-linear between them: at 10^7.5 half way.
  double nearest = 1e300, rate = 0;
  for (const nlohmann::json& at : curve["line"]) {
    const double x = at[0], miss = std::abs(std::log10(x) - 7.5);
    if (miss < nearest) {
      nearest = miss;
      rate = at[1].get<double>() - (252e9 - 90e9) * (std::log10(x) - 7.5);
    }
  }
  EXPECT_NEAR(rate, (90e9 + 252e9) / 2, 1e6);
  EXPECT_NEAR(curve["line"].back()[1], 360e9, 1);
}

TEST(Curves, WhatIsAskedForAndIsNotThereIsAnError) {
  EXPECT_EQ(Execute({"curves"}).exit, 2);
  EXPECT_EQ(Execute({"curves", "no-such-target"}).exit, 2);
  const Outcome entry = Execute({"curves", "i7-12700k", "--entry", "conv3d"});
  EXPECT_EQ(entry.exit, 2);
  EXPECT_THAT(entry.err, HasSubstr("no curve has that in its name"));
  EXPECT_EQ(Execute({"curves", "i7-12700k", "--html", "/nowhere/at/all.html"}).exit, 3);
  EXPECT_EQ(Execute({"curves", "i7-12700k", "--from", "/nowhere"}).exit, 3);
}

// A browser without a window: the name it was found under, "" when there is none.
std::string Browser() {
  for (const char* name : {"chromium-headless-shell", "chromium", "google-chrome"}) {
    if (std::system((std::string("command -v ") + name + " >/dev/null 2>&1").c_str()) == 0) return name;
  }
  return "";
}

// What a script in a page around `page` measured of it, laid out `width` wide.
nlohmann::json Look(const std::string& browser, const std::string& page, int width) {
  constexpr const char* kScript = R"js(
    const frame = document.createElement('iframe');
    frame.style.cssText = 'width:WIDTHpx;height:4000px;border:0';
    frame.onload = () => {
      const d = frame.contentDocument, w = frame.contentWindow, found = {figures: [], outside: 0};
      for (const svg of d.querySelectorAll('figure svg')) {
        const box = svg.getBoundingClientRect(), line = svg.querySelector('path.line');
        found.figures.push({width: box.width, height: box.height, length: line.getTotalLength(),
                            points: svg.querySelectorAll('.point circle').length,
                            kernels: svg.querySelectorAll('.kernel').length,
                            stroke: w.getComputedStyle(line).stroke});
        for (const mark of svg.querySelectorAll('path, circle, text, rect')) {
          const m = mark.getBoundingClientRect();
          if (m.left < box.left - 2 || m.right > box.right + 2 || m.top < box.top - 2 || m.bottom > box.bottom + 2)
            ++found.outside;
        }
      }
      found.overflow = d.documentElement.scrollWidth - d.documentElement.clientWidth;
      found.resources = w.performance.getEntriesByType('resource').length;
      found.scripts = d.scripts.length;
      found.broken = [...d.querySelectorAll('a[href^="#"]')].filter(
          a => !d.getElementById(decodeURIComponent(a.getAttribute('href').slice(1)))).length;
      found.heading = d.querySelector('h1').textContent;
      document.body.innerHTML = '';
      const out = document.createElement('pre');
      out.textContent = 'FOUND' + JSON.stringify(found) + 'END';
      document.body.append(out);
    };
    frame.srcdoc = document.getElementById('page').textContent;
    document.body.append(frame);
  )js";
  std::string script = kScript;
  script.replace(script.find("WIDTH"), 5, std::to_string(width));
  std::string text;
  for (char c : page) text += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
  const std::string path = TestFolder() + "/look.html";
  WriteFile(path, "<!doctype html><meta charset=utf-8><body><textarea id=page hidden>" + text + "</textarea><script>" +
                      script + "</script>");
  const std::string command = browser +
                              " --headless --no-sandbox --disable-gpu --virtual-time-budget=5000 --dump-dom file://" +
                              path + " 2>/dev/null";
  std::string dom;
  FILE* pipe = popen(command.c_str(), "r");
  std::array<char, 4096> buffer{};
  for (size_t n = 0; (n = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) dom.append(buffer.data(), n);
  pclose(pipe);
  const size_t begin = dom.find("FOUND{"), end = dom.find("END", begin);
  if (begin == std::string::npos || end == std::string::npos) return {};
  std::string found = dom.substr(begin + 5, end - begin - 5);
  return nlohmann::json::parse(found, nullptr, /*allow_exceptions=*/false);
}

TEST(Curves, ThePageNeedsNothingElseAndABrowserLaysItOut) {
  const std::string path = TestFolder() + "/curves.html";
  const Outcome made = Execute({"curves", "sapphire-rapids-1t", "--from", kRuns, "--threads", "1", "--runtime-version",
                                "1.26.0", "--entry", "conv_blocked,softmax", "--html", path, "-q"});
  ASSERT_EQ(made.exit, 0) << made.err;
  const std::string page = ReadFile(path);
  EXPECT_THAT(page, Not(HasSubstr("http:")));
  EXPECT_THAT(page, Not(HasSubstr("https:")));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  const std::string browser = Browser();
  if (browser.empty() && std::getenv("OPCOST_NO_BROWSER") != nullptr) GTEST_SKIP() << "OPCOST_NO_BROWSER is set";
  ASSERT_NE(browser, "") << "no chromium; install chromium-headless-shell, or set OPCOST_NO_BROWSER to go without";
  for (int width : {1280, 390}) {
    const nlohmann::json found = Look(browser, page, width);
    ASSERT_TRUE(found.is_object()) << "the page was not shown";
    EXPECT_EQ(found["heading"], "sapphire-rapids-1t");
    EXPECT_EQ(found["overflow"], 0) << width;
    EXPECT_EQ(found["outside"], 0) << width;
    EXPECT_EQ(found["resources"], 0);
    EXPECT_EQ(found["scripts"], 0);
    EXPECT_EQ(found["broken"], 0);
    ASSERT_GE(found["figures"].size(), 4u);
    for (const nlohmann::json& figure : found["figures"]) {
      EXPECT_GT(figure["width"], 250);
      EXPECT_GT(figure["height"], 150);
      EXPECT_GT(figure["length"], 300);  // of 386 units across
      EXPECT_EQ(figure["stroke"], "rgb(31, 111, 235)");
    }
    EXPECT_EQ(found["figures"][0]["points"], 10);
    EXPECT_GT(found["figures"][0]["kernels"], 100);
  }
}

}  // namespace
}  // namespace opcost
