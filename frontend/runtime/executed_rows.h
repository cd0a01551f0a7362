// Executed kernels as priced rows: each kernel is one row that says which nodes of the file it carries out.
#ifndef OPCOST_FRONTEND_RUNTIME_EXECUTED_ROWS_H_
#define OPCOST_FRONTEND_RUNTIME_EXECUTED_ROWS_H_

#include "frontend/graph.h"
#include "frontend/patterns/classify.h"
#include "frontend/runtime/executed.h"

namespace opcost {

// A row for each kernel, in the order of execution, and a `free` one for each node of `raw` that no kernel carries out
// (folded, merged or removed). A node that several kernels share belongs to the first that no layout change asked for.
// Kernels without a node of their own are `inserted`. `executed` was made from `raw`.
Classification ClassifyExecuted(const Graph& raw, const ExecutedGraph& executed);

}  // namespace opcost

#endif  // OPCOST_FRONTEND_RUNTIME_EXECUTED_ROWS_H_
