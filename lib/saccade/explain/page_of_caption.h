#pragma once

#include <string>

#include "saccade/caption.h"
#include "saccade/explain/page.h"
#include "saccade/explain/rollouts.h"

namespace saccade {

/// The page of a caption without verdicts: where the model looked, and what else it might have
/// said. Rollouts, where there are any, are a second light.
/// @param name  the photograph's, as the user gave it.
/// @throws std::invalid_argument when the rollouts are of another caption.
Page page_of(const Caption& caption, const std::string& name, const OverlayOptions& overlay,
             const Rollouts& rollouts = {});

}  // namespace saccade
