// Which fields ONNX's messages have on the wire, and what a reader that wants no weights does with each.
// Field numbers: onnx.proto of ONNX 1.23.
#ifndef OPCOST_FRONTEND_WIRE_FIELDS_H_
#define OPCOST_FRONTEND_WIRE_FIELDS_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "google/protobuf/message_lite.h"

namespace opcost::internal {

enum class MessageKind : uint8_t {
  kModel,
  kGraph,
  kNode,
  kAttribute,
  kTensor,
  kSparseTensor,
  kFunction,
  kTraining,
  kValueInfo,
  kType,
  kTensorType,
  kSequenceType,
  kMapType,
  kShape,
  kLeaf,  // not looked into
};

enum class FieldUse : uint8_t {
  kKeep,
  kOpen,     // a message that may hold payloads: walked when it is large, else kept
  kPayload,  // elements of a tensor
  kText,     // bytes of any size that nothing needs to be complete: left out above the payload limit
  kDrop,     // never looked at
};

struct WireField {
  MessageKind parent;
  int number;
  absl::string_view name;
  FieldUse use = FieldUse::kKeep;
  MessageKind child = MessageKind::kLeaf;
  // kOpen: the message inside `parent` that the field's content is merged into.
  google::protobuf::MessageLite* (*open)(google::protobuf::MessageLite& parent) = nullptr;
};

absl::string_view Name(MessageKind kind);
// nullptr for a field that ONNX does not define.
const WireField* FindWireField(MessageKind parent, uint64_t number);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_WIRE_FIELDS_H_
