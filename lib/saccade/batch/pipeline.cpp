#include "saccade/batch/pipeline.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "saccade/io/error_text.h"
#include "saccade/model/device.h"

namespace saccade {
namespace {

/// The buffer of one batch. Image i of the run is at index i mod batch_size of slot
/// (i / batch_size) mod slots.
struct Slot {
  at::Tensor pixels;  ///< batch_size×3×S×S
  std::vector<Placement> placements;
  std::vector<std::string> errors;
  std::vector<std::string> warnings;
  std::int64_t missing = 0;  ///< images not prepared yet
};

/// The paths of the images to caption: all, or those that are selected.
class Selection {
 public:
  /// Both must outlive this object. @param selected  indices into `paths`; null: all
  Selection(const std::vector<std::string>& paths, const std::vector<std::int64_t>* selected)
      : paths_(paths), selected_(selected) {}

  std::int64_t count() const {
    return static_cast<std::int64_t>(selected_ ? selected_->size() : paths_.size());
  }
  /// The index of the i-th one among all paths.
  std::int64_t index(std::int64_t i) const { return selected_ ? (*selected_)[std::size_t(i)] : i; }
  const std::string& path(std::int64_t i) const { return paths_[std::size_t(index(i))]; }

 private:
  const std::vector<std::string>& paths_;
  const std::vector<std::int64_t>* selected_;
};

/// Threads that load and prepare images, and the ring of slots between them and the model.
class ImageLoader {
 public:
  /// `prepare` must outlive this object. @param slots  number of batches in memory.
  ImageLoader(const Selection& images, std::int64_t input_size, const PrepareFunction& prepare,
              const PipelineOptions& options, std::int64_t slots);
  ~ImageLoader();
  ImageLoader(const ImageLoader&) = delete;
  ImageLoader& operator=(const ImageLoader&) = delete;

  const Selection& images() const { return images_; }
  std::int64_t count() const { return images_.count(); }
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

  const Selection images_;
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

ImageLoader::ImageLoader(const Selection& images, std::int64_t input_size,
                         const PrepareFunction& prepare, const PipelineOptions& options,
                         std::int64_t slots)
    : images_(images), prepare_(prepare), batch_size_(std::min(options.batch_size, count())) {
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
      Prepared prepared =
          prepare_(images_.path(image), slot.pixels.data_ptr<float>() + place * size);
      slot.placements[place] = prepared.placement;
      slot.warnings[place] = std::move(prepared.warning);
    } catch (...) {
      error = current_error_text(images_.path(image));
    }
    slot.errors[place] = std::move(error);
    std::lock_guard<std::mutex> lock(mutex_);
    if (--slot.missing == 0) batch_ready_.notify_all();
  }
}

/// The results of a batch, by index in its slot.
struct Outcome {
  std::vector<std::vector<Caption>> captions;  // empty for an image with an error
  std::vector<std::string> errors;
  std::vector<std::string> warnings;
  std::vector<std::vector<WordVerdict>> verdicts;
  std::exception_ptr thrown;  // by the caption or the explain function
};

std::vector<std::vector<Caption>> checked(std::vector<std::vector<Caption>> captions,
                                          std::size_t images) {
  if (captions.size() == images) return captions;
  throw std::invalid_argument("the model returned captions for " + std::to_string(captions.size()) +
                              " images of " + std::to_string(images));
}

/// Captions the images of a slot separately, after captioning them together failed. An image that
/// fails again affects only its own record.
void caption_one_by_one(const Slot& slot, std::int64_t first, const Selection& images,
                        const CaptionFunction& caption, Outcome& outcome) {
  for (std::size_t place = 0; place < outcome.errors.size(); ++place) {
    if (!outcome.errors[place].empty()) continue;
    try {
      outcome.captions[place] = std::move(
          checked(caption(slot.pixels.narrow(0, std::int64_t(place), 1), {slot.placements[place]}),
                  1)
              .front());
    } catch (const std::logic_error&) {
      throw;
    } catch (...) {
      outcome.errors[place] = current_error_text(images.path(first + std::int64_t(place)));
    }
  }
}

/// Captions the images of a slot together, without those that could not be read.
void caption_together(const Slot& slot, const CaptionFunction& caption, Outcome& outcome) {
  std::vector<std::int64_t> whole;
  std::vector<Placement> placements;
  for (std::size_t place = 0; place < outcome.errors.size(); ++place) {
    if (!outcome.errors[place].empty()) continue;
    whole.push_back(std::int64_t(place));
    placements.push_back(slot.placements[place]);
  }
  if (whole.empty()) return;
  const bool all = whole.size() == outcome.errors.size();
  const at::Tensor pixels = all ? slot.pixels.narrow(0, 0, std::int64_t(whole.size()))
                                : slot.pixels.index_select(0, at::tensor(whole));
  auto captions = checked(caption(pixels, placements), whole.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    outcome.captions[std::size_t(whole[i])] = std::move(captions[i]);
  }
}

/// Explains the captions of a slot.
void explain_captions(const Slot& slot, std::int64_t first, const Selection& images,
                      const ExplainFunction& explain, Outcome& outcome) {
  for (std::size_t place = 0; place < outcome.captions.size(); ++place) {
    if (outcome.captions[place].empty()) continue;
    try {
      outcome.verdicts[place] = explain(slot.pixels[std::int64_t(place)], slot.placements[place],
                                        outcome.captions[place].front());
    } catch (const std::logic_error&) {
      throw;
    } catch (...) {
      outcome.errors[place] = current_error_text(images.path(first + std::int64_t(place)));
    }
  }
}

/// Captions the images of a slot, and explains the captions if `explain` is not empty.
Outcome caption_slot(const Slot& slot, std::int64_t first, std::int64_t size,
                     const Selection& images, const CaptionFunction& caption,
                     const ExplainFunction& explain) {
  Outcome outcome;
  outcome.captions.resize(std::size_t(size));
  outcome.verdicts.resize(std::size_t(size));
  outcome.errors.assign(slot.errors.begin(), slot.errors.begin() + size);
  outcome.warnings.assign(slot.warnings.begin(), slot.warnings.begin() + size);
  try {
    try {
      caption_together(slot, caption, outcome);
    } catch (const std::logic_error&) {
      throw;
    } catch (...) {
      caption_one_by_one(slot, first, images, caption, outcome);
    }
    if (explain) explain_captions(slot, first, images, explain, outcome);
  } catch (...) {
    outcome.thrown = std::current_exception();
  }
  return outcome;
}

/// The threads that caption. Each takes the next batch.
class Workers {
 public:
  Workers(ImageLoader& preparation, const CaptionFunction& caption, const PipelineOptions& options)
      : preparation_(preparation),
        caption_(caption),
        explain_(options.explain),
        operator_threads_(options.workers > 1 ? 1 : at::get_num_threads()) {
    try {
      for (std::int64_t i = 0; i < options.workers; ++i) {
        threads_.emplace_back([this] { work(); });
      }
    } catch (...) {
      stop();
      throw;
    }
  }
  ~Workers() { stop(); }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// Waits for the batch and returns its results.
  Outcome take(std::int64_t batch, const std::function<void()>& while_waiting) {
    constexpr auto kWait = std::chrono::milliseconds(100);
    std::unique_lock<std::mutex> lock(mutex_);
    while (!done_.wait_for(lock, kWait, [&] { return outcomes_.count(batch) > 0; })) {
      lock.unlock();
      if (while_waiting) while_waiting();
      lock.lock();
    }
    return std::move(outcomes_.extract(batch).mapped());
  }

