#ifndef OPCOST_TESTS_FRONTEND_CONTRIB_SHAPE_ROWS_H_
#define OPCOST_TESTS_FRONTEND_CONTRIB_SHAPE_ROWS_H_

#include <string>
#include <utility>
#include <vector>

namespace opcost {

struct ContribShapeRow {
  const char* name;
  const char* inputs;
  const char* node;  // "y = com.microsoft.Gelu(x)", after constants where it needs them
  std::vector<std::pair<std::string, std::string>> shapes;  // of tensors
  const char* output = "float y";                           // as the file declares it
};

const std::vector<ContribShapeRow>& ContribShapeRows();

}  // namespace opcost

#endif  // OPCOST_TESTS_FRONTEND_CONTRIB_SHAPE_ROWS_H_
