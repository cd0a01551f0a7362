#include "frontend/schemas.h"
namespace opcost::internal {
ShapeFunction FindShapeFunction(absl::string_view, absl::string_view) { return nullptr; }
}  // namespace opcost::internal
