#pragma once

#include <cstdint>
#include <vector>

#include "saccade/search/hypothesis.h"
#include "saccade/search/step_function.h"

namespace saccade {

/// Rules on words that every search obeys.
struct WordConstraints {
  std::int64_t min_length = 1;       ///< words before the end word may come; 0: an empty caption may be
  std::int64_t max_length = 30;      ///< words at most; a hypothesis that has not ended is returned as it is
  std::int64_t no_repeat_ngram = 0;  ///< no sequence of this many words twice; 0: no such rule
  bool ban_unknown = true;           ///< <unk> is never chosen
};

struct BeamSearchOptions {
  std::int64_t beam = 3;       ///< hypotheses kept per image; 1 is greedy search
  std::int64_t n_best = 1;     ///< hypotheses returned per image, ≤ beam
  /// Rank by log_prob / (T + 1)^length_penalty, T + 1 counting the end word. 0 ranks by log_prob.
  double length_penalty = 0;
  std::int64_t alternatives = 0;  ///< strongest words kept per place
  WordConstraints constraints;
};

/// Beam search over a batch of images, all beams of all images in one step.
/// @param start  one row per image (R = B), as Decoder::start yields it.
/// @return per image up to n_best hypotheses, the best first; never none. It is exact in this sense:
///         the search of an image goes on until no open beam can reach the n_best finished ones.
/// @throws std::invalid_argument for options out of range.
std::vector<std::vector<Hypothesis>> beam_search(const StepFunction& step, const State& start,
                                                 const BeamSearchOptions& options);

}  // namespace saccade
