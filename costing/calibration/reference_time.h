// Whether the machine was as fast beside some runs as beside others.
#ifndef OPCOST_COSTING_CALIBRATION_REFERENCE_TIME_H_
#define OPCOST_COSTING_CALIBRATION_REFERENCE_TIME_H_

#include <string>
#include <vector>

#include "costing/calibration/measurement.h"
#include "hardware/target.h"

namespace opcost {

// Medians over the runs of the products of fixed size that were measured beside each: one that stays in the caches, and
// one beyond them beside the runs that leave them, too. 0 where no run has one.
double ReferenceTime(const std::vector<MeasuredRun>& runs);
double MemoryReferenceTime(const std::vector<MeasuredRun>& runs);

// A sentence where a product took clearly longer or shorter than beside the target's calibration: predictions are those
// of the machine as it was then. "" where none did, or where one of the two times is not known.
std::string SpeedNote(const Target& target, const std::vector<MeasuredRun>& runs);

// Sentences where a product was not equally fast beside the runs of one calibration: its coefficients are of the
// middle, and two calibrations, or a calibration and a model, differ by as much. Empty for a quiet machine.
std::vector<std::string> UnsteadySpeedNotes(const std::vector<MeasuredRun>& runs);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_REFERENCE_TIME_H_
