#pragma once

#include <cstdint>
#include <vector>

#include "saccade/search/hypothesis.h"
#include "saccade/search/step_function.h"
#include "saccade/search/word_constraints.h"

namespace saccade {

/// Options of sample().
struct SamplingOptions {
  std::int64_t samples = 1;  ///< captions per image, ≥ 1
  double temperature = 1;    ///< > 0, divides log p: near 0 greedy, above 1 more diverse
  std::int64_t top_k = 0;    ///< sample among the top k words; 0: among all
  /// In (0, 1]. Of these, sample among the fewest words whose probabilities sum to at least this
  /// share (nucleus sampling, Holtzman et al. 2020).
  double top_p = 1;
  std::uint64_t seed = 0;  ///< the same seed gives the same captions
  /// The index of the batch's first image in the whole run. It makes the samples of an image
  /// independent of how the run is split into batches.
  std::uint64_t first_image = 0;
  std::int64_t alternatives = 0;  ///< top words stored per position, ≥ 0
  WordConstraints constraints;    ///< repeat_penalty must be 0
};

/// @throws std::invalid_argument for the first option that is out of range.
void check(const SamplingOptions& options);

/// Ancestral sampling; each step advances all samples of all images. Applies the constraints first,
/// then temperature, top_k and top_p. A caption that has not ended after max_length words, or whose
/// every next word is banned, is returned unfinished.
/// @param start  one row per image, as returned by Decoder::start
/// @return per image `samples` hypotheses; score is log_prob
/// @throws std::invalid_argument for options out of range, std::runtime_error if the model's
///         probabilities are NaN.
std::vector<std::vector<Hypothesis>> sample(const StepFunction& step, const State& start,
                                            const SamplingOptions& options);

}  // namespace saccade
