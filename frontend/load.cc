#include "frontend/load.h"

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "frontend/instantiate.h"
#include "frontend/meeting_symbols.h"
#include "frontend/read_proto.h"

namespace opcost {
namespace {

// What is wrong in the file names the file first; what is wrong with a flag names the flag.
absl::Status AtFile(const std::string& path, const absl::Status& status) {
  if (absl::StartsWith(status.message(), "--")) return status;
  const std::string file = path.empty() ? "model text" : path == "-" ? "standard input" : path;
  return absl::Status(status.code(), absl::StrCat(file, ": ", status.message()));
}

using Meetings = std::vector<internal::SymbolMeeting>;

// FindMeetings, or what it found before.
using MeetingFinder = absl::FunctionRef<const Meetings&(internal::Instantiation& in)>;

absl::StatusOr<Graph> Build(const internal::ParsedModel& parsed, const LoadOptions& options,
                            MeetingFinder find_meetings) {
  internal::Instantiation in(parsed, options);
  in.graph.path = parsed.path;
  in.graph.name = parsed.proto.graph().name();
  in.graph.ir_version = parsed.proto.ir_version();
  in.graph.producer = parsed.proto.producer_name();
  if (!parsed.proto.producer_version().empty()) in.graph.producer += " " + parsed.proto.producer_version();
  in.graph.notes = parsed.notes;
  if (auto missing = internal::MissingData(parsed, options.data_dir); missing) in.graph.notes.push_back(*missing);
  for (const auto step : {internal::BuildGraph, internal::CheckAttributes, internal::BindSymbols}) {
    if (absl::Status s = step(in); !s.ok()) return AtFile(parsed.path, s);
  }
  const Meetings* meetings = in.graph.bindings.size() > 1 ? &find_meetings(in) : nullptr;
  if (absl::Status s = internal::InferShapes(in); !s.ok()) return AtFile(parsed.path, s);
  if (meetings != nullptr) internal::NoteMeetings(in, *meetings);
  if (absl::Status s = internal::Finish(in); !s.ok()) return AtFile(parsed.path, s);
  in.graph.structure_sha256 = parsed.structure_sha256.get();
  return std::move(in.graph);
}

absl::StatusOr<Graph> BuildOnce(const internal::ParsedModel& parsed, const LoadOptions& options) {
  Meetings meetings;
  return Build(parsed, options, [&](auto& in) -> const Meetings& { return meetings = internal::FindMeetings(in); });
}

}  // namespace

struct Model::Impl {
  explicit Impl(internal::ParsedModel model) : parsed(std::move(model)) {}

  // Found once, when first asked for; the symbols of a file are always the same.
  const Meetings& FindMeetings(internal::Instantiation& in) {
    std::call_once(once, [&] { meetings = internal::FindMeetings(in); });
    return meetings;
  }

  internal::ParsedModel parsed;
  std::once_flag once;
  Meetings meetings;
};

Model::Model(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;
Model::~Model() = default;

absl::StatusOr<Model> Model::Read(const std::string& path) {
  absl::StatusOr<internal::ParsedModel> parsed = internal::ReadProto(path, LoadOptions().max_payload_bytes);
  if (!parsed.ok()) return parsed.status();
  return Model(std::make_unique<Impl>(*std::move(parsed)));
}

absl::StatusOr<Model> Model::FromBytes(absl::string_view bytes, const std::string& path) {
  absl::StatusOr<internal::ParsedModel> parsed = internal::ParseBytes(bytes, path, LoadOptions().max_payload_bytes);
  if (!parsed.ok()) return parsed.status();
  return Model(std::make_unique<Impl>(*std::move(parsed)));
}

absl::StatusOr<Model> Model::FromText(absl::string_view text) {
  absl::StatusOr<internal::ParsedModel> parsed = internal::ParseText(text);
  if (!parsed.ok()) return parsed.status();
  return Model(std::make_unique<Impl>(*std::move(parsed)));
}

absl::StatusOr<Graph> Model::Instantiate(const LoadOptions& options) const {
  return Build(impl_->parsed, options, [this](auto& in) -> const Meetings& { return impl_->FindMeetings(in); });
}

absl::StatusOr<Graph> LoadModel(const std::string& path, const LoadOptions& options) {
  const absl::StatusOr<internal::ParsedModel> parsed = internal::ReadProto(path, options.max_payload_bytes);
  if (!parsed.ok()) return parsed.status();
  return BuildOnce(*parsed, options);
}

absl::StatusOr<Graph> LoadText(absl::string_view text, const LoadOptions& options) {
  const absl::StatusOr<internal::ParsedModel> parsed = internal::ParseText(text);
  if (!parsed.ok()) return parsed.status();
  return BuildOnce(*parsed, options);
}

void CastFloats(Graph& graph, Precision precision) {
  const DType storage = StorageOf(precision);
  for (Tensor& t : graph.tensors) {
    const bool plain = t.dtype == DType::kFloat16 || t.dtype == DType::kBFloat16 || t.dtype == DType::kFloat32 ||
                       t.dtype == DType::kFloat64;
    if (plain) t.dtype = storage;
  }
}

}  // namespace opcost
