#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace saccade {

/// A caption found by a search, with the maps that were used when its words were chosen.
/// Logarithms are natural.
struct Hypothesis {
  std::vector<std::int64_t> ids;    ///< T words, without the start and end words
  std::vector<double> log_p;        ///< T, of the model, before bans and temperature
  std::vector<float> alphas;        ///< T×L, α of each word
  std::vector<float> gates;         ///< T, β of each word
  std::vector<std::int64_t> cells;  ///< T, the cells that hard attention chose; else empty
  /// Per word the top words at its position with the model's log p, in decreasing order. The chosen
  /// word comes last where it is not among them. Empty when none were requested.
  std::vector<std::vector<std::pair<std::int64_t, double>>> alternatives;
  bool finished = false;  ///< true: the end word was chosen
  double end_log_p = 0;   ///< log p of the end word; 0 when not finished
  double log_prob = 0;    ///< Σ log_p + end_log_p
  /// What the search ranks by: log_prob, minus penalties, after length normalization.
  double score = 0;
  /// T, log Σ_w p(w)^(1/τ) at each position, where τ is the search's report_temperature: the p of a
  /// word at this temperature is exp(log_p / τ − log_mass). Empty for τ = 1, where it is 0.
  std::vector<double> log_mass;
};

}  // namespace saccade