 private:
  void work() {
    const OperatorThreads own(operator_threads_);
    for (;;) {
      std::unique_lock<std::mutex> lock(mutex_);
      if (next_ == preparation_.batches()) return;
      const std::int64_t batch = next_++;
      lock.unlock();
      Slot* slot = preparation_.acquire(batch);
      if (!slot) return;
      Outcome outcome =
          caption_slot(*slot, preparation_.first_of(batch), preparation_.size_of(batch),
                       preparation_.images(), caption_, explain_);
      lock.lock();
      outcomes_[batch] = std::move(outcome);
      done_.notify_one();
    }
  }

  void stop() {
    preparation_.stop();
    for (std::thread& thread : threads_) thread.join();
  }

  ImageLoader& preparation_;
  const CaptionFunction& caption_;
  const ExplainFunction& explain_;
  const int operator_threads_;  // of each worker
  std::vector<std::thread> threads_;

  std::mutex mutex_;
  std::condition_variable done_;
  std::int64_t next_ = 0;  // the first batch that no thread has taken
  std::map<std::int64_t, Outcome> outcomes_;
};

}  // namespace

std::int64_t shared_batch_size(std::int64_t photographs, std::int64_t workers,
                               std::int64_t batch_size) {
  const std::int64_t share = (photographs + workers - 1) / workers;
  return std::max<std::int64_t>(1, std::min(batch_size, share));
}

namespace {

BatchCounts caption_selection(const Selection& images, std::int64_t input_size,
                              const PrepareFunction& prepare, const CaptionFunction& caption,
                              const RecordFunction& on_record, const PipelineOptions& options) {
  if (options.batch_size < 1 || options.loader_threads < 1 || options.batches_ahead < 1 ||
      options.workers < 1 || input_size < 1) {
    throw std::invalid_argument(
        "batch size, loader threads, batches ahead, workers and input size must be at least 1");
  }
  BatchCounts counts;
  ImageLoader preparation(images, input_size, prepare, options,
                          options.batches_ahead + options.workers);
  Workers workers(preparation, caption, options);
  for (std::int64_t batch = 0; batch < preparation.batches(); ++batch) {
    Outcome outcome = workers.take(batch, options.while_waiting);
    if (outcome.thrown) std::rethrow_exception(outcome.thrown);
    preparation.release(batch);
    for (std::int64_t place = 0; place < preparation.size_of(batch); ++place) {
      BatchRecord record;
      record.index = images.index(preparation.first_of(batch) + place);
      record.path = images.path(preparation.first_of(batch) + place);
      record.captions = std::move(outcome.captions[place]);
      record.error = std::move(outcome.errors[place]);
      record.warning = std::move(outcome.warnings[place]);
      record.verdicts = std::move(outcome.verdicts[place]);
      if (record.error.empty() && record.captions.empty()) {
        record.error = "the model returned no caption";
      }
      ++(record.error.empty() ? counts.captioned : counts.failed);
      if (!on_record(record)) return counts;
    }
  }
  return counts;
}

}  // namespace

BatchCounts caption_all(const std::vector<std::string>& paths, std::int64_t input_size,
                        const PrepareFunction& prepare, const CaptionFunction& caption,
                        const RecordFunction& on_record, const PipelineOptions& options) {
  return caption_selection({paths, nullptr}, input_size, prepare, caption, on_record, options);
}

BatchCounts caption_selected(const std::vector<std::string>& paths,
                             const std::vector<std::int64_t>& selected, std::int64_t input_size,
                             const PrepareFunction& prepare, const CaptionFunction& caption,
                             const RecordFunction& on_record, const PipelineOptions& options) {
  return caption_selection({paths, &selected}, input_size, prepare, caption, on_record, options);
}

}  // namespace saccade
