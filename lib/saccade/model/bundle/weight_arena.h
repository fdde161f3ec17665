#pragma once

#include <cstddef>
#include <memory>

#include <ATen/core/Tensor.h>

namespace saccade {

/// One piece of memory from which many tensors are cut, in large pages where the system has them.
/// Touching fresh memory in pages of 4 kB takes several times as long as widening fp16 weights into
/// it does.
class WeightArena {
 public:
  /// @param bytes  the sum of `bytes_for` of all tensors to come.
  /// @throws std::bad_alloc
  explicit WeightArena(std::size_t bytes);

  /// What a float tensor of that many values takes of the block.
  static std::size_t bytes_for(std::int64_t values);

  /// The next float tensor, not initialized. The block lives as long as any of them.
  /// @throws std::invalid_argument when the block is full.
  at::Tensor allocate(at::IntArrayRef shape);

 private:
  std::shared_ptr<char> memory_;
  std::size_t size_;
  std::size_t used_ = 0;
};

}  // namespace saccade
