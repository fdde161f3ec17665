#pragma once

#include <string>

#include "saccade/caption/caption.h"
#include "saccade/explain/maps/rollouts.h"

namespace saccade {

/// The maps as data: {"image", "width", "height", "caption", "log_prob", "grid" {"rows", "cols"},
/// "placement" {"input_size", "scale_x", "scale_y", "offset_x", "offset_y"},
/// "words" [{"word", "p", "gate", "entropy", "cell" (hard attention)}], "alphas" T × rows × cols}
/// and, where rollouts were made, "rollouts" {"count", "seed", "cells" T × rows × cols}. Pixels of
/// the original are input · scale + offset.
/// @param name  the photograph's; bytes that are not UTF-8 become U+FFFD.
/// @throws std::invalid_argument when a map or the rollouts do not fill the caption's grid.
std::string attention_json(const Caption& caption, const std::string& name,
                           const Rollouts& rollouts = {});

}  // namespace saccade
