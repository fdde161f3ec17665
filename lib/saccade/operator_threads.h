#pragma once

#include <ATen/Parallel.h>

namespace saccade {

/// While it lives, LibTorch's operators run on so many threads each, in the whole process. A thread
/// that was there before, other than the one that made it, keeps its number until it calls
/// at::init_num_threads().
class OperatorThreads {
 public:
  explicit OperatorThreads(int threads) { at::set_num_threads(threads); }
  ~OperatorThreads() { at::set_num_threads(before_); }
  OperatorThreads(const OperatorThreads&) = delete;
  OperatorThreads& operator=(const OperatorThreads&) = delete;

 private:
  const int before_ = at::get_num_threads();
};

}  // namespace saccade
