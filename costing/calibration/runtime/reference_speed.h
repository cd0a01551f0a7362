// How fast the machine is, told from one product of fixed size that is measured again and again.
#ifndef OPCOST_COSTING_CALIBRATION_RUNTIME_REFERENCE_SPEED_H_
#define OPCOST_COSTING_CALIBRATION_RUNTIME_REFERENCE_SPEED_H_

#include <vector>

namespace opcost {

// The best time is no measure: on a processor whose cores are shared with other machines a lucky moment comes once in
// hundred, and everything after it would look slow. What is usual is the median.
class ReferenceSpeed {
 public:
  // Seconds that the product took just now.
  void Add(double seconds);
  // Median of all that were added; 0 for none.
  double usual_s() const;
  // Whether the product took clearly longer than usual.
  bool IsSlow(double seconds) const;

 private:
  std::vector<double> times_;
};

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_RUNTIME_REFERENCE_SPEED_H_
