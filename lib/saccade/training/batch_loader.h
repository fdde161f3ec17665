#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/data/dataset.h"
#include "saccade/data/phrases.h"
#include "saccade/image/prepare.h"
#include "saccade/search/word_batch.h"
#include "saccade/text/vocabulary.h"
#include "saccade/training/attention_supervision.h"
#include "saccade/training/epoch_order.h"
#include "saccade/training/label_targets.h"
#include "saccade/training/training_config.h"

namespace saccade {

/// B images with their captions and M images with labels, in this order.
struct TrainingBatch : WordBatch {
  at::Tensor pixels;  ///< B+M×3×S×S; undefined if the loader reads no pixels
  std::vector<std::int64_t> image_indices;  ///< B+M, indices of the images in the data set
  std::vector<LabelTargets> labelled;       ///< M
  SupervisedCaptions supervised;  ///< with boxes in fractions of the encoder's input; null: none
};

/// The part of every batch that a process reads in distributed training.
struct ProcessShare {
  std::int64_t rank = 0, processes = 1;
};

/// Loads batches of a split in random order, with at most `captions_per_image` distinct captions of
/// each image. A thread reads the next batch in advance. A batch depends only on the seed, the
/// epoch and its number, so that a run can be resumed anywhere.
class BatchLoader {
 public:
  /// @param with_pixels  false: captions only, if the features come from a FeatureCache.
  /// @param own_share    with P processes, a batch has P · `batch_images` images, of which this
  ///                     loader reads its part. A batch with fewer than P images is dropped.
  /// @param shares       how often the images are sampled; empty: each once per epoch.
  /// @param phrases      of the data set's captions. Their boxes are cropped, mirrored and fitted
  ///                     with the image. Words without remaining boxes are not supervised.
  /// @param labels       the words of the images' labels; the order of an image's labels is random
  ///                     in every epoch.
  /// @throws std::runtime_error for an image whose captions contain no word, or whose labels have
  ///         none.
  BatchLoader(Dataset dataset, const Vocabulary& vocabulary, const InputConfig& input,
              const TrainingConfig& config, bool with_pixels = true,
              const ProcessShare& own_share = {}, std::vector<ImageShare> shares = {},
              const std::optional<DatasetPhrases>& phrases = {}, LabelWordings labels = {});
  ~BatchLoader();

  std::int64_t batches_per_epoch() const;

  /// Starts reading the batches of an epoch, from number `first`.
  void begin(std::int64_t epoch, std::int64_t first);
  /// The next batch of the epoch.
  /// @throws std::runtime_error naming an image that cannot be read.
  TrainingBatch next();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace saccade
