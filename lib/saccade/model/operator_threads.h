#pragma once

#include <omp.h>

#include <ATen/Parallel.h>

namespace saccade {

/// While it lives, LibTorch operators called by this thread run on that many threads. (LibTorch's
/// own setting applies to the whole process and recreates the OpenMP thread teams on every change.)
class OperatorThreads {
 public:
  explicit OperatorThreads(int threads) { omp_set_num_threads(threads); }
  ~OperatorThreads() { omp_set_num_threads(before_); }
  OperatorThreads(const OperatorThreads&) = delete;
  OperatorThreads& operator=(const OperatorThreads&) = delete;

 private:
  const int before_ = at::get_num_threads();
};

}  // namespace saccade
