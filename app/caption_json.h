#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "saccade/caption.h"

namespace saccade::app {

/// One object of `saccade caption --json`: image, caption, log_prob, words [{word, p, gate,
/// entropy, alternatives [{word, p}]}], n_best [{caption, log_prob, score}].
/// @param n_best  the captions of one image, the best first, at least one.
nlohmann::ordered_json caption_to_json(const std::string& image,
                                       const std::vector<Caption>& n_best);

}  // namespace saccade::app
