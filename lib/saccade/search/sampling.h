#pragma once

#include <cstdint>
#include <vector>

#include "saccade/search/hypothesis.h"
#include "saccade/search/step_function.h"
#include "saccade/search/word_constraints.h"

namespace saccade {

struct SamplingOptions {
  std::int64_t samples = 1;  ///< captions drawn per image
  double temperature = 1;    ///< > 0; log p is divided by it: towards 0 greedy, above 1 more varied
  std::int64_t top_k = 0;    ///< draw among the k strongest words; 0: all
  /// Of these, draw among the fewest words that hold this part of their probability, in (0, 1].
  double top_p = 1;
  std::uint64_t seed = 0;  ///< the same seed gives the same captions
  /// The number of the batch's first image in the whole run. With it, what is drawn for an image
  /// does not depend on how a run is cut into batches.
  std::uint64_t first_image = 0;
  std::int64_t alternatives = 0;  ///< strongest words kept per place
  WordConstraints constraints;
};

/// @throws std::invalid_argument for the first option that is out of range.
void check(const SamplingOptions& options);

/// Ancestral sampling, all samples of all images in one step. The rules on words come first, then
/// temperature, top_k and top_p. A caption that has not ended after max_length words, or whose
/// every next word is banned, is returned as it is.
/// @param start  one row per image, as Decoder::start yields it.
/// @return per image `samples` hypotheses in the order drawn; score is log_prob, the model's own.
/// @throws std::invalid_argument for options out of range, std::runtime_error if the model yields
///         what is not a number.
std::vector<std::vector<Hypothesis>> sample(const StepFunction& step, const State& start,
                                            const SamplingOptions& options);

}  // namespace saccade
