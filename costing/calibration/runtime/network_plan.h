// Which network to measure next.
//
// The first round has one of every family, so that whoever stops then has seen every kind of kernel. From then on
// networks go where errors times what they matter are largest, as the fits so far say: a family with half the error of
// another is measured half as often. Families that are predicted as well as they can be measured are left alone.
#ifndef OPCOST_COSTING_CALIBRATION_RUNTIME_NETWORK_PLAN_H_
#define OPCOST_COSTING_CALIBRATION_RUNTIME_NETWORK_PLAN_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "costing/calibration/generate/generate.h"

namespace opcost {

class NetworkPlan {
 public:
  // `round`: the families of a round, each as often as it matters.
  explicit NetworkPlan(const std::vector<NetworkChoice>& round);

  // Of each family the mean relative error of a fit on its networks, each predicted without itself; those that are not
  // in the map are taken for as wrong as the worst. Errors up to `noise` are no reason to measure.
  void Learn(const std::map<std::string, double>& errors, double noise);
  // nullopt when no family is worth another network.
  std::optional<NetworkChoice> Next();
  // Whether the first round is through.
  bool covered() const { return next_ >= round_.size(); }

 private:
  struct Family {
    double weight = 0;   // times it comes in a round
    int64_t chosen = 0;  // networks so far
    double error = 1;
  };
  std::vector<NetworkChoice> round_;
  size_t next_ = 0;
  std::map<std::string, Family> families_;
  double noise_ = 0;
};

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_RUNTIME_NETWORK_PLAN_H_
