// Markdown for pull requests: a headline, tables, details folded.
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "cli/render.h"

namespace opcost {
namespace {

// Room kept for the lines that come after a table.
constexpr size_t kReserve = 4000;

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"\\", "\\\\"},
                                    {"|", "\\|"},
                                    {"<", "&lt;"},
                                    {"*", "\\*"},
                                    {"_", "\\_"},
                                    {"`", "\\`"},
                                    {"[", "\\["},
                                    {"]", "\\]"},
                                    {"\n", " "}});
}

std::string RowText(const Sheet& sheet, const SheetRow& row, Units units) {
  std::string line = "|";
  for (size_t c = 0; c < sheet.columns.size(); ++c) {
    std::string text = c < row.cells.size() ? Escaped(CellText(sheet.columns[c], row.cells[c], units)) +
                                                  FootnoteMark(row.cells[c].mark, true)
                                            : "";
    if (!text.empty() && row.kind != RowKind::kData && (c == 0 || row.kind == RowKind::kTotal)) {
      text = absl::StrCat("**", text, "**");
    }
    absl::StrAppend(&line, " ", text, " |");
  }
  return absl::StrCat(line, "\n");
}

void AddSheet(const Sheet& sheet, Units units, size_t limit, std::string& out) {
  if (sheet.folded) {
    absl::StrAppend(&out, "<details><summary>", Escaped(sheet.title.empty() ? sheet.name : sheet.title),
                    "</summary>\n\n");
  } else if (!sheet.title.empty()) {
    absl::StrAppend(&out, "**", Escaped(sheet.title), "**\n\n");
  }
  std::string names = "|", rule = "|";
  for (const Column& column : sheet.columns) {
    absl::StrAppend(&names, " ", Escaped(column.title), " |");
    absl::StrAppend(&rule, column.measure == Measure::kText ? " --- |" : " --: |");
  }
  absl::StrAppend(&out, names, "\n", rule, "\n");
  size_t left_out = 0;
  for (const SheetRow& row : sheet.rows) {
    if (row.hidden) continue;
    std::string line = RowText(sheet, row, units);
    if (out.size() + line.size() > limit && row.kind == RowKind::kData) {
      ++left_out;
      continue;
    }
    absl::StrAppend(&out, line);
  }
  if (left_out > 0) absl::StrAppend(&out, "\n", left_out, " more rows do not fit here.\n");
  absl::StrAppend(&out, sheet.folded ? "\n</details>\n\n" : "\n");
}

void AddLines(const std::vector<std::string>& lines, absl::string_view prefix, std::string& out) {
  size_t left_out = 0;
  for (const std::string& line : lines) {
    if (out.size() + line.size() + prefix.size() > kMarkdownLimit - 200) {
      ++left_out;
    } else {
      absl::StrAppend(&out, prefix, Escaped(Sanitized(line)), "\n");
    }
  }
  if (left_out > 0) absl::StrAppend(&out, prefix, left_out, " more lines do not fit here.\n");
  if (!lines.empty()) absl::StrAppend(&out, "\n");
}

}  // namespace

std::string RenderMarkdown(const Document& document, Units units) {
  std::string out;
  if (!document.verdict.empty()) absl::StrAppend(&out, "### ", Escaped(document.verdict[0]), "\n\n");
  for (size_t i = 1; i < document.verdict.size(); ++i) absl::StrAppend(&out, Escaped(document.verdict[i]), "\n\n");
  for (const Sheet& sheet : document.sheets) AddSheet(sheet, units, kMarkdownLimit - kReserve, out);
  for (const Figure& figure : document.figures) {
    const std::string lines = absl::StrJoin(figure.lines, "\n");
    if (out.size() + figure.title.size() + lines.size() > kMarkdownLimit - kReserve) break;
    absl::StrAppend(&out, "**", Escaped(figure.title), "**\n```\n", lines, "\n```\n\n");
  }
  std::vector<std::string> footnotes;
  for (const auto& [digit, line] : document.footnotes)
    footnotes.push_back(absl::StrCat(FootnoteMark(digit, true), " ", line));
  AddLines(footnotes, "", out);
  AddLines(document.summary, "- ", out);
  AddLines(document.notes, "- note: ", out);
  AddLines(document.header, "", out);
  while (out.size() > 1 && out[out.size() - 1] == '\n' && out[out.size() - 2] == '\n') out.pop_back();
  return out;
}

}  // namespace opcost
