#include "saccade/batch/image_loader.h"

#include <utility>

#include <ATen/ATen.h>

#include "saccade/io/error_text.h"

namespace saccade {

ImageLoader::ImageLoader(const std::vector<std::string>& paths, std::int64_t input_size,
                         const PrepareFunction& prepare, const PipelineOptions& options,
                         std::int64_t slots)
    : paths_(paths), prepare_(prepare), batch_size_(std::min(options.batch_size, count())) {
  slots_.resize(std::min(slots, batches()));
  for (std::size_t batch = 0; batch < slots_.size(); ++batch) {
    Slot& slot = slots_[batch];
    slot.pixels = at::empty({batch_size_, 3, input_size, input_size}, at::kFloat);
    slot.placements.resize(batch_size_);
    slot.errors.resize(batch_size_);
    slot.warnings.resize(batch_size_);
    slot.missing = size_of(batch);
  }
  try {
    for (std::int64_t i = 0; i < std::min(options.loader_threads, count()); ++i) {
      threads_.emplace_back([this] { work(); });
    }
  } catch (...) {
    join();
    throw;
  }
}

ImageLoader::~ImageLoader() { join(); }

Slot* ImageLoader::acquire(std::int64_t batch) {
  Slot& slot = slot_of(batch);
  std::unique_lock<std::mutex> lock(mutex_);
  batch_ready_.wait(lock, [&] {
    return stopped_ || (batch < released_ + std::int64_t(slots_.size()) && slot.missing == 0);
  });
  return stopped_ ? nullptr : &slot;
}

void ImageLoader::release(std::int64_t batch) {
  const std::int64_t next = batch + static_cast<std::int64_t>(slots_.size());
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (next < batches()) slot_of(batch).missing = size_of(next);
    released_ = batch + 1;
  }
  slot_free_.notify_all();
}

void ImageLoader::stop() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
  }
  slot_free_.notify_all();
  batch_ready_.notify_all();
}

void ImageLoader::join() {
  stop();
  for (std::thread& thread : threads_) thread.join();
}

/// Waits for a free slot. @return the next image, or count() when there are no more.
std::int64_t ImageLoader::next_image() {
  std::unique_lock<std::mutex> lock(mutex_);
  slot_free_.wait(lock, [&] {
    return stopped_ || next_ == count() ||
           next_ / batch_size_ < released_ + static_cast<std::int64_t>(slots_.size());
  });
  return stopped_ || next_ == count() ? count() : next_++;
}

void ImageLoader::work() {
  for (std::int64_t image; (image = next_image()) < count();) {
    Slot& slot = slot_of(image / batch_size_);
    const std::int64_t place = image % batch_size_;
    const std::int64_t size = slot.pixels.stride(0);
    std::string error;
    try {
      Prepared prepared = prepare_(paths_[image], slot.pixels.data_ptr<float>() + place * size);
      slot.placements[place] = prepared.placement;
      slot.warnings[place] = std::move(prepared.warning);
    } catch (...) {
      error = current_error_text(paths_[image]);
    }
    slot.errors[place] = std::move(error);
    std::lock_guard<std::mutex> lock(mutex_);
    if (--slot.missing == 0) batch_ready_.notify_all();
  }
}

}  // namespace saccade
