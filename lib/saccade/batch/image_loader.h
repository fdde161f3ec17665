#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/batch/pipeline.h"

namespace saccade {

/// The buffer of one batch. Image i of the run is at index i mod batch_size of slot
/// (i / batch_size) mod slots.
struct Slot {
  at::Tensor pixels;  ///< batch_size×3×S×S
  std::vector<Placement> placements;
  std::vector<std::string> errors;
  std::vector<std::string> warnings;
  std::int64_t missing = 0;  ///< images not prepared yet
};

/// Threads that load and prepare images, and the ring of slots between them and the model.
class ImageLoader {
 public:
  /// `paths` and `prepare` must outlive this object. @param slots  number of batches in memory.
  ImageLoader(const std::vector<std::string>& paths, std::int64_t input_size,
              const PrepareFunction& prepare, const PipelineOptions& options, std::int64_t slots);
  ~ImageLoader();
  ImageLoader(const ImageLoader&) = delete;
  ImageLoader& operator=(const ImageLoader&) = delete;

  const std::vector<std::string>& paths() const { return paths_; }
  std::int64_t count() const { return static_cast<std::int64_t>(paths_.size()); }
  std::int64_t batches() const {
    return count() == 0 ? 0 : (count() + batch_size_ - 1) / batch_size_;
  }
  std::int64_t first_of(std::int64_t batch) const { return batch * batch_size_; }
  std::int64_t size_of(std::int64_t batch) const {
    return std::min(batch_size_, count() - first_of(batch));
  }

  /// Waits until every image of the batch is prepared or has failed. The caller owns the slot until
  /// `release`. @return null after `stop`.
  Slot* acquire(std::int64_t batch);

  /// Frees the slot for a later batch. Batches must be released in order.
  void release(std::int64_t batch);

  /// Stops the threads and wakes all waiting callers.
  void stop();

 private:
  Slot& slot_of(std::int64_t batch) { return slots_[batch % slots_.size()]; }
  std::int64_t next_image();
  void work();
  void join();

  const std::vector<std::string>& paths_;
  const PrepareFunction& prepare_;
  const std::int64_t batch_size_;
  std::vector<Slot> slots_;
  std::vector<std::thread> threads_;

  std::mutex mutex_;
  std::condition_variable slot_free_;
  std::condition_variable batch_ready_;
  std::int64_t next_ = 0;      ///< the first image that no thread has taken
  std::int64_t released_ = 0;  ///< number of released batches
  bool stopped_ = false;
};

}  // namespace saccade
