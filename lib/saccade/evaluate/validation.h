#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "saccade/caption/captioner.h"
#include "saccade/data/dataset.h"
#include "saccade/data/dataset_phrases.h"
#include "saccade/evaluate/evaluation.h"

namespace saccade {

/// Captions a whole split free-running, as a user would: nothing of the references is seen.
/// @param progress  told how many images are done; may be empty
/// @return the best caption of each image, in the data set's order
/// @throws std::runtime_error for a photograph that cannot be read
std::vector<Caption> caption_dataset(const Captioner& captioner, const Dataset& dataset,
                                     const CaptionOptions& options, std::int64_t batch_images,
                                     const std::function<void(std::size_t)>& progress = {});

/// The captions and what people said of the same images, as the metrics take them.
PairedCaptions pair_with_references(const std::vector<Caption>& captions, const Dataset& dataset);

/// Photographs that a run is validated on.
struct DevSplit {
  std::string name;  ///< of its data set, e.g. "flickr8k"
  Dataset dataset;
  double weight = 1;  ///< of its scores in the mean over all dev splits; not all are 0
};

struct DevScores {
  std::string name;
  double bleu_4 = 0;  ///< 0…1, with brevity penalty
  double cider = 0;
};

/// The scores of one free-running validation.
struct ValidationResult {
  std::int64_t epoch = 0;            ///< from 1
  double bleu_4 = 0, cider = 0;      ///< weighted means over the dev splits
  std::vector<DevScores> splits;     ///< one or more
  bool best = false;                 ///< of the run so far
  std::vector<std::string> samples;  ///< a few captions, "name: caption"
  /// Of the dev captions' phrases that are things (explain/pointing.h), 0…1, over at most 200
  /// photographs; nothing where no boxes are given.
  std::optional<double> peak_in_box;
};

/// {"flickr8k": {"bleu_4": …, "cider": …}, …}
nlohmann::json to_json(const std::vector<DevScores>& splits);

/// Captions the dev splits and scores each. @return with neither `epoch` nor `best` filled in
ValidationResult score_dev_splits(const Captioner& captioner, const std::vector<DevSplit>& dev,
                                  const CaptionOptions& options, std::int64_t batch_images);

/// How often α of the dev split's phrases peaks in their boxes.
/// @return nothing when none of them has a box
std::optional<double> dev_peak_in_box(const Bundle& bundle, const Dataset& dev,
                                      const DatasetPhrases& phrases, std::int64_t batch_images);

/// Writes the bundle with what its validation gave, and a card that says it.
/// @throws std::runtime_error when the folder cannot be written
void save_validated(const std::filesystem::path& folder, Bundle bundle,
                    const ValidationResult& result);

}  // namespace saccade
