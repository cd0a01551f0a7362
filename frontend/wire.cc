#include "frontend/wire.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "frontend/tensor_payload.h"
#include "frontend/wire_fields.h"

namespace opcost::internal {
namespace {

using google::protobuf::MessageLite;

// A message up to this size is kept whole without looking inside, unless the limits are lower.
constexpr uint64_t kWholeBytes = 1024;
// Kept bytes are handed over in pieces of about this size.
constexpr size_t kRunBytes = size_t{1} << 18;
// No real model's structure comes near: what would is refused before it fills the memory.
constexpr uint64_t kMaxKeptBytes = uint64_t{1} << 30;
// A stream has no end to check a length against, and a message that ONNX does not define may claim any.
constexpr uint64_t kMaxUnknownStreamBytes = uint64_t{1} << 26;
constexpr uint64_t kOpenEnd = std::numeric_limits<uint64_t>::max();

enum WireType : uint8_t { kVarint = 0, kFixed64 = 1, kLengthDelimited = 2, kFixed32 = 5 };

constexpr size_t kMaxVarintBytes = 10;

enum class VarintError : uint8_t { kNone, kTruncated, kTooLong };

// Decodes the number at the front of `bytes`; `length` is what it took.
VarintError DecodeVarint(absl::string_view bytes, uint64_t& value, size_t& length) {
  value = 0;
  for (size_t i = 0; i < kMaxVarintBytes; ++i) {
    if (i == bytes.size()) return VarintError::kTruncated;
    const auto byte = static_cast<uint8_t>(bytes[i]);
    value |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      length = i + 1;
      return VarintError::kNone;
    }
  }
  return VarintError::kTooLong;
}

// A field's start: its number, type and, when it has one, the length of its content.
struct FieldStart {
  uint64_t number = 0;
  uint8_t wire_type = 0;
  uint64_t content = 0;  // bytes after the header
  uint64_t value = 0;    // of a varint, which belongs to the header
  size_t header = 0;     // bytes of the header itself
};

absl::Status Malformed(uint64_t at, absl::string_view what, absl::string_view expected) {
  return absl::InvalidArgumentError(absl::StrCat("malformed at byte ", at, ": ", what, ", expected ", expected));
}

// `bytes` are the next ones of a message, at least as many as a header may have unless the message ends.
absl::Status ParseFieldStart(absl::string_view bytes, uint64_t at, FieldStart& field) {
  uint64_t tag = 0;
  size_t tag_length = 0;
  VarintError error = DecodeVarint(bytes, tag, tag_length);
  field.number = tag >> 3;
  field.wire_type = tag & 7;
  field.header = tag_length;
  if (error == VarintError::kNone && (field.number == 0 || field.number >= (uint64_t{1} << 29))) {
    return Malformed(at, absl::StrCat("field number ", field.number), "1 to 536870911");
  }
  if (error == VarintError::kNone) {
    size_t length = 0;
    switch (field.wire_type) {
      case kVarint:
      case kLengthDelimited:
        error = DecodeVarint(bytes.substr(tag_length), field.value, length);
        field.header += length;
        if (field.wire_type == kLengthDelimited) field.content = field.value;
        break;
      case kFixed64:
        field.content = sizeof(uint64_t);
        break;
      case kFixed32:
        field.content = sizeof(uint32_t);
        break;
      default:
        return Malformed(at, absl::StrCat("wire type ", int{field.wire_type}), "0, 1, 2 or 5, which ONNX has");
    }
  }
  if (error == VarintError::kTruncated) {
    return absl::InvalidArgumentError(
        absl::StrCat("truncated at byte ", at + bytes.size(), ": ends inside a field's header"));
  }
  if (error == VarintError::kTooLong) return Malformed(at, "a number of more than 10 bytes", "at most 10");
  return absl::OkStatus();
}

std::string FieldName(MessageKind kind, const WireField* rule, uint64_t number) {
  return rule ? absl::StrCat(Name(kind), ".", rule->name) : absl::StrCat("field ", number, " of ", Name(kind));
}

absl::Status TooDeep(uint64_t at) {
  return Malformed(at, absl::StrCat("messages nested more than ", kMaxMessageDepth, " deep"), "fewer");
}

// Says what is wrong with bytes that protobuf did not take. `at` is about where they stand in the input.
absl::Status Diagnose(absl::string_view bytes, MessageKind kind, uint64_t at, int depth) {
  if (depth > kMaxMessageDepth) return TooDeep(at);
  while (!bytes.empty()) {
    FieldStart field;
    if (absl::Status status = ParseFieldStart(bytes, at, field); !status.ok()) return status;
    const WireField* rule = FindWireField(kind, field.number);
    if (field.content > bytes.size() - field.header) {
      return Malformed(at, absl::StrCat(FieldName(kind, rule, field.number), " claims ", field.content, " bytes"),
                       absl::StrCat("at most the ", bytes.size() - field.header, " that are left of the ", Name(kind),
                                    " around it"));
    }
    const absl::string_view content = bytes.substr(field.header, field.content);
    if (rule && rule->child != MessageKind::kLeaf && field.wire_type == kLengthDelimited) {
      absl::Status status = Diagnose(content, rule->child, at + field.header, depth + 1);
      if (!status.ok()) return status;
    }
    bytes.remove_prefix(field.header + content.size());
    at += field.header + content.size();
  }
  return absl::OkStatus();
}

class Skimmer {
 public:
  Skimmer(ByteReader& input, const SkimLimits& limits)
      : input_(input),
        max_payload_bytes_(std::max<int64_t>(limits.max_payload_bytes, 0)),
        max_float_bytes_(std::min<uint64_t>(max_payload_bytes_, std::max<int64_t>(limits.max_float_bytes, 0))),
        whole_bytes_(std::min(kWholeBytes, max_float_bytes_)) {}

