#include "costing/calibration/least_squares.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <vector>

namespace opcost {
namespace {

// Relative: what counts as no gain, and as singular.
constexpr double kTolerance = 1e-12;
constexpr int kRoundsPerColumn = 10;

using Eigen::Index;

// Unconstrained minimum over the passive columns; 0 elsewhere.
Eigen::VectorXd SolvePassive(const Eigen::MatrixXd& ata, const Eigen::VectorXd& atb, const std::vector<bool>& passive) {
  std::vector<Index> columns;
  for (size_t i = 0; i < passive.size(); ++i) {
    if (passive[i]) columns.push_back(static_cast<Index>(i));
  }
  const Index n = static_cast<Index>(columns.size());
  Eigen::MatrixXd m(n, n);
  Eigen::VectorXd v(n);
  for (Index r = 0; r < n; ++r) {
    v(r) = atb(columns[static_cast<size_t>(r)]);
    for (Index c = 0; c < n; ++c) m(r, c) = ata(columns[static_cast<size_t>(r)], columns[static_cast<size_t>(c)]);
  }
  const Eigen::VectorXd x = m.ldlt().solve(v);
  Eigen::VectorXd full = Eigen::VectorXd::Zero(ata.rows());
  for (Index r = 0; r < n; ++r) full(columns[static_cast<size_t>(r)]) = x(r);
  return full;
}

// Steps from x towards the passive solution until it is feasible, freezing what hits 0.
void MoveTo(const Eigen::MatrixXd& ata, const Eigen::VectorXd& atb, std::vector<bool>& passive, Eigen::VectorXd& x) {
  for (size_t round = 0; round <= passive.size(); ++round) {
    const Eigen::VectorXd target = SolvePassive(ata, atb, passive);
    double step = 1;
    for (Index i = 0; i < x.size(); ++i) {
      if (passive[static_cast<size_t>(i)] && target(i) <= 0 && x(i) - target(i) > 0) {
        step = std::min(step, x(i) / (x(i) - target(i)));
      }
    }
    x += step * (target - x);
    bool done = true;
    for (Index i = 0; i < x.size(); ++i) {
      const bool at_zero = passive[static_cast<size_t>(i)] && target(i) <= 0 && x(i) <= kTolerance;
      if (!at_zero) continue;
      x(i) = 0;
      passive[static_cast<size_t>(i)] = false;
      done = false;
    }
    if (done) {
      x = x.cwiseMax(0);
      return;
    }
  }
}

}  // namespace

Eigen::VectorXd NonNegativeLeastSquares(const Eigen::MatrixXd& a, const Eigen::VectorXd& b) {
  const Index n = a.cols();
  Eigen::VectorXd scale(n);
  for (Index i = 0; i < n; ++i) {
    const double norm = a.col(i).norm();
    scale(i) = norm > 0 ? 1 / norm : 0;
  }
  const Eigen::MatrixXd scaled = a * scale.asDiagonal();
  const Eigen::MatrixXd ata = scaled.transpose() * scaled;
  const Eigen::VectorXd atb = scaled.transpose() * b;
  const double enough = kTolerance * std::max(1e-300, b.norm());
  Eigen::VectorXd x = Eigen::VectorXd::Zero(n);
  std::vector<bool> passive(static_cast<size_t>(n), false);
  for (Index round = 0; round < kRoundsPerColumn * n; ++round) {
    const Eigen::VectorXd gain = atb - ata * x;
    Index best = -1;
    for (Index i = 0; i < n; ++i) {
      if (passive[static_cast<size_t>(i)] || scale(i) == 0 || gain(i) <= enough) continue;
      if (best < 0 || gain(i) > gain(best)) best = i;
    }
    if (best < 0) break;
    passive[static_cast<size_t>(best)] = true;
    MoveTo(ata, atb, passive, x);
  }
  return x.cwiseProduct(scale);
}

Eigen::VectorXd FitNonNegative(const Eigen::MatrixXd& amounts, const Eigen::VectorXd& seconds,
                               const Eigen::VectorXd& clock_s, const Eigen::VectorXd& prior,
                               const RobustOptions& options) {
  const Index rows = amounts.rows(), terms = amounts.cols();
  std::vector<Index> leaning;
  for (Index j = 0; j < prior.size(); ++j) {
    if (prior(j) > 0) leaning.push_back(j);
  }
  const Eigen::ArrayXd error = ((options.relative_error * seconds.array()).square() + clock_s.array().square()).sqrt();
  Eigen::MatrixXd a = Eigen::MatrixXd::Zero(rows + static_cast<Index>(leaning.size()), terms);
  Eigen::VectorXd b = Eigen::VectorXd::Zero(a.rows());
  for (size_t k = 0; k < leaning.size(); ++k) {
    const Index row = rows + static_cast<Index>(k);
    a(row, leaning[k]) = 1 / (options.prior_spread * prior(leaning[k]));
    b(row) = 1 / options.prior_spread;
  }
  Eigen::ArrayXd weight = Eigen::ArrayXd::Ones(rows);
  Eigen::VectorXd x = Eigen::VectorXd::Zero(terms);
  for (int i = 0; i < options.iterations; ++i) {
    const Eigen::ArrayXd factor = weight.sqrt() / error;
    a.topRows(rows) = factor.matrix().asDiagonal() * amounts;
    b.head(rows) = (factor * seconds.array()).matrix();
    x = NonNegativeLeastSquares(a, b);
    const Eigen::ArrayXd residual = (amounts * x - seconds).array().abs() / error;
    weight = (residual < options.huber).select(Eigen::ArrayXd::Ones(rows), options.huber / residual.max(1e-9));
  }
  return x;
}

}  // namespace opcost
