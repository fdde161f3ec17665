#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/search/step_function.h"

namespace saccade {

/// A sentence read out to the model by teacher forcing, before several views of an image at once
/// (B rows, one each). All of every distribution is kept, so that any other word can be looked up.
struct ForcedDecoding {
  std::vector<std::int64_t> ids;  ///< T words, without the start and the end word
  at::Tensor log_p;               ///< B×(T+1)×V, float, on the CPU; place T is the end's
  at::Tensor alpha;               ///< B×(T+1)×L, float, on the CPU
  std::vector<State> states;      ///< T+1: states[t] is that after the step of place t

  /// log p of word `id` at place t before view b.
  double at(std::int64_t b, std::int64_t t, std::int64_t id) const;
  /// log p of the whole sentence before view b, the end included.
  double log_prob(std::int64_t b) const;
};

/// @param places  how many places are needed, 0: all T+1. What comes after them is not asked for.
/// @throws std::invalid_argument for a start with several rows per image, or a word that is none.
ForcedDecoding force_decode(const StepFunction& step, const State& start,
                            const std::vector<std::int64_t>& ids, std::int64_t places = 0);

/// The sentence with one of its words replaced.
struct Substitute {
  std::int64_t place = 0;
  std::int64_t id = 0;
};

/// log p of the whole sentence with each substitute in place, every word after it asked for again.
/// The words before it are not: they are branched off from where they were followed, and all
/// substitutes go on together, so that the step is called T times in all.
/// @return B×N, double.
/// @throws std::invalid_argument for a place that was not followed or a word that is none.
at::Tensor score_substitutes(const StepFunction& step, const ForcedDecoding& decoding,
                             const std::vector<Substitute>& substitutes);

}  // namespace saccade
