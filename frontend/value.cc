#include "frontend/value.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/checked.h"

namespace opcost::internal {
namespace {

void Append(std::string& key, const void* data, size_t bytes) { key.append(static_cast<const char*>(data), bytes); }

template <typename T>
void AppendAll(std::string& key, const std::vector<T>& items) {
  const size_t n = items.size();
  Append(key, &n, sizeof(n));
  if (n != 0) Append(key, items.data(), n * sizeof(T));
}

std::string Key(const Value& value) {
  std::string key;
  key.push_back(static_cast<char>(value.dtype));
  AppendAll(key, value.dims);
  AppendAll(key, value.ints);
  AppendAll(key, value.floats);
  AppendAll(key, value.state);
  for (const std::string& s : value.strings) {
    const size_t n = s.size();
    Append(key, &n, sizeof(n));
    key += s;
  }
  return key;
}

}  // namespace

int64_t Product(absl::Span<const int64_t> dims) {
  std::optional<int64_t> n = 1;
  bool zero = false;
  for (const int64_t d : dims) {
    if (d < 0) return -1;
    zero = zero || d == 0;
    n = CheckedMul(n, d);
  }
  if (zero) return 0;
  return n ? *n : -1;
}

bool StoredAsFloat(DType dtype) { return IsFloat(dtype); }
bool StoredAsInt(DType dtype) { return IsInteger(dtype) || dtype == DType::kBool; }

bool Keepable(DType dtype, int64_t elements) {
  if (elements < 0) return false;
  if (StoredAsInt(dtype)) return elements <= kMaxIntElements;
  return (StoredAsFloat(dtype) || dtype == DType::kString) && elements <= kMaxFloatElements;
}

int64_t Value::size() const { return Product(dims); }

Value Zeros(DType dtype, std::vector<int64_t> dims) {
  Value v;
  v.dtype = dtype;
  v.dims = std::move(dims);
  const size_t n = static_cast<size_t>(std::max<int64_t>(0, v.size()));
  if (StoredAsInt(dtype)) {
    v.ints.assign(n, 0);
  } else if (StoredAsFloat(dtype)) {
    v.floats.assign(n, 0);
  } else {
    v.strings.assign(n, "");
  }
  return v;
}

Value IntScalar(DType dtype, int64_t x) {
  Value v = Zeros(dtype, {});
  v.ints[0] = x;
  return v;
}

Value IntVector(std::vector<int64_t> x) {
  Value v;
  v.dtype = DType::kInt64;
  v.dims = {static_cast<int64_t>(x.size())};
  v.ints = std::move(x);
  return v;
}

Value Unknowns(DType dtype, std::vector<int64_t> dims) {
  Value v = Zeros(dtype, std::move(dims));
  v.state.assign(static_cast<size_t>(v.size()), kUnknownElement);
  return v;
}

void Normalize(Value& value) {
  const bool all_known =
      std::all_of(value.state.begin(), value.state.end(), [](SymbolId s) { return s == kKnownElement; });
  if (all_known) value.state.clear();
}

Value Pick(const Value& in, std::vector<int64_t> dims, absl::Span<const int64_t> index) {
  Value out;
  out.dtype = in.dtype;
  out.dims = std::move(dims);
  const auto pick = [&](const auto& from, auto& to) {
    to.reserve(index.size());
    for (const int64_t i : index) {
      to.push_back(i < 0 ? typename std::decay_t<decltype(to)>::value_type{} : from[static_cast<size_t>(i)]);
    }
  };
  if (StoredAsInt(in.dtype)) {
    pick(in.ints, out.ints);
  } else if (StoredAsFloat(in.dtype)) {
    pick(in.floats, out.floats);
  } else {
    pick(in.strings, out.strings);
  }
  if (!in.state.empty()) {
    out.state.reserve(index.size());
    for (const int64_t i : index) out.state.push_back(i < 0 ? kKnownElement : in.state[static_cast<size_t>(i)]);
    Normalize(out);
  }
  return out;
}

int32_t ValuePool::Intern(Value value) {
  Normalize(value);
  const auto [it, inserted] = index_.emplace(Key(value), static_cast<int32_t>(values_.size()));
  if (inserted) values_.push_back(std::move(value));
  return it->second;
}

}  // namespace opcost::internal
