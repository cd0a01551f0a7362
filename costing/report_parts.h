// The pieces that a report is put together from.
#ifndef OPCOST_COSTING_REPORT_PARTS_H_
#define OPCOST_COSTING_REPORT_PARTS_H_

#include <vector>

#include "costing/analyze.h"
#include "costing/pricing.h"
#include "costing/report.h"

namespace opcost {

std::vector<ReportNode> MakeNodes(const CountedModel& model);
// Needs the nodes for their ids and scopes.
std::vector<ReportRow> MakeRows(const CountedModel& model, const Pricing& pricing,
                                const std::vector<ReportNode>& nodes);
// What the model, the profile and the pricing have to say, in this order. Needs everything else filled in.
std::vector<Note> MakeNotes(const CountedModel& model, const Pricing& pricing, const Report& report);

}  // namespace opcost

#endif  // OPCOST_COSTING_REPORT_PARTS_H_
