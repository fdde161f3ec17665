#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/data/dataset.h"
#include "saccade/image/prepare.h"
#include "saccade/text/vocabulary.h"
#include "saccade/training/training_config.h"

namespace saccade {

/// Photographs with their captions, the image with the longest caption first.
struct TrainingBatch {
  at::Tensor pixels;   ///< B×3×S×S
  at::Tensor inputs;   ///< B×K×T, the word before each place: kStart, w_1, …, filled with kPad
  at::Tensor targets;  ///< B×K×T, w_1, …, kEnd, filled with kPad
  at::Tensor lengths;  ///< B×K, T of each caption, the end counted
  std::vector<std::int64_t> images;  ///< T numbers: images that are not over at step t
};

/// Batches of a split in a random order, read from disk by a thread ahead of their use. A batch
/// depends on the seed, the epoch and its number alone, so that a run can be taken up anywhere.
class BatchLoader {
 public:
  BatchLoader(Dataset dataset, const Vocabulary& vocabulary, const InputConfig& input,
              const TrainingConfig& config);
  ~BatchLoader();

  std::int64_t batches_per_epoch() const;

  /// Starts to read the batches of an epoch from number `first` on.
  void begin(std::int64_t epoch, std::int64_t first);
  /// The next batch of the epoch.
  /// @throws std::runtime_error for a photograph that cannot be read, naming it.
  TrainingBatch next();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace saccade
