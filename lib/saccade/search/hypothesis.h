#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace saccade {

/// A caption as search found it. Each carries the maps that were used when its words were chosen.
/// Logarithms are natural.
struct Hypothesis {
  std::vector<std::int64_t> ids;    ///< T words, without the start and the end word
  std::vector<double> log_p;        ///< T, of the model itself, before bans and temperature
  std::vector<float> alphas;        ///< T×L
  std::vector<float> gates;         ///< T
  std::vector<std::int64_t> cells;  ///< T for hard attention, else empty
  /// Per word the strongest words at that place by falling log p, of the model itself. The chosen
  /// word comes last where it is not among them. Empty when none were asked for.
  std::vector<std::vector<std::pair<std::int64_t, double>>> alternatives;
  bool finished = false;  ///< the end word was chosen; false: cut off at the limit
  double end_log_p = 0;   ///< log p of the end word; 0 when not finished
  double log_prob = 0;    ///< Σ log_p + end_log_p
  double score =
      0;  ///< what the search ranked by: log_prob, less penalties, after length normalization
  /// T, log Σ_w p(w)^(1/τ) at each place, τ the search's report_temperature: a word's p at this
  /// temperature is exp(log_p / τ − log_mass). Empty for τ = 1, where it is 0.
  std::vector<double> log_mass;
};

}  // namespace saccade
