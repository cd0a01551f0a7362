#include "frontend/schemas.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "frontend/contrib/contrib.h"
#include "frontend/schema_rows.h"
#include "onnx/defs/schema.h"

namespace opcost::internal {
namespace {

struct Built {
  int since_version = 1;
  const SchemaRow* row = nullptr;            // of ONNX
  const ContribOperator* contrib = nullptr;  // or ours
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
      const SchemaRow& row = rows.rows[i];
      d->by_name[Key(row.op_type, row.domain)].push_back({.since_version = row.since_version, .row = &row});
    }
    for (const auto family : ContribFamilies()) {
      for (const ContribOperator& op : family) d->by_name[Key(op.op_type, op.domain)].push_back({.contrib = &op});
    }
    for (auto& [key, versions] : d->by_name) {
      std::sort(versions.begin(), versions.end(),
                [](const Built& a, const Built& b) { return a.since_version < b.since_version; });
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
    const bool holds = b.since_version <= version || (b.contrib != nullptr && version == 0);
    if (holds) best = &b;
  }
  if (best == nullptr) return nullptr;
  if (best->schema == nullptr) {
    best->schema = std::make_unique<onnx::OpSchema>(best->row != nullptr ? best->row->build() : Define(*best->contrib));
  }
  return best->schema.get();
}

int NewestVersion(absl::string_view domain) {
  const SchemaRows rows = AllSchemaRows();
  int newest = 0;
  for (size_t i = 0; i < rows.size; ++i) {
    if (rows.rows[i].domain == domain) newest = std::max(newest, rows.rows[i].since_version);
  }
  return newest;
}

void RegisterContribSchemas() {
  auto& versions = onnx::OpSchemaRegistry::DomainToVersionRange::Instance();
  for (const char* domain : {"com.microsoft", kNchwcDomain, kNhwcDomain}) {
    if (versions.Map().count(domain) == 0) versions.AddDomainToVersion(domain, 1, 1);
  }
  for (const auto family : ContribFamilies()) {
    for (const ContribOperator& op : family) {
      // What ONNX Runtime writes into ONNX's domain is not ONNX's.
      if (*op.domain != '\0') onnx::RegisterSchema(Define(op));
    }
  }
}

}  // namespace opcost::internal
