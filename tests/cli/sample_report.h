// A report made by hand, for renderers: four nodes in three rows, and a branch not taken.
#ifndef OPCOST_TESTS_CLI_SAMPLE_REPORT_H_
#define OPCOST_TESTS_CLI_SAMPLE_REPORT_H_

#include "costing/report.h"

namespace opcost {

// Rows: conv + relu 7 ms compute (macs 3·5·7·11), matmul 2 ms memory, softmax 1 ms by the default, outside its range.
// The total is 10 ms + 0.5 ms of overhead.
Report SampleReport();

}  // namespace opcost

#endif  // OPCOST_TESTS_CLI_SAMPLE_REPORT_H_
