#pragma once

#include <cstdint>
#include <vector>

#include "saccade/search/hypothesis.h"
#include "saccade/search/step_function.h"
#include "saccade/search/word_constraints.h"

namespace saccade {

/// Options of beam_search().
struct BeamSearchOptions {
  std::int64_t beam = 3;    ///< open hypotheses kept per image, ≥ 1; 1: greedy search
  std::int64_t n_best = 1;  ///< hypotheses returned per image, 1 … beam
  /// ≥ 0. The score is (log_prob − repeat penalties) / N^length_penalty, where N counts the words
  /// including any end word. 0: no normalization; 1: the mean per word.
  double length_penalty = 0;
  std::int64_t alternatives = 0;  ///< top words stored per position, ≥ 0
  double report_temperature = 1;  ///< > 0, for Hypothesis::log_mass; does not affect the search
  WordConstraints constraints;
};

/// @throws std::invalid_argument for the first option that is out of range.
void check(const BeamSearchOptions& options);

/// Beam search over a batch of images; each step advances all beams of all images.
///
/// With K = beam, each step does the following for an image:
///   1. Rank all continuations of its open hypotheses, including the end word, by log_prob minus
///      the penalties. Ties: first the better-ranked parent, then the lower id.
///   2. Finish those among the K best that continue with the end word.
///   3. Keep open the K best that continue with another word. A finished hypothesis does not use up
///      one of the K. After max_length words, and with K = 1 after the first end word, none stays
///      open.
///   4. Prune the open hypotheses that can no longer be among the n_best finished ones, even if
///      every further word had probability 1 and the sentence had the maximum length.
/// The search of an image ends when no hypothesis is open. Only rule 3 drops hypotheses that could
/// still win, so with a beam that holds every continuation the result is the exact n best.
///
/// Finished hypotheses come first, by decreasing score. If there are fewer than n_best, the
/// unfinished ones that reached max_length, or whose every next word is banned, follow by
/// decreasing score.
///
/// @param start  one row per image (R = B), as returned by Decoder::start
/// @return per image 1 to n_best different hypotheses, the best first
/// @throws std::invalid_argument for options out of range, std::runtime_error if the model's
///         probabilities are NaN.
std::vector<std::vector<Hypothesis>> beam_search(const StepFunction& step, const State& start,
                                                 const BeamSearchOptions& options);

}  // namespace saccade
