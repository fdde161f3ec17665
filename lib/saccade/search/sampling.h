#pragma once

#include <cstdint>
#include <vector>

#include "saccade/search/beam_search.h"

namespace saccade {

struct SamplingOptions {
  std::int64_t samples = 1;  ///< captions drawn per image
  double temperature = 1;    ///< > 0; logits are divided by it
  std::int64_t top_k = 0;    ///< draw among the k strongest words; 0: all
  double top_p = 1;          ///< draw among the fewest words that hold this probability, in (0, 1]
  std::uint64_t seed = 0;    ///< the same seed gives the same captions
  std::int64_t alternatives = 0;
  WordConstraints constraints;
};

/// Ancestral sampling, all samples of all images in one step.
/// @return per image `samples` hypotheses in the order drawn; score is log_prob.
/// @throws std::invalid_argument for options out of range.
std::vector<std::vector<Hypothesis>> sample(const StepFunction& step, const State& start,
                                            const SamplingOptions& options);

}  // namespace saccade
