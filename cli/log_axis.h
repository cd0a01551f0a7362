// A logarithmic axis: where a value lies, and the round values to write beside it.
#ifndef OPCOST_CLI_LOG_AXIS_H_
#define OPCOST_CLI_LOG_AXIS_H_

#include <string>
#include <vector>

namespace opcost {

class LogAxis {
 public:
  // Covers low to high (both above 0), from place `begin` to place `end`; a single value gets a decade around it.
  LogAxis(double low, double high, double begin, double end);

  double Place(double value) const;  // clamped to the axis
  bool Covers(double value) const;
  // Powers of ten within; every second or third one where there are many, with 2 and 5 times where there are few.
  std::vector<double> Ticks() const;

 private:
  double low_, high_;  // log10
  double begin_, end_;
};

// "1 k", "200 G": a round number with its SI prefix.
std::string TickLabel(double value);

}  // namespace opcost

#endif  // OPCOST_CLI_LOG_AXIS_H_
