#pragma once

namespace saccade {

/// A moving average over about the last 50 values, for the progress bar. Bias-corrected, so that it
/// is a mean from the first value on.
class Smoothed {
 public:
  void add(double value) {
    weight_ = kDecay * weight_ + (1 - kDecay);
    value_ += (value - value_) * (1 - kDecay) / weight_;
  }
  double value() const { return value_; }

 private:
  static constexpr double kDecay = 0.98;
  double value_ = 0, weight_ = 0;
};

}  // namespace saccade
