#pragma once

#include <filesystem>
#include <vector>

#include "saccade/model/bundle/bundle.h"

namespace saccade {

/// A model whose every weight is the weighted mean of the same weight of several models: a "model
/// soup" (Wortsman et al. 2022). It is worth something for models that were trained on from one
/// common model: between those the loss hardly rises, and the mean is often better than each.
/// @param folders  bundles of one config, but for the input's size, and of one vocabulary, at least
///                 one
/// @param shares   as many numbers above 0, of which only the ratios count
/// @return with the first one's decoding and input, and the provenance of all under "average"
/// @throws std::runtime_error for a bundle that cannot be loaded or differs from the first (naming
///         it and what differs), std::invalid_argument for shares as they should not be
Bundle average_bundles(const std::vector<std::filesystem::path>& folders,
                       const std::vector<double>& shares);

}  // namespace saccade
