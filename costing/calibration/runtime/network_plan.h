// Which network to measure next.
//
// The first round has one of every family, so that whoever stops then has seen every kind of kernel. Once the rounds
// are through, networks go where the error in seconds is largest for what a measurement takes, as the fits so far say:
// a family of microseconds is not measured again and again because its relative error is large. Families that are
// predicted as well as they can be measured are left alone.
#ifndef OPCOST_COSTING_CALIBRATION_RUNTIME_NETWORK_PLAN_H_
#define OPCOST_COSTING_CALIBRATION_RUNTIME_NETWORK_PLAN_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "costing/calibration/generate/generate.h"

namespace opcost {

// What a fit says of a family's networks, each predicted without itself: means over them.
struct FamilyError {
  double relative = 1;
  double seconds = 1;  // absolute
  double cost_s = 1;   // that measuring one takes
};

class NetworkPlan {
 public:
  // `rounds`: networks that are measured in any case; families come in them as often as they matter.
  explicit NetworkPlan(const std::vector<NetworkChoice>& rounds);

  // Families that are not in the map are taken for as worthwhile as the most worthwhile one. Relative errors up to
  // `noise` are no reason to measure.
  void Learn(const std::map<std::string, FamilyError>& errors, double noise);
  // nullopt when no family is worth another network.
  std::optional<NetworkChoice> Next();
  // Whether the rounds are through.
  bool covered() const { return next_ >= rounds_.size(); }

 private:
  struct Family {
    double weight = 0;   // times it comes in the rounds
    int64_t chosen = 0;  // networks so far
    double error = 1;    // relative
    double worth = 1;    // seconds of error for a second of measuring
  };
  std::vector<NetworkChoice> rounds_;
  size_t next_ = 0;
  std::map<std::string, Family> families_;
  double noise_ = 0;
};

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_RUNTIME_NETWORK_PLAN_H_
