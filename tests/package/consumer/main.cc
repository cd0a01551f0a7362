#include <cstdio>
#include <utility>

#include "costing/analyze.h"
#include "frontend/load.h"
#include "hardware/read_target.h"

int main(int, char** arguments) {
  auto graph = opcost::LoadModel(arguments[1]);
  auto target = opcost::ReadTarget(arguments[2]);
  if (!graph.ok() || !target.ok()) return 1;
  auto model = opcost::CountModel(*std::move(graph), {.runtime = target->runtime});
  auto estimate = opcost::Estimate::Price(model.value(), *target);
  std::printf("%.17g\n", estimate->Total());
}
