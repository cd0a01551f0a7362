// How fast the machine is, told from products of fixed size that are measured again and again.
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

// What two products took beside a network: one that stays in the caches, and one of a vector and a matrix beyond them.
// 0: not known, or of no matter to it.
struct ReferenceTimes {
  double product_s = 0, memory_s = 0;
};

// By name of a network.
using TimesBeside = std::map<std::string, ReferenceTimes>;

// How much slower than beside most networks the machine was at its slower part, over what two quiet moments differ by:
// above 1 it was clearly slow.
double Slowness(const ReferenceTimes& times, const TimesBeside& all);

// The networks that were measured in clearly slow moments, the slowest first.
std::vector<std::string> MeasuredSlowly(const TimesBeside& all);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_RUNTIME_REFERENCE_SPEED_H_
