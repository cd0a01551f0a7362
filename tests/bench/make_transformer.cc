// make_transformer FILE NODES [--no-weights]: the benchmark's model, for other tools to be timed on.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "transformer.h"

int main(int argc, char** argv) {
  const int nodes = argc > 2 ? std::atoi(argv[2]) : 0;
  const bool weights = argc != 4;
  if (argc < 3 || argc > 4 || nodes < 1 || (!weights && std::string(argv[3]) != "--no-weights")) {
    std::fprintf(stderr, "usage: make_transformer FILE NODES [--no-weights]\n");
    return 2;
  }
  const absl::Status status = opcost::bench::WriteTransformer(argv[1], {.nodes = nodes, .weights = weights});
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return 1;
}
