// Strict reading of a document's tables: what is unknown, missing or of a wrong kind becomes a problem with file, line,
// key and what was expected. Reading goes on after a problem, so that a check can list them all.
#ifndef OPCOST_HARDWARE_FIELDS_H_
#define OPCOST_HARDWARE_FIELDS_H_

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "hardware/document.h"
#include "hardware/target.h"

namespace opcost {

class Problems {
 public:
  explicit Problems(std::string path) : path_(std::move(path)) {}
  // "path:line: key: what". The same one is kept once.
  void Add(int line, absl::string_view key, absl::string_view what);
  bool empty() const { return messages_.empty(); }
  // In the order of the lines.
  std::vector<std::string> Messages() const;

 private:
  std::string path_;
  std::vector<std::pair<int, std::string>> messages_;
};

// What reading a profile needs to know everywhere.
struct ReadContext {
  std::string file;  // for layers: the file's name without its folders
  std::string mode;  // "" in the body of the file
  const std::map<std::string, std::string>* sources = nullptr;
  Problems* problems = nullptr;

  std::string At(int line) const;  // "i7-12700k.toml:41 (mode large)"
};

// A table of a closed set of keys.
class Fields {
 public:
  // `path` is the table's own key, "" at the top. Keys outside `known` are problems at once.
  Fields(const DocValue& table, std::string path, absl::Span<const absl::string_view> known,
         const ReadContext& context);

  const DocMember* Get(absl::string_view key) const;
  // The member, or a problem at the table's line that it is missing; `expected` says what belongs there. One that
  // stands there misspelt has its problem already.
  const DocMember* Require(absl::string_view key, absl::string_view expected) const;

  std::optional<std::string> Text(absl::string_view key, bool required = false) const;
  // A plain number in `range`, for what is no coefficient: counts, spreads, ends of ranges.
  std::optional<double> Plain(absl::string_view key, const ValueRange& range) const;
  // Empty where the key is absent.
  std::vector<std::string> Texts(absl::string_view key) const;

  std::string Path(absl::string_view key) const;
  void Complain(absl::string_view key, absl::string_view what) const;
  int line() const { return table_.line; }

 private:
  const DocValue& table_;
  std::string path_;
  const ReadContext& context_;
  std::vector<std::string> misspelt_;  // known keys that an unknown one is nearest to
};

// True, or a problem that names the kind that was found.
bool Expect(const DocMember& member, DocValue::Kind kind, const std::string& path, const ReadContext& context);

// A list of texts.
std::vector<std::string> ReadTexts(const DocMember& member, const std::string& path, const ReadContext& context);

// "spec: note" of a value that names its source; a source that the file does not declare is a problem.
std::string Provenance(const std::optional<std::string>& source, const std::optional<std::string>& note, int line,
                       const std::string& path, const ReadContext& context);

// `{ value = …, evidence = "…", source = "…", note = "…" }` as a coefficient of one layer. `shape` brings key,
// dimension, class, unit and range. nullopt after a problem.
std::optional<Coefficient> ReadCoefficient(const DocMember& member, const std::string& path, Coefficient shape,
                                           const ReadContext& context);

}  // namespace opcost

#endif  // OPCOST_HARDWARE_FIELDS_H_
