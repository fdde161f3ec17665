#pragma once

#include <functional>
#include <string>
#include <vector>

#include "saccade/captioner.h"
#include "saccade/data/dataset.h"

namespace saccade {

/// Captions a whole split free-running, as a user would: nothing of the references is seen.
/// @param progress  told how many images are done; may be empty
/// @return the best caption of each image, in the data set's order
/// @throws std::runtime_error for a photograph that cannot be read
std::vector<Caption> caption_dataset(const Captioner& captioner, const Dataset& dataset,
                                     const CaptionOptions& options, std::int64_t batch_images,
                                     const std::function<void(std::size_t)>& progress = {});

/// Captions and references as the scores take them: PTB tokens.
struct TokenizedPairs {
  std::vector<std::vector<std::string>> hypotheses;
  std::vector<std::vector<std::vector<std::string>>> references;
};
TokenizedPairs tokenize_pairs(const std::vector<Caption>& captions, const Dataset& dataset);

}  // namespace saccade
