#include "cli/measurements.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace opcost {
namespace {

using testing::ElementsAre;

MeasuredRun WithNotes(const std::vector<std::string>& texts) {
  MeasuredRun run;
  for (const std::string& text : texts) run.notes.push_back({NoteKind::kProfile, text, ""});
  return run;
}

TEST(NotesOf, SayOnceWhatManyRunsSay) {
  EXPECT_THAT(NotesOf({WithNotes({"others took 0.2 processors", "no version"}), WithNotes({"no version"}),
                       WithNotes({"others took 1.5 processors", "swapped 3 pages"}),
                       WithNotes({"others took 0.9 processors", "no v2 version"})}),
              ElementsAre("others took 1.5 processors (the worst of 3 runs)", "no version (2 runs)", "swapped 3 pages",
                          "no v2 version"));
}

}  // namespace
}  // namespace opcost
