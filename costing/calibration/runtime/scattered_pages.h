// Larger pieces of memory for what is measured.
#ifndef OPCOST_COSTING_CALIBRATION_RUNTIME_SCATTERED_PAGES_H_
#define OPCOST_COSTING_CALIBRATION_RUNTIME_SCATTERED_PAGES_H_

#include <cstdint>
#include <string>

namespace opcost {

// Holds back the free pages that lie scattered over a machine's memory.
//
// What programs give back is handed out again first, in whatever order it came, and a matrix whose pages lie anywhere
// is read at half the speed of one in a single piece: prefetching and address translation go by neighbours. Whether
// a model gets one or the other depends on what ran before it, so two measurements of one machine differed by that
// much wherever weights do not fit the caches. Held back, scattered pages are nobody's, and what is measured gets
// larger pieces.
class ScatteredPages {
 public:
  ScatteredPages() = default;  // holds nothing
  // An eighth of AvailableMemory(root), 2 GiB at most. Nothing where that is not told or the memory is refused:
  // measurements are then as repeatable as the machine is.
  static ScatteredPages Hold(const std::string& root = "/");
  ScatteredPages(ScatteredPages&& other) noexcept;
  ScatteredPages& operator=(ScatteredPages&& other) noexcept;
  ~ScatteredPages();

  int64_t bytes() const { return bytes_; }

 private:
  void* start_ = nullptr;
  int64_t bytes_ = 0;
};

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_RUNTIME_SCATTERED_PAGES_H_
