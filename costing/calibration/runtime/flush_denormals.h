// Numbers below the least normal one as zeros, to see what they cost.
#ifndef OPCOST_COSTING_CALIBRATION_RUNTIME_FLUSH_DENORMALS_H_
#define OPCOST_COSTING_CALIBRATION_RUNTIME_FLUSH_DENORMALS_H_

#include <string>

namespace opcost {

// While it lives, the calling thread takes denormal numbers for zeros and makes none. Many processors compute with them
// in microcode, some hundred cycles each; which numbers a model meets depends on its data (a mask of -100 before a
// softmax leaves exp(-100), which is one), so no count of work tells.
class FlushDenormals {
 public:
  FlushDenormals();
  ~FlushDenormals();
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

  // Whether this processor's mode can be set; without it nothing happens.
  static bool IsSupported();

 private:
  unsigned int before_ = 0;
};

// What to say of a run of `best_s` that takes `flushed_s` with denormals as zeros; "" where they cost little.
std::string DenormalNote(double best_s, double flushed_s);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_RUNTIME_FLUSH_DENORMALS_H_
