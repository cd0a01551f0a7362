// What a command has to say, before anybody decides how it looks: paragraphs and sheets of typed cells. The renderers
// (table, csv, tsv, md) read this and nothing else, so all of them show the same numbers.
#ifndef OPCOST_CLI_DOCUMENT_H_
#define OPCOST_CLI_DOCUMENT_H_

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "cli/number.h"

namespace opcost {

enum class Tone : uint8_t { kPlain, kStrong, kFaint, kGood, kBad, kMemory, kCompute };

struct Cell {
  std::string text;  // for kText columns; elsewhere, if set, what people read in place of the formatted number
  double value = std::numeric_limits<double>::quiet_NaN();
  double upper = std::numeric_limits<double>::quiet_NaN();  // kInterval only; `value` is the lower end
  std::string mark;                                         // digits of footnotes, not part of the value
  Tone tone = Tone::kPlain;

  static Cell Text(std::string text, Tone tone = Tone::kPlain) { return Cell{.text = std::move(text), .tone = tone}; }
  static Cell Number(double value, Tone tone = Tone::kPlain) { return Cell{.value = value, .tone = tone}; }
  static Cell Missing() { return Cell{}; }
  bool missing() const { return text.empty() && std::isnan(value); }
};

struct Column {
  std::string key;    // what --columns and the CSV header call it; the unit is appended there
  std::string title;  // what people read
  Measure measure = Measure::kText;
  bool is_signed = false;  // "+" in front of what grew
  bool cut = false;        // long texts lose their middle on a narrow terminal
  int keep = 0;            // on a narrow terminal columns with the lowest number go first; 0 never goes
};

enum class RowKind : uint8_t { kData, kHeading, kRest, kTotal };

struct SheetRow {
  std::vector<Cell> cells;
  RowKind kind = RowKind::kData;
  // Left out of what people read (shown as a part of "[N others]"), present in CSV.
  bool hidden = false;
};

struct Sheet {
  std::string name;   // "rows", "terms": what --format csv puts before a second sheet
  std::string title;  // "" for the main one
  std::vector<Column> columns;
  std::vector<SheetRow> rows;
  bool folded = false;  // Markdown: inside <details>
};

// A picture made of characters.
struct Figure {
  std::string title;
  std::vector<std::string> lines;
};

struct Document {
  std::vector<std::string> verdict;  // the first line, and what belongs to it
  std::vector<std::string> header;   // definitions and units
  std::vector<Sheet> sheets;
  std::vector<Figure> figures;
  size_t main_sheet = 0;                                       // the one that csv and tsv hold
  std::vector<std::pair<std::string, std::string>> footnotes;  // digit, text
  std::vector<std::string> summary;                            // coverage, memory
  std::vector<std::string> notes;
};

}  // namespace opcost

#endif  // OPCOST_CLI_DOCUMENT_H_
