#pragma once

#include <cstdint>
#include <vector>

#include "saccade/search/hypothesis.h"
#include "saccade/search/step_function.h"
#include "saccade/search/word_constraints.h"

namespace saccade {

struct BeamSearchOptions {
  std::int64_t beam = 3;    ///< open hypotheses kept per image; 1 is greedy search
  std::int64_t n_best = 1;  ///< hypotheses returned per image, ≤ beam
  /// Rank by log_prob / N^length_penalty, N the words with the end word. 0, the least, ranks by
  /// log_prob; 1 by the mean per word. Of log_prob the constraints' repeat_penalty is taken first.
  double length_penalty = 0;
  std::int64_t alternatives = 0;  ///< strongest words kept per place
  double report_temperature = 1;  ///< of Hypothesis::log_mass; it has no part in the search
  WordConstraints constraints;
};

/// @throws std::invalid_argument for the first option that is out of range.
void check(const BeamSearchOptions& options);

/// Beam search over a batch of images, all beams of all images in one step.
///
/// An image's search, with K = beam. Every step
///   1. ranks all continuations of its open hypotheses, the end word included, by log_prob less
///      the penalties; of equals the better-ranked parent comes first, then the lower id;
///   2. finishes those among the K best that continue with the end word;
///   3. keeps open the K best that continue with another word. A finished hypothesis takes no place
///      from the open ones. After max_length words, and with K = 1 after the first end word, none
///      stays open;
///   4. drops the open ones that can no longer get among the n_best finished ones, not even if
///   every
///      word to come were certain and the sentence as long as may be.
/// It is over when none is open. Nothing that could still overtake is given up except by 3, so with
/// a beam that holds every continuation the result is the true n best.
///
/// The finished come first, by falling score. When they are fewer than n_best, the hypotheses that
/// were open at the limit fill up, by falling score; likewise when the rules ban every word.
///
/// @param start  one row per image (R = B), as Decoder::start yields it.
/// @return per image up to n_best hypotheses, all different, the best first; never none.
/// @throws std::invalid_argument for options out of range, std::runtime_error if the model yields
///         what is not a number.
std::vector<std::vector<Hypothesis>> beam_search(const StepFunction& step, const State& start,
                                                 const BeamSearchOptions& options);

}  // namespace saccade
