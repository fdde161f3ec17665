#include "saccade/batch/pipeline.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "saccade/batch/image_loader.h"
#include "saccade/image/image.h"
#include "saccade/io/error_text.h"
#include "saccade/model/device.h"

namespace saccade {

namespace {

/// The results of a batch, by index in its slot.
struct Outcome {
  std::vector<std::vector<Caption>> captions;  // empty for an image with an error
  std::vector<std::string> errors;
  std::vector<std::string> warnings;
  std::exception_ptr thrown;  // by the caption function
};

std::vector<std::vector<Caption>> checked(std::vector<std::vector<Caption>> captions,
                                          std::size_t images) {
  if (captions.size() == images) return captions;
  throw std::invalid_argument("the model returned captions for " + std::to_string(captions.size()) +
                              " images of " + std::to_string(images));
}

/// Captions the images of a slot separately, after captioning them together failed. An image that
/// fails again affects only its own record.
void caption_one_by_one(const Slot& slot, std::int64_t first, const std::vector<std::string>& paths,
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
      outcome.errors[place] = current_error_text(paths[std::size_t(first) + place]);
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

/// Captions the images of a slot.
Outcome caption_slot(const Slot& slot, std::int64_t first, std::int64_t size,
                     const std::vector<std::string>& paths, const CaptionFunction& caption) {
  Outcome outcome;
  outcome.captions.resize(std::size_t(size));
  outcome.errors.assign(slot.errors.begin(), slot.errors.begin() + size);
  outcome.warnings.assign(slot.warnings.begin(), slot.warnings.begin() + size);
  try {
    try {
      caption_together(slot, caption, outcome);
    } catch (const std::logic_error&) {
      throw;
    } catch (...) {
      caption_one_by_one(slot, first, paths, caption, outcome);
    }
  } catch (...) {
    outcome.thrown = std::current_exception();
  }
  return outcome;
}

/// The threads that caption. Each takes the next batch.
class Workers {
 public:
  Workers(ImageLoader& preparation, const CaptionFunction& caption, std::int64_t threads)
      : preparation_(preparation),
        caption_(caption),
        operator_threads_(threads > 1 ? 1 : at::get_num_threads()) {
    try {
      for (std::int64_t i = 0; i < threads; ++i) {
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
  Outcome take(std::int64_t batch) {
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, [&] { return outcomes_.count(batch) > 0; });
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
      Outcome outcome = caption_slot(*slot, preparation_.first_of(batch),
                                     preparation_.size_of(batch), preparation_.paths(), caption_);
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

PrepareFunction prepare_from_disk(const InputConfig& config, const LoadOptions& options) {
  return [config, options](const std::string& path, float* pixels) {
    LoadOptions reading = options;
    reading.for_input = &config;
    Image image = load_image(path, reading);
    return Prepared(prepare_into(image, config, pixels), std::move(image.warning));
  };
}

BatchCounts caption_all(const std::vector<std::string>& paths, std::int64_t input_size,
                        const PrepareFunction& prepare, const CaptionFunction& caption,
                        const RecordFunction& on_record, const PipelineOptions& options) {
  if (options.batch_size < 1 || options.loader_threads < 1 || options.batches_ahead < 1 ||
      options.workers < 1 || input_size < 1) {
    throw std::invalid_argument(
        "batch size, loader threads, batches ahead, workers and input size must be at least 1");
  }
  BatchCounts counts;
  ImageLoader preparation(paths, input_size, prepare, options,
                          options.batches_ahead + options.workers);
  Workers workers(preparation, caption, options.workers);
  for (std::int64_t batch = 0; batch < preparation.batches(); ++batch) {
    Outcome outcome = workers.take(batch);
    if (outcome.thrown) std::rethrow_exception(outcome.thrown);
    preparation.release(batch);
    for (std::int64_t place = 0; place < preparation.size_of(batch); ++place) {
      BatchRecord record;
      record.index = preparation.first_of(batch) + place;
      record.path = paths[record.index];
      record.captions = std::move(outcome.captions[place]);
      record.error = std::move(outcome.errors[place]);
      record.warning = std::move(outcome.warnings[place]);
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
