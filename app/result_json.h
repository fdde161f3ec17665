#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "saccade/caption/caption.h"
#include "saccade/caption/forced_decoding.h"
#include "saccade/explain/maps/map_kind.h"

namespace saccade::app {

// The JSON that commands print and the server answers with; docs/schemas describes it.

/// The number of alternatives per word in caption_json.
constexpr std::int64_t kListedAlternatives = 5;

/// image, caption, log_prob, confidence (null without a calibration), words [{word, p, gate,
/// entropy, alternatives [{word, p}], cell (hard attention only)}], n_best [{caption, log_prob,
/// score, finished, confidence}]. Below `min_confidence` only image, caption (null), unsure (true)
/// and confidence.
/// @param image   the name of the image
/// @param n_best  the captions of one image, best first, at least one
nlohmann::ordered_json caption_json(const std::string& image, const std::vector<Caption>& n_best,
                                    double min_confidence);

/// image, caption, log_prob, map, grid {rows, cols}, words [{word, log_p, known, gate, entropy,
/// map, cell (hard attention only), rank_correlation_with_alpha (unless `kind` is alpha)}].
/// @param caption       the scored sentence, with its maps of this kind
/// @param correlations  one per word, unless `kind` is alpha
nlohmann::ordered_json score_json(const std::string& image, const TokenizedSentence& sentence,
                                  const Caption& caption, MapKind kind,
                                  const std::vector<double>& correlations);

/// On one line; bytes that are not UTF-8 become U+FFFD.
std::string json_line(const nlohmann::ordered_json& json);

}  // namespace saccade::app
