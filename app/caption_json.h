#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "saccade/caption/caption.h"

namespace saccade::app {

/// One object of `saccade caption --json`: image, caption, log_prob, words [{word, p, gate,
/// entropy, alternatives [{word, p}]}], confidence (null without a calibration), n_best [{caption,
/// log_prob, score, confidence}]. Below `min_confidence` it is image, caption (null), unsure (true)
/// and confidence.
/// @param n_best  the captions of one image, the best first, at least one.
nlohmann::ordered_json caption_to_json(const std::string& image, const std::vector<Caption>& n_best,
                                       double min_confidence = 0);

}  // namespace saccade::app
