#include "saccade/batch/pipeline.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <ATen/ATen.h>

namespace saccade {

namespace {

/// A batch on its way to the model: image i of the run lies in place i mod batch_size of slot
/// (i / batch_size) mod slots.
struct Slot {
  at::Tensor pixels;  // batch_size×3×S×S
  std::vector<Placement> placements;
  std::vector<std::string> errors;
  std::int64_t missing = 0;  // images that are still being prepared
};

/// The threads that prepare, and the ring of slots between them and the model.
class Preparation {
 public:
  Preparation(const std::vector<std::string>& paths, std::int64_t input_size,
              const PrepareFunction& prepare, const PipelineOptions& options)
      : paths_(paths), prepare_(prepare), batch_size_(std::min(options.batch_size, count())) {
    slots_.resize(std::min(options.batches_ahead + 1, batches()));
    for (std::size_t batch = 0; batch < slots_.size(); ++batch) {
      Slot& slot = slots_[batch];
      slot.pixels = at::empty({batch_size_, 3, input_size, input_size}, at::kFloat);
      slot.placements.resize(batch_size_);
      slot.errors.resize(batch_size_);
      slot.missing = size_of(batch);
    }
    try {
      for (std::int64_t i = 0; i < std::min(options.decoders, count()); ++i) {
        threads_.emplace_back([this] { work(); });
      }
    } catch (...) {
      stop();
      throw;
    }
  }
  ~Preparation() { stop(); }
  Preparation(const Preparation&) = delete;
  Preparation& operator=(const Preparation&) = delete;

  std::int64_t count() const { return static_cast<std::int64_t>(paths_.size()); }
  std::int64_t batches() const {
    return count() == 0 ? 0 : (count() + batch_size_ - 1) / batch_size_;
  }
  std::int64_t first_of(std::int64_t batch) const { return batch * batch_size_; }
  std::int64_t size_of(std::int64_t batch) const {
    return std::min(batch_size_, count() - first_of(batch));
  }

  /// Waits until every image of the batch is prepared or has failed. The slot is the caller's until
  /// release.
  Slot& acquire(std::int64_t batch) {
    Slot& slot = slot_of(batch);
    std::unique_lock<std::mutex> lock(mutex_);
    batch_ready_.wait(lock, [&] { return slot.missing == 0; });
    return slot;
  }

  /// Hands the slot to a later batch. Batches are released in order.
  void release(std::int64_t batch) {
    const std::int64_t next = batch + static_cast<std::int64_t>(slots_.size());
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (next < batches()) slot_of(batch).missing = size_of(next);
      released_ = batch + 1;
    }
    slot_free_.notify_all();
  }

 private:
  Slot& slot_of(std::int64_t batch) { return slots_[batch % slots_.size()]; }

  /// @return the next image whose slot is free, or count() when there is nothing more to do.
  std::int64_t next_image() {
    std::unique_lock<std::mutex> lock(mutex_);
    slot_free_.wait(lock, [&] {
      return stopped_ || next_ == count() ||
             next_ / batch_size_ < released_ + static_cast<std::int64_t>(slots_.size());
    });
    return stopped_ || next_ == count() ? count() : next_++;
  }

  void work() {
    for (std::int64_t image; (image = next_image()) < count();) {
      Slot& slot = slot_of(image / batch_size_);
      const std::int64_t place = image % batch_size_;
      const std::int64_t size = slot.pixels.stride(0);
      std::string error;
      try {
        slot.placements[place] =
            prepare_(paths_[image], slot.pixels.data_ptr<float>() + place * size);
      } catch (const std::exception& exception) {
        error = exception.what();
        if (error.empty()) error = "cannot be prepared: " + paths_[image];
      } catch (...) {
        error = "cannot be prepared: " + paths_[image];
      }
      slot.errors[place] = std::move(error);
      std::lock_guard<std::mutex> lock(mutex_);
      if (--slot.missing == 0) batch_ready_.notify_one();
    }
  }

  void stop() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      stopped_ = true;
    }
    slot_free_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  const std::vector<std::string>& paths_;
  const PrepareFunction& prepare_;
  const std::int64_t batch_size_;
  std::vector<Slot> slots_;
  std::vector<std::thread> threads_;

  std::mutex mutex_;
  std::condition_variable slot_free_;
  std::condition_variable batch_ready_;
  std::int64_t next_ = 0;      // the image that no thread has taken yet
  std::int64_t released_ = 0;  // batches that the model is done with
  bool stopped_ = false;
};

/// Closes the gaps that broken images leave, so that the model sees whole ones only.
/// @return the captions by place in the slot; none where there is an error.
std::vector<std::vector<Caption>> caption_slot(Slot& slot, std::int64_t size,
                                               const CaptionFunction& caption) {
  std::vector<std::int64_t> whole;
  std::vector<Placement> placements;
  for (std::int64_t place = 0; place < size; ++place) {
    if (!slot.errors[place].empty()) continue;
    const auto rank = static_cast<std::int64_t>(whole.size());
    if (rank != place) slot.pixels[rank].copy_(slot.pixels[place]);
    whole.push_back(place);
    placements.push_back(slot.placements[place]);
  }
  std::vector<std::vector<Caption>> by_place(size);
  if (whole.empty()) return by_place;
  std::vector<std::vector<Caption>> captions =
      caption(slot.pixels.narrow(0, 0, static_cast<std::int64_t>(whole.size())), placements);
  if (captions.size() != whole.size()) {
    throw std::invalid_argument("the model returned captions for " +
                                std::to_string(captions.size()) + " images of " +
                                std::to_string(whole.size()));
  }
  for (std::size_t i = 0; i < whole.size(); ++i) by_place[whole[i]] = std::move(captions[i]);
  return by_place;
}

}  // namespace

PrepareFunction prepare_from_disk(const InputConfig& config) {
  return [config](const std::string& path, float* pixels) {
    return prepare_into(load_image(path), config, pixels);
  };
}

BatchCounts caption_all(const std::vector<std::string>& paths, std::int64_t input_size,
                        const PrepareFunction& prepare, const CaptionFunction& caption,
                        const RecordFunction& on_record, const PipelineOptions& options) {
  if (options.batch_size < 1 || options.decoders < 1 || options.batches_ahead < 1 ||
      input_size < 1) {
    throw std::invalid_argument(
        "batch size, decoder threads, batches ahead and input size must be at least 1");
  }
  BatchCounts counts;
  Preparation preparation(paths, input_size, prepare, options);
  for (std::int64_t batch = 0; batch < preparation.batches(); ++batch) {
    Slot& slot = preparation.acquire(batch);
    const std::int64_t size = preparation.size_of(batch);
    std::vector<std::vector<Caption>> captions = caption_slot(slot, size, caption);
    std::vector<std::string> errors(slot.errors.begin(), slot.errors.begin() + size);
    preparation.release(batch);
    for (std::int64_t place = 0; place < size; ++place) {
      BatchRecord record;
      record.index = preparation.first_of(batch) + place;
      record.path = paths[record.index];
      record.captions = std::move(captions[place]);
      record.error = std::move(errors[place]);
      if (record.error.empty() && record.captions.empty()) {
        record.error = "the model returned no caption";
      }
      ++(record.error.empty() ? counts.captioned : counts.failed);
      if (!on_record(record)) return counts;
    }
  }
  return counts;
}

}  // namespace saccade
