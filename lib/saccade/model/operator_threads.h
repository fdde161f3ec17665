#pragma once

#include <omp.h>

#include <ATen/Parallel.h>

namespace saccade {

/// While it lives, LibTorch's operators that this thread calls run on so many threads. (LibTorch's
/// own setting is the whole process's and makes other teams of threads anew each time.)
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
