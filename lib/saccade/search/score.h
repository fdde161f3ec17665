#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/search/hypothesis.h"
#include "saccade/search/step_function.h"

namespace saccade {

/// Scores given sentences word by word, with maps, by teacher forcing through the same step
/// function as search.
/// @param start         one row per image. To score several sentences of one image, repeat its row:
///                      start.select(rows, images) with the same numbers in both
/// @param sentences     per row the words without the start and end words; any length, may be empty
/// @param alternatives  top words listed per position, ≥ 0
/// @return per row the sentence as a finished hypothesis; score is log_prob
/// @throws std::invalid_argument unless there is one sentence per row, and for an id outside the
///         vocabulary or that of <pad>, <start> or <end>; std::runtime_error if the model's
///         probabilities are NaN.
std::vector<Hypothesis> score_sentences(const StepFunction& step, const State& start,
                                        const std::vector<std::vector<std::int64_t>>& sentences,
                                        std::int64_t alternatives = 0);

/// A sentence decoded by teacher forcing for B views of an image at once (one row each). Stores the
/// full distributions, so that the probability of any other word can be looked up. Below, P is the
/// number of decoded positions, at most T+1.
struct ForcedDecoding {
  std::vector<std::int64_t> ids;  ///< T words, without the start and end words
  at::Tensor log_p;               ///< B×P×V, float, on the CPU; position T is the end word's
  at::Tensor alpha;               ///< B×P×L, float, on the CPU
  std::vector<State> states;      ///< P: states[t] is the state after the step of position t

  /// log p of word `id` at position t for view b.
  double at(std::int64_t b, std::int64_t t, std::int64_t id) const;
  /// log p of the whole sentence for view b, including the end word.
  double log_prob(std::int64_t b) const;
};

/// Decodes a sentence by teacher forcing.
/// @param start   one row per view
/// @param positions  the number of positions to decode; 0: all T+1
/// @throws std::invalid_argument for a start with several rows per image, `places` out of range or
///         an id that is not a word.
ForcedDecoding force_decode(const StepFunction& step, const State& start,
                            const std::vector<std::int64_t>& ids, std::int64_t positions = 0);

/// A word to replace in a sentence.
struct Substitute {
  std::int64_t position = 0;  ///< its position, 0 … T − 1
  std::int64_t id = 0;        ///< the new word
};

/// log p of the whole sentence with each of N substitutes. The words after a substitute are decoded
/// again, starting from the stored state at its position. All substitutes advance together, so that
/// the step function is called at most T times in total.
/// @param decoding  of the whole sentence (P = T+1)
/// @return B×N, double
/// @throws std::invalid_argument for a decoding with fewer positions, a position out of range or an
///         id that is not a word.
at::Tensor score_substitutes(const StepFunction& step, const ForcedDecoding& decoding,
                             const std::vector<Substitute>& substitutes);

}  // namespace saccade
