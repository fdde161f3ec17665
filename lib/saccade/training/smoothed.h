#pragma once

namespace saccade {

/// What a progress bar shows of a number that jumps: its mean over about the last fifty values,
/// right from the first.
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
