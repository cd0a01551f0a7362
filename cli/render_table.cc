// Plain text: aligned columns, numbers to the right, as wide as the terminal allows.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/render.h"

namespace opcost {
namespace {

constexpr absl::string_view kGap = "  ";
constexpr int kNarrowestName = 16;

// ANSI codes by Tone.
constexpr std::array<const char*, 7> kTones = {"",         "\x1b[1m",  "\x1b[2m", "\x1b[32m",
                                               "\x1b[31m", "\x1b[36m", "\x1b[33m"};
constexpr const char* kReset = "\x1b[0m";

class TableText {
 public:
  explicit TableText(const RenderOptions& options) : options_(options) {}

  std::string Fit(absl::string_view text) const { return options_.terminal.utf8 ? std::string(text) : ToAscii(text); }

  void Line(absl::string_view text, Tone tone = Tone::kPlain) { absl::StrAppend(&out_, Paint(Fit(text), tone), "\n"); }

  std::string Paint(absl::string_view text, Tone tone) const {
    if (!options_.terminal.colour || tone == Tone::kPlain || text.empty()) return std::string(text);
    return absl::StrCat(kTones[static_cast<size_t>(tone)], text, kReset);
  }

  void Add(const Sheet& sheet);
  std::string Take() { return std::move(out_); }

 private:
  struct Layout {
    std::vector<size_t> columns;  // those shown
    std::vector<int> widths;      // of all
    std::vector<std::string> dropped;
  };
  Layout Measure(const Sheet& sheet, const std::vector<std::vector<std::string>>& texts) const;
  void DropColumns(const Sheet& sheet, Layout& layout) const;
  void CutColumns(const Sheet& sheet, Layout& layout) const;
  void Row(const Sheet& sheet, const Layout& layout, const std::vector<std::string>& texts, const SheetRow* row);
  int Width(const Layout& layout) const {
    int width = 0;
    for (size_t c : layout.columns) width += layout.widths[c] + static_cast<int>(kGap.size());
    return width - static_cast<int>(kGap.size());
  }

