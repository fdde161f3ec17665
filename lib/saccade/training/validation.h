#pragma once

#include <functional>
#include <string>
#include <vector>

#include "saccade/captioner.h"
#include "saccade/data/dataset.h"
#include "saccade/metrics/evaluation.h"

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

}  // namespace saccade
