#include "saccade/training/scheduled_sampling.h"

#include <torch/utils.h>

#include "saccade/text/vocabulary.h"

namespace saccade {

at::Tensor mix_in_own_words(const Decoder& decoder, const Features& features,
                            const WordBatch& words, double share, at::ScalarType matrix_type,
                            const at::Generator& generator) {
  torch::NoGradGuard no_gradient;
  const std::int64_t K = words.inputs.size(1), T = words.inputs.size(2);
  const Glimpse glimpse =
      decoder->config().kind == AttentionKind::hard ? Glimpse::sampled : Glimpse::expected;
  at::Tensor mixed = words.inputs.clone();
  State state = decoder->start(features, K, matrix_type);
  for (std::int64_t t = 0; t + 1 < T; ++t) {
    Step step = decoder->step(state, mixed.select(2, t).reshape({-1}), glimpse, generator);
    // Never a word that is none.
    step.logits.narrow(1, Vocabulary::kPad, 2).fill_(-std::numeric_limits<float>::infinity());
    const at::Tensor own =
        at::multinomial(at::softmax(step.logits, 1), 1, false, generator).view({-1, K});
    const at::Tensor given = mixed.select(2, t + 1);
    const at::Tensor replace = (at::rand(own.sizes(), generator) < share) &
                               (given != Vocabulary::kPad) & (own != Vocabulary::kEnd);
    given.copy_(at::where(replace, own, given));
    state = step.next;
  }
  return mixed;
}

}  // namespace saccade
