#pragma once

#include <filesystem>
#include <vector>

#include "saccade/model/bundle/bundle.h"

namespace saccade {

/// Averages several models weight by weight: a "model soup" (Wortsman et al. 2022). This works for
/// models fine-tuned from a common model: the loss hardly rises between them, and the mean is often
/// better than each of them.
/// @param folders  at least one bundle; all with the same vocabulary and, except for the input
/// size,
///                 the same config
/// @param shares   one finite number above 0 per bundle; only their ratios matter
/// @return a bundle with the input size and decoding options of the first; its provenance lists
///         those of all bundles under "average"
/// @throws std::runtime_error naming a bundle that cannot be loaded or that differs from the first,
///         and what differs; std::invalid_argument for invalid shares or no bundle.
Bundle average_bundles(const std::vector<std::filesystem::path>& folders,
                       const std::vector<double>& shares);

}  // namespace saccade
