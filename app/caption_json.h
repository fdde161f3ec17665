#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "saccade/caption/caption.h"

namespace saccade::app {

/// One object of `saccade caption --json`: image, caption, log_prob, confidence (null without a
/// calibration), words [{word, p, gate, entropy, alternatives [{word, p}], cell (hard attention
/// only)}], n_best [{caption, log_prob, score, finished, confidence}]. Below `min_confidence` it
/// has only image, caption (null), unsure (true) and confidence.
/// @param n_best  the captions of one image, best first, at least one
nlohmann::ordered_json caption_to_json(const std::string& image, const std::vector<Caption>& n_best,
                                       double min_confidence = 0);

}  // namespace saccade::app