  absl::Status Walk(MessageLite& message, MessageKind kind, uint64_t end, int depth);

 private:
  // What a tensor has shown so far.
  struct Payload {
    int32_t data_type = 0;
    uint64_t bytes = 0;      // of the fields that hold elements
    uint64_t raw_bytes = 0;  // of raw_data alone
    bool skipped = false;
  };

  absl::Status CheckFits(const FieldStart& field, const WireField* rule, MessageKind kind, uint64_t end) const;
  absl::Status TakeField(const FieldStart& field, const WireField* rule, MessageLite& message, MessageKind kind,
                         int depth, Payload& payload);
  absl::Status TakePayload(const FieldStart& field, const WireField& rule, Payload& payload);
  absl::Status Keep(const FieldStart& field);
  absl::Status SkipField(const FieldStart& field);
  absl::Status Flush(MessageLite& message, MessageKind kind, int depth);
  absl::Status FinishTensor(onnx::TensorProto& tensor, const Payload& payload, uint64_t at) const;
  absl::Status EndedEarly() const;

  ByteReader& input_;
  const uint64_t max_payload_bytes_;
  const uint64_t max_float_bytes_;
  const uint64_t whole_bytes_;
  std::string run_;         // kept fields of the message being walked, not merged into it yet
  uint64_t run_start_ = 0;  // where the first of them stands in the input
  uint64_t kept_bytes_ = 0;
};

absl::Status Skimmer::EndedEarly() const {
  if (!input_.status().ok()) return input_.status();
  return absl::InvalidArgumentError(absl::StrCat("truncated at byte ", input_.position(), ": ends inside a field"));
}

absl::Status Skimmer::CheckFits(const FieldStart& field, const WireField* rule, MessageKind kind, uint64_t end) const {
  const uint64_t at = input_.position();
  const uint64_t left = end - at;
  const uint64_t needed = field.header;
  if (needed <= left && field.content <= left - needed) return absl::OkStatus();
  const std::string name = FieldName(kind, rule, field.number);
  const uint64_t room = left - std::min(left, needed);
  if (input_.size() && end == *input_.size()) {
    return absl::InvalidArgumentError(absl::StrCat("truncated: ", name, " at byte ", at, " has ", field.content,
                                                   " bytes, expected at most the ", room, " that are left"));
  }
  return Malformed(at, absl::StrCat(name, " claims ", field.content, " bytes"),
                   absl::StrCat("at most the ", room, " that are left of the ", Name(kind), " around it"));
}

absl::Status Skimmer::Keep(const FieldStart& field) {
  if (run_.empty()) run_start_ = input_.position();
  kept_bytes_ += field.header + field.content;
  if (kept_bytes_ > kMaxKeptBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("more than ", kMaxKeptBytes >> 20, " MiB of structure without its weights, expected less"));
  }
  return input_.Append(field.header + field.content, run_) ? absl::OkStatus() : EndedEarly();
}

absl::Status Skimmer::SkipField(const FieldStart& field) {
  return input_.Skip(field.header) && input_.Skip(field.content) ? absl::OkStatus() : EndedEarly();
}

absl::Status Skimmer::Flush(MessageLite& message, MessageKind kind, int depth) {
  if (run_.empty()) return absl::OkStatus();
  const bool merged = message.MergeFromString(run_);
  absl::Status status;
  if (!merged) {
    status = Diagnose(run_, kind, run_start_, depth);
    if (status.ok())
      status = Malformed(run_start_, absl::StrCat("a ", Name(kind), " that cannot be parsed"), "protobuf");
  }
  run_.clear();
  return status;
}

