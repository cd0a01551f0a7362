#include "frontend/schemas.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "frontend/schema_rows.h"
#include "onnx/defs/schema.h"

namespace opcost::internal {
namespace {

struct Built {
  const SchemaRow* row;
  std::unique_ptr<const onnx::OpSchema> schema;
};

// All versions of each operator, ascending; definitions are built at first use and never change afterwards.
struct Definitions {
  std::mutex mutex;
  absl::flat_hash_map<std::string, std::vector<Built>> by_name;
};

std::string Key(absl::string_view op_type, absl::string_view domain) {
  std::string key(domain);
  key += '\0';
  key.append(op_type.data(), op_type.size());
  return key;
}

Definitions& All() {
  static Definitions* const definitions = [] {
    auto* d = new Definitions();
    const SchemaRows rows = AllSchemaRows();
    for (size_t i = 0; i < rows.size; ++i) {
      d->by_name[Key(rows.rows[i].op_type, rows.rows[i].domain)].push_back({&rows.rows[i], nullptr});
    }
    for (auto& [key, versions] : d->by_name) {
      std::sort(versions.begin(), versions.end(),
                [](const Built& a, const Built& b) { return a.row->since_version < b.row->since_version; });
    }
    return d;
  }();
  return *definitions;
}

}  // namespace

const onnx::OpSchema* FindSchema(absl::string_view op_type, int version, absl::string_view domain) {
  Definitions& all = All();
  const std::lock_guard<std::mutex> lock(all.mutex);
  const auto it = all.by_name.find(Key(op_type, domain));
  if (it == all.by_name.end()) return nullptr;
  Built* best = nullptr;
  for (Built& b : it->second) {
    if (b.row->since_version <= version) best = &b;
  }
  if (best == nullptr) return nullptr;
  if (best->schema == nullptr) best->schema = std::make_unique<onnx::OpSchema>(best->row->build());
  return best->schema.get();
}

}  // namespace opcost::internal
