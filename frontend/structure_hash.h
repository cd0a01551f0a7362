// One name for everything about a model that decides its cost.
#ifndef OPCOST_FRONTEND_STRUCTURE_HASH_H_
#define OPCOST_FRONTEND_STRUCTURE_HASH_H_

#include <string>

#include "onnx/onnx_pb.h"

namespace opcost::internal {

// SHA-256 (hex) over operator sets, nodes in file order with their names, attributes and bodies, functions, inputs,
// outputs, known types, and the names, types and extents of initialisers.
//
// Of elements only those that decide shapes take part: 64-bit integers and booleans up to kMaxHashedElements, and those
// of tensor attributes (Constant) up to kMaxHashedAttributeElements of any numeric type. So the digest is the same for
// the same network with other weights, with weights inside, beside or left out, under another path, with other
// documentation strings, metadata or producer, and with other names for the values between its nodes.
std::string StructureHash(const onnx::ModelProto& model);

inline constexpr int kMaxHashedElements = 1024;
inline constexpr int kMaxHashedAttributeElements = 8;

}  // namespace opcost::internal

#endif  // OPCOST_FRONTEND_STRUCTURE_HASH_H_
