#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "saccade/caption/captioner.h"
#include "saccade/data/dataset.h"
#include "saccade/data/phrases.h"
#include "saccade/evaluate/evaluation.h"

namespace saccade {

/// Captions a whole split free-running, i.e. without the references.
/// @param progress  receives the number of images done; may be empty
/// @return the best caption of each image, in the data set's order
/// @throws std::runtime_error for an image that cannot be read
std::vector<Caption> caption_dataset(const Captioner& captioner, const Dataset& dataset,
                                     const CaptionOptions& options, std::int64_t batch_images,
                                     const std::function<void(std::size_t)>& progress = {});

/// Tokenizes captions and the references of the same images, for the metrics.
PairedCaptions pair_with_references(const std::vector<Caption>& captions, const Dataset& dataset);

/// Images on which a run is validated.
struct DevSplit {
  std::string name;  ///< of its data set, e.g. "flickr8k"
  Dataset dataset;
  double weight = 1;  ///< of its scores in the mean over all dev splits; at least one is not 0
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
  bool best = false;                 ///< the best validation of the run so far
  std::vector<std::string> samples;  ///< a few captions, "name: caption"
  /// The share of dev phrases that are things whose attention peaks in their boxes, 0…1 (see
  /// explain/health/pointing.h), over at most 200 images; nothing if there are no boxes.
  std::optional<double> peak_in_box;
};

/// {"flickr8k": {"bleu_4": …, "cider": …}, …}
nlohmann::json to_json(const std::vector<DevScores>& splits);

/// Captions and scores each dev split. @return a result without `epoch`, `best` and `peak_in_box`
ValidationResult score_dev_splits(const Captioner& captioner, const std::vector<DevSplit>& dev,
                                  const CaptionOptions& options, std::int64_t batch_images);

/// How often α of the dev split's phrases peaks in their boxes, see ValidationResult::peak_in_box.
/// @return 0…1; nothing if no phrase has a box
std::optional<double> dev_peak_in_box(const Bundle& bundle, const Dataset& dev,
                                      const DatasetPhrases& phrases, std::int64_t batch_images);

/// Writes the bundle with its validation scores in the provenance and in the model card.
/// @throws std::runtime_error when the folder cannot be written
void save_validated(const std::filesystem::path& folder, Bundle bundle,
                    const ValidationResult& result);

}  // namespace saccade
