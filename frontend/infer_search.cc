// Searches of com.microsoft: decoders that run until data ends them.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/node_context.h"
#include "frontend/regions.h"

namespace opcost::internal {
namespace {

// The attributes that hold the bodies, in their order.
std::vector<std::string> BodyNames(const onnx::NodeProto& proto) {
  std::vector<std::string> names;
  for (const onnx::AttributeProto& a : proto.attribute()) {
    if (a.has_g()) names.push_back(a.name());
    for (int i = 0; i < a.graphs_size(); ++i) names.push_back(a.name());
  }
  return names;
}

}  // namespace

// Searches of com.microsoft run a decoder until data ends them: not priced, unless the user says how often.
bool IsSearch(const Operator& op) {
  constexpr std::array<absl::string_view, 4> kSearches = {"BeamSearch", "GreedySearch", "Sampling",
                                                          "WhisperBeamSearch"};
  return op.domain == "com.microsoft" && std::find(kSearches.begin(), kSearches.end(), op.op_type) != kSearches.end();
}

// The bodies are handed what their own inputs declare. The decoder runs as often as the user says, the others once.
absl::Status InferSearch(Instantiation& in, NodeId id) {
  const std::vector<RegionId> bodies = in.NodeAt(id).bodies;
  const std::vector<std::string> names = BodyNames(*in.protos[static_cast<size_t>(id)]);
  const std::optional<int64_t> given = GivenTrips(in, id);
  for (size_t i = 0; i < bodies.size(); ++i) {
    for (const TensorId t : std::vector<TensorId>(RegionAt(in, bodies[i]).inputs)) {
      const onnx::TypeProto* declared = in.declared[static_cast<size_t>(t)];
      AssignCarried(in, t, declared == nullptr ? Inferred{} : FromType(in, *declared));
    }
    in.quiet += given ? 0 : 1;
    const absl::Status status = InferRegion(in, bodies[i]);
    in.quiet -= given ? 0 : 1;
    if (!status.ok()) return status;
    Region& region = RegionAt(in, bodies[i]);
    region.dead = !given;
    region.trips = given && i < names.size() && names[i] == "decoder" ? *given : 1;
  }
  if (!given) {
    in.Note(NoteKind::kAssumption,
            absl::StrCat("the subgraphs of ", in.NodeAt(id).op_type, " '", Label(in, id),
                         "' are not priced, since how often they run depends on data; price them with --trip ",
                         Label(in, id), "=N"),
            Label(in, id));
  }
  ApplyAll(in, id, InferFresh(in, id, true).outputs);
  return absl::OkStatus();
}

}  // namespace opcost::internal