absl::Status Skimmer::TakePayload(const FieldStart& field, const WireField& rule, Payload& payload) {
  payload.bytes += field.wire_type == kVarint ? field.header : field.content;
  if (rule.number == onnx::TensorProto::kRawDataFieldNumber) payload.raw_bytes = field.content;
  // The type comes before the elements in every writer's files; where it does not, the larger limit holds.
  const bool wide = payload.data_type == 0 || MayDecideShapes(payload.data_type);
  if (payload.bytes > (wide ? max_payload_bytes_ : max_float_bytes_)) payload.skipped = true;
  return payload.skipped ? SkipField(field) : Keep(field);
}

absl::Status Skimmer::TakeField(const FieldStart& field, const WireField* rule, MessageLite& message, MessageKind kind,
                                int depth, Payload& payload) {
  if (!rule) {
    if (!input_.size() && field.content > kMaxUnknownStreamBytes) {
      return Malformed(input_.position(), FieldName(kind, rule, field.number), "a field of an ONNX model");
    }
    return SkipField(field);
  }
  switch (rule->use) {
    case FieldUse::kDrop:
      return SkipField(field);
    case FieldUse::kText:
      return field.content > max_payload_bytes_ ? SkipField(field) : Keep(field);
    case FieldUse::kPayload:
      return TakePayload(field, *rule, payload);
    case FieldUse::kOpen:
      if (field.content > whole_bytes_ && field.wire_type == kLengthDelimited) {
        if (absl::Status status = Flush(message, kind, depth); !status.ok()) return status;
        input_.Skip(field.header);
        return Walk(*rule->open(message), rule->child, input_.position() + field.content, depth + 1);
      }
      return Keep(field);
    case FieldUse::kKeep:
      if (kind == MessageKind::kTensor && rule->number == onnx::TensorProto::kDataTypeFieldNumber) {
        payload.data_type = static_cast<int32_t>(field.value);
      }
      return Keep(field);
  }
  return absl::OkStatus();
}

absl::Status Skimmer::FinishTensor(onnx::TensorProto& tensor, const Payload& payload, uint64_t at) const {
  if (!payload.skipped) return absl::OkStatus();
  ClearPayload(tensor);
  const std::optional<int64_t> wanted = RawBytes(tensor);
  if (payload.raw_bytes == 0 || !wanted || static_cast<uint64_t>(*wanted) == payload.raw_bytes) return absl::OkStatus();
  return Malformed(at, absl::StrCat("tensor '", tensor.name(), "' has ", payload.raw_bytes, " bytes of data"),
                   absl::StrCat(*wanted, " for ", Describe(tensor)));
}

absl::Status Skimmer::Walk(MessageLite& message, MessageKind kind, uint64_t end, int depth) {
  if (depth > kMaxMessageDepth) return TooDeep(input_.position());
  const uint64_t start = input_.position();
  Payload payload;
  while (input_.position() < end) {
    constexpr size_t kMaxHeader = 2 * kMaxVarintBytes;
    const uint64_t at = input_.position();
    const absl::string_view ahead = input_.Peek(std::min<uint64_t>(kMaxHeader, end - at));
    if (ahead.empty()) {
      if (end == kOpenEnd && input_.status().ok()) break;
      return EndedEarly();
    }
    FieldStart field;
    if (absl::Status status = ParseFieldStart(ahead, at, field); !status.ok()) return status;
    const WireField* rule = FindWireField(kind, field.number);
    if (absl::Status status = CheckFits(field, rule, kind, end); !status.ok()) return status;
    if (absl::Status status = TakeField(field, rule, message, kind, depth, payload); !status.ok()) return status;
    if (run_.size() >= kRunBytes) {
      if (absl::Status status = Flush(message, kind, depth); !status.ok()) return status;
    }
  }
  if (absl::Status status = Flush(message, kind, depth); !status.ok()) return status;
  if (kind != MessageKind::kTensor) return absl::OkStatus();
  return FinishTensor(static_cast<onnx::TensorProto&>(message), payload, start);
}

}  // namespace

absl::Status Skim(ByteReader& input, const SkimLimits& limits, onnx::ModelProto& model) {
  const uint64_t end = input.size().value_or(kOpenEnd);
  Skimmer skimmer(input, limits);
  return skimmer.Walk(model, MessageKind::kModel, end, 1);
}

}  // namespace opcost::internal
