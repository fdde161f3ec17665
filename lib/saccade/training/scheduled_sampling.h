#pragma once

#include "saccade/model/decoder/decoder.h"
#include "saccade/search/word_batch.h"

namespace saccade {

/// Scheduled sampling (Bengio et al. 2015): the words that a teacher-forced pass is given, each but
/// the first replaced with probability `share` by one that the model draws at that place itself,
/// having been given the words so far. The words are drawn step by step, without gradients; the
/// pass that learns from them then runs as always.
/// @return B×K×T
at::Tensor mix_in_own_words(const Decoder& decoder, const Features& features,
                            const WordBatch& words, double share, at::ScalarType matrix_type,
                            const at::Generator& generator);

}  // namespace saccade
