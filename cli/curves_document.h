// A profile's curves as a table and as pictures made of characters.
#ifndef OPCOST_CLI_CURVES_DOCUMENT_H_
#define OPCOST_CLI_CURVES_DOCUMENT_H_

#include <string>
#include <vector>

#include "cli/document.h"
#include "costing/calibration/curve_picture.h"
#include "costing/calibration/error_summary.h"
#include "hardware/target.h"

namespace opcost {

struct CurvesView {
  const Target* target = nullptr;
  std::string beside;  // name of the other profile, "" for none
  PictureSet set;
  bool validated = false;  // kernels of other runs are drawn
  ErrorSummary headline;   // of their models, where validated
  std::vector<std::string> notes;
};

Document CurvesDocument(const CurvesView& view);
std::string CurvesJson(const CurvesView& view);

// "FLOP/s", "byte/s": what the y axis of a picture is in.
std::string RateUnitOf(const CurvePicture& picture);
// How far the models that were measured here are off; those that were fitted on do not count.
std::string MeasuredLine(const CurvesView& view);
// What the profile says of its calibration and validation, in sentences.
std::vector<std::string> CalibrationLines(const Target& target);

}  // namespace opcost

#endif  // OPCOST_CLI_CURVES_DOCUMENT_H_
