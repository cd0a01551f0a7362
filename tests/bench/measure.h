// Runs work in processes of its own, so that each has its own peak of memory.
#ifndef OPCOST_TESTS_BENCH_MEASURE_H_
#define OPCOST_TESTS_BENCH_MEASURE_H_

#include <functional>
#include <string>
#include <vector>

namespace opcost::bench {

struct Measured {
  double seconds = 0;     // of the fastest run
  double peak_bytes = 0;  // resident memory, of the largest run
  bool ok = false;
};

// Calls `work` once in each of `runs` new processes and times the call alone. `work` says whether it succeeded.
Measured InChild(int runs, const std::function<bool()>& work);

// Starts a program `runs` times, output thrown away, and times it from start to end.
Measured Program(int runs, const std::vector<std::string>& command);

}  // namespace opcost::bench

#endif  // OPCOST_TESTS_BENCH_MEASURE_H_
