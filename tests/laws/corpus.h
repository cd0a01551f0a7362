// What the laws are tried on: every shipped profile in every mode, and a few models of different kinds.
#ifndef OPCOST_TESTS_LAWS_CORPUS_H_
#define OPCOST_TESTS_LAWS_CORPUS_H_

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "costing/analyze.h"

namespace opcost {

// "i7-12700k:tiny" …, every mode of every file in profiles/.
std::vector<std::string> AllTargetNames();
Target LoadTarget(const std::string& name);

struct CorpusModel {
  std::string name;
  Graph graph;
};
// Convolutions plain, depthwise and with batch norm, squeeze-excite, a vision transformer, matrix products from tiny to
// huge, embeddings, normalisations; each also as if cast to every other precision.
const std::vector<CorpusModel>& Corpus();
// For targets that price classes of kernels: the generated networks besides, which their profiles were fitted on. Every
// class that a profile has came from one of them.
const std::vector<CorpusModel>& CorpusFor(const Target& target);
// The real models of them, as they are in their files: quick.
absl::Span<const CorpusModel> SmallCorpus();

// Counted once for each runtime.
const CountedModel& Counted(const CorpusModel& model, const Target& target);
CountedModel Count(const Graph& graph, const Target& target);

}  // namespace opcost

#endif  // OPCOST_TESTS_LAWS_CORPUS_H_
