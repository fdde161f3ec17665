#pragma once

#include <string>

#include "saccade/caption/caption.h"
#include "saccade/explain/maps/rollouts.h"
#include "saccade/explain/page/page.h"

namespace saccade {

/// The page of a caption without verdicts: where the model looked, and what else it might have
/// said. Rollouts, where there are any, are a second light.
/// @param name  the photograph's, as the user gave it.
/// @throws std::invalid_argument when the rollouts are of another caption.
Page page_of(const Caption& caption, const std::string& name, const OverlayOptions& overlay,
             const Rollouts& rollouts = {});

/// Shows every word in another light as well, which the reader switches to.
/// @param maps  per word of the page L values ≥ 0 that sum to 1.
/// @throws std::invalid_argument when there is not one map per word.
void add_light(Page& page, const std::string& name, const std::vector<std::vector<float>>& maps);

}  // namespace saccade
