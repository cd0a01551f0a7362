// A vector whose copies share their elements until one of them is changed. Ten thousand rows of a report have a few
// hundred different formulas.
#ifndef OPCOST_COSTING_SHARED_VECTOR_H_
#define OPCOST_COSTING_SHARED_VECTOR_H_

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

namespace opcost {

template <typename T>
class SharedVector {
 public:
  SharedVector() = default;
  SharedVector(std::initializer_list<T> elements) : elements_(std::make_shared<std::vector<T>>(elements)) {}
  explicit SharedVector(std::vector<T> elements) : elements_(std::make_shared<std::vector<T>>(std::move(elements))) {}

  size_t size() const { return elements_ == nullptr ? 0 : elements_->size(); }
  bool empty() const { return size() == 0; }
  const T* begin() const { return elements_ == nullptr ? nullptr : elements_->data(); }
  const T* end() const { return begin() + size(); }
  const T& operator[](size_t i) const { return (*elements_)[i]; }
  const T& back() const { return elements_->back(); }

  // These make the elements this copy's own first.
  T& operator[](size_t i) { return Own()[i]; }
  T& back() { return Own().back(); }
  void push_back(T element) { Own().push_back(std::move(element)); }
  void resize(size_t size) { Own().resize(size); }
  void reserve(size_t size) { Own().reserve(size); }

 private:
  std::vector<T>& Own() {
    if (elements_ == nullptr) {
      elements_ = std::make_shared<std::vector<T>>();
    } else if (elements_.use_count() != 1) {
      elements_ = std::make_shared<std::vector<T>>(*elements_);
    }
    return *elements_;
  }

  std::shared_ptr<std::vector<T>> elements_;
};

}  // namespace opcost

#endif  // OPCOST_COSTING_SHARED_VECTOR_H_
