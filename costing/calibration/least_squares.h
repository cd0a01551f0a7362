// Non-negative coefficients of an additive form, by relative robust least squares.
#ifndef OPCOST_COSTING_CALIBRATION_LEAST_SQUARES_H_
#define OPCOST_COSTING_CALIBRATION_LEAST_SQUARES_H_

#include <Eigen/Core>

namespace opcost {

// min ‖a·x − b‖ with x >= 0, by active sets on the normal equations (Lawson and Hanson). Columns may differ in scale by
// any factor.
Eigen::VectorXd NonNegativeLeastSquares(const Eigen::MatrixXd& a, const Eigen::VectorXd& b);

struct RobustOptions {
  double relative_error = 0.04;  // of a measurement that is long against its clock error
  double huber = 2;              // residuals beyond this many errors count linearly
  int iterations = 8;
  double prior_spread = 0.5;  // relative, of a coefficient about its parent's
};

// Rows are samples, columns terms. `clock_s` is what each sample may be off by whatever its length. `prior` holds the
// parent's coefficients, 0 where there is none; it may be empty. The loss is relative, so that a long kernel and a
// short one weigh alike.
Eigen::VectorXd FitNonNegative(const Eigen::MatrixXd& amounts, const Eigen::VectorXd& seconds,
                               const Eigen::VectorXd& clock_s, const Eigen::VectorXd& prior,
                               const RobustOptions& options = {});

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_LEAST_SQUARES_H_
