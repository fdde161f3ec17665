#pragma once

#include <cstddef>
#include <memory>

#include <ATen/core/Tensor.h>

namespace saccade {

/// One block of memory from which many tensors are allocated, in huge pages where the system has
/// them. With pages of 4 kB, the first access to the memory takes several times as long as
/// converting fp16 weights into it.
class WeightArena {
 public:
  /// @param bytes  the sum of `bytes_for` over all tensors to be allocated
  /// @throws std::bad_alloc
  explicit WeightArena(std::size_t bytes);

  /// The bytes that a float tensor of that many values takes, with padding.
  static std::size_t bytes_for(std::int64_t values);

  /// The next float tensor, not initialized. The memory lives as long as any of its tensors.
  /// @throws std::invalid_argument when the arena is full.
  at::Tensor allocate(at::IntArrayRef shape);

 private:
  std::shared_ptr<char> memory_;
  std::size_t size_;
  std::size_t used_ = 0;
};

}  // namespace saccade
