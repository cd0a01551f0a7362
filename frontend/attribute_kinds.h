// What kinds of value attributes hold, against what they say and what the operator's definition asks for.
#ifndef OPCOST_FRONTEND_ATTRIBUTE_KINDS_H_
#define OPCOST_FRONTEND_ATTRIBUTE_KINDS_H_

#include <string>

#include "onnx/onnx_pb.h"

namespace opcost::internal {

// Why an attribute contradicts itself, as what follows its name in a message, or "": it names no kind, or holds a value
// of another kind than it names. A value that is absent is that kind's zero, as some writers leave zeros out.
std::string KindFault(const onnx::AttributeProto& attribute);

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_ATTRIBUTE_KINDS_H_
