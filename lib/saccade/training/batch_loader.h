#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/data/dataset.h"
#include "saccade/data/dataset_phrases.h"
#include "saccade/image/prepare.h"
#include "saccade/search/word_batch.h"
#include "saccade/text/vocabulary.h"
#include "saccade/training/attention_supervision.h"
#include "saccade/training/epoch_order.h"
#include "saccade/training/training_config.h"

namespace saccade {

/// Photographs with their captions.
struct TrainingBatch : WordBatch {
  at::Tensor pixels;                 ///< B×3×S×S; undefined when the loader reads none
  std::vector<std::int64_t> places;  ///< B, which image of the data set each is
  SupervisedCaptions supervised;     ///< their boxes in shares of the encoder's input; null: none
};

/// Which part of every batch a process reads, of those that train together.
struct Shard {
  std::int64_t rank = 0, processes = 1;
};

/// Batches of a split in a random order, read from disk by a thread ahead of their use, with at
/// most `captions_per_image` captions of each image, none twice. A batch depends on the seed, the
/// epoch and its number alone, so that a run can be taken up anywhere.
class BatchLoader {
 public:
  /// @param with_pixels  false: captions alone, where the features come from elsewhere.
  /// @param shard        with P processes a batch has P times `batch_images`, and this loader
  ///                     reads its part; one that is too small to have a part for each is left out.
  /// @param shares       how often the images are drawn, for all of them; empty: each once an
  ///                     epoch
  /// @param phrases      of the data set's captions: their boxes move with the photograph, cut,
  ///                     mirrored and fitted; a word of whose boxes nothing is left is free.
  BatchLoader(Dataset dataset, const Vocabulary& vocabulary, const InputConfig& input,
              const TrainingConfig& config, bool with_pixels = true, const Shard& shard = {},
              std::vector<ImageShare> shares = {},
              const std::optional<DatasetPhrases>& phrases = {});
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