  const RenderOptions& options_;
  std::string out_;
};

TableText::Layout TableText::Measure(const Sheet& sheet, const std::vector<std::vector<std::string>>& texts) const {
  Layout layout;
  for (size_t c = 0; c < sheet.columns.size(); ++c) {
    layout.columns.push_back(c);
    layout.widths.push_back(DisplayWidth(Fit(sheet.columns[c].title)));
  }
  for (const std::vector<std::string>& cells : texts) {
    // A heading is one text over all columns.
    if (cells.size() != sheet.columns.size()) continue;
    for (size_t c = 0; c < cells.size(); ++c) layout.widths[c] = std::max(layout.widths[c], DisplayWidth(cells[c]));
  }
  const int limit = options_.terminal.columns;
  if (limit > 0) {
    DropColumns(sheet, layout);
    CutColumns(sheet, layout);
  }
  return layout;
}

// Leaves columns out, least wanted first, until the rest fits with its long texts cut.
void TableText::DropColumns(const Sheet& sheet, Layout& layout) const {
  const auto narrowest = [&] {
    Layout cut = layout;
    for (size_t c : cut.columns) {
      if (sheet.columns[c].cut) cut.widths[c] = std::min(cut.widths[c], kNarrowestName);
    }
    return Width(cut);
  };
  while (narrowest() > options_.terminal.columns) {
    auto worst = layout.columns.end();
    for (auto at = layout.columns.begin(); at != layout.columns.end(); ++at) {
      const int keep = sheet.columns[*at].keep;
      if (keep > 0 && (worst == layout.columns.end() || keep < sheet.columns[*worst].keep)) worst = at;
    }
    if (worst == layout.columns.end()) return;
    layout.dropped.push_back(sheet.columns[*worst].title);
    layout.columns.erase(worst);
  }
}

void TableText::CutColumns(const Sheet& sheet, Layout& layout) const {
  for (int excess = Width(layout) - options_.terminal.columns; excess > 0;) {
    size_t widest = sheet.columns.size();
    for (size_t c : layout.columns) {
      if (!sheet.columns[c].cut || layout.widths[c] <= kNarrowestName) continue;
      if (widest == sheet.columns.size() || layout.widths[c] > layout.widths[widest]) widest = c;
    }
    if (widest == sheet.columns.size()) return;
    const int taken = std::min(excess, std::max(1, (layout.widths[widest] - kNarrowestName + 1) / 2));
    layout.widths[widest] -= taken;
    excess -= taken;
  }
}

void TableText::Row(const Sheet& sheet, const Layout& layout, const std::vector<std::string>& texts,
                    const SheetRow* row) {
  std::string line;
  for (size_t i = 0; i < layout.columns.size(); ++i) {
    const size_t c = layout.columns[i];
    const int width = layout.widths[c];
    std::string text = CutMiddle(texts[c], width, options_.terminal.utf8);
    const std::string padding(static_cast<size_t>(width - DisplayWidth(text)), ' ');
    Tone tone = Tone::kStrong;
    if (row != nullptr && row->kind != RowKind::kTotal) tone = row->cells[c].tone;
    text = Paint(text, tone);
    const bool left = sheet.columns[c].measure == Measure::kText;
    const bool last = i + 1 == layout.columns.size();
    absl::StrAppend(&line, i == 0 ? "" : kGap, left ? text : padding, left ? (last ? "" : padding) : text);
  }
  absl::StripTrailingAsciiWhitespace(&line);
  absl::StrAppend(&out_, line, "\n");
}

void TableText::Add(const Sheet& sheet) {
  if (!sheet.title.empty()) Line(sheet.title, Tone::kStrong);
  std::vector<std::vector<std::string>> texts;
  std::vector<const SheetRow*> rows;
  for (const SheetRow& row : sheet.rows) {
    if (row.hidden) continue;
    std::vector<std::string> cells;
    for (size_t c = 0; c < row.cells.size(); ++c) {
      cells.push_back(Fit(CellText(sheet.columns[c], row.cells[c], options_.units)) +
                      FootnoteMark(row.cells[c].mark, options_.terminal.utf8));
    }
    texts.push_back(std::move(cells));
    rows.push_back(&row);
  }
  const Layout layout = Measure(sheet, texts);
  std::vector<std::string> titles;
  for (const Column& column : sheet.columns) titles.push_back(Fit(column.title));
  Row(sheet, layout, titles, nullptr);
  std::string rule;
  for (int i = 0; i < Width(layout); ++i) absl::StrAppend(&rule, options_.terminal.utf8 ? "─" : "-");
  Line(rule, Tone::kFaint);
  for (size_t r = 0; r < rows.size(); ++r) {
    if (rows[r]->kind == RowKind::kHeading) {
      Line(texts[r].empty() ? "" : texts[r][0], Tone::kStrong);
    } else {
      Row(sheet, layout, texts[r], rows[r]);
    }
  }
  if (!layout.dropped.empty()) {
    Line(absl::StrCat("not shown, the terminal is narrow: ", absl::StrJoin(layout.dropped, ", "), " (-w shows all)"),
         Tone::kFaint);
  }
}

}  // namespace

std::string RenderTable(const Document& document, const RenderOptions& options) {
  TableText text(options);
  for (size_t i = 0; i < document.verdict.size(); ++i) {
    text.Line(document.verdict[i], i == 0 ? Tone::kStrong : Tone::kPlain);
  }
  for (const std::string& line : document.header) text.Line(line, Tone::kFaint);
  for (const Sheet& sheet : document.sheets) {
    text.Line("");
    text.Add(sheet);
  }
  for (const Figure& figure : document.figures) {
    text.Line("");
    text.Line(figure.title, Tone::kStrong);
    for (const std::string& line : figure.lines) text.Line(line);
  }
  if (!document.footnotes.empty() || !document.summary.empty()) text.Line("");
  for (const auto& [digit, line] : document.footnotes) {
    text.Line(absl::StrCat(FootnoteMark(digit, options.terminal.utf8), " ", line));
  }
  for (const std::string& line : document.summary) text.Line(line);
  for (const std::string& line : document.notes) text.Line(absl::StrCat("note: ", line));
  return text.Take();
}

}  // namespace opcost
