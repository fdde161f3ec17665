#pragma once

#include "saccade/model/decoder/decoder.h"
#include "saccade/search/word_batch.h"

namespace saccade {

/// Scheduled sampling (Bengio et al. 2015): replaces each input word of a teacher-forced pass
/// except the first, with probability `share`, by a word sampled from the model at that position.
/// Words are sampled step by step, given the mixed words so far, without gradients. The training
/// pass then runs on the result.
/// @param share  0…1
/// @return R×T, int64, like `words.inputs.words`
at::Tensor mix_in_own_words(const Decoder& decoder, const Features& features,
                            const WordBatch& words, double share, at::ScalarType matrix_type,
                            const at::Generator& generator);

}  // namespace saccade
