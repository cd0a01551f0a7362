// Q/DQ around an operator, where the runtime runs it on integers.
//
// A quantiser writes DequantizeLinear → operator → QuantizeLinear in floats. A runtime of integers carries all of that
// out as one kernel: it reads the quantised values, multiplies integers and rescales at the end.
#ifndef OPCOST_FRONTEND_PATTERNS_INTEGER_ROWS_H_
#define OPCOST_FRONTEND_PATTERNS_INTEGER_ROWS_H_

#include "frontend/patterns/classify.h"
#include "frontend/patterns/graph_view.h"

namespace opcost {

// Of the rows (each node in exactly one), makes those integer ones whose operands are all dequantised: convolutions and
// products always, pools, sums and activations when their result is quantised again. The QuantizeLinear behind and the
// DequantizeLinear before become theirs; one that several rows read belongs to the first of them and is in
// `reads_through` of the others.
void MakeIntegerRows(const GraphView& view, std::vector<Subgraph>& rows);

}  // namespace opcost

#endif  // OPCOST_FRONTEND_PATTERNS_INTEGER_ROWS_H_
