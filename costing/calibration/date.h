// The date that measurements and profiles carry.
#ifndef OPCOST_COSTING_CALIBRATION_DATE_H_
#define OPCOST_COSTING_CALIBRATION_DATE_H_

#include <string>

namespace opcost {

// In UTC: "2026-11-21".
std::string Today();

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_DATE_H_
