#include "saccade/model/bundle/weight_arena.h"

#include <algorithm>
#include <new>
#include <stdexcept>
#include <sys/mman.h>

#include <ATen/ops/from_blob.h>

namespace saccade {
namespace {

constexpr std::size_t kAlignment = 64;  // as LibTorch's own allocator

}  // namespace

WeightArena::WeightArena(std::size_t bytes) : size_(std::max(bytes, kAlignment)) {
  void* memory = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  memory_.reset(static_cast<char*>(memory), [size = size_](char* begin) { ::munmap(begin, size); });
  ::madvise(memory, size_, MADV_HUGEPAGE);  // optional: small pages work too
}

std::size_t WeightArena::bytes_for(std::int64_t values) {
  const auto bytes = static_cast<std::size_t>(values) * sizeof(float);
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

at::Tensor WeightArena::allocate(at::IntArrayRef shape) {
  std::int64_t values = 1;
  for (const auto extent : shape) values *= extent;
  const std::size_t bytes = bytes_for(values);
  if (bytes > size_ - used_) throw std::invalid_argument("the weight arena is full");
  char* begin = memory_.get() + used_;
  used_ += bytes;
  return at::from_blob(
      begin, shape, [memory = memory_](void*) {}, at::TensorOptions(at::kFloat));
}

}  // namespace saccade
