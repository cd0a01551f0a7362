// How fast the machine is, told from one product of fixed size that is measured again and again.
#ifndef OPCOST_COSTING_CALIBRATION_RUNTIME_REFERENCE_SPEED_H_
#define OPCOST_COSTING_CALIBRATION_RUNTIME_REFERENCE_SPEED_H_

#include <map>
#include <string>
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

// Of networks, by name, with what the product took beside each: those that were measured while it took clearly longer
// than beside most, the slowest first.
std::vector<std::string> MeasuredSlowly(const std::map<std::string, double>& reference_s);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_RUNTIME_REFERENCE_SPEED_H_
