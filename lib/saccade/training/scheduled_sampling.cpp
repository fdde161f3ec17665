#include "saccade/training/scheduled_sampling.h"

#include <torch/utils.h>

#include "saccade/model/random.h"
#include "saccade/text/vocabulary.h"

namespace saccade {

at::Tensor mix_in_own_words(const Decoder& decoder, const Features& features,
                            const WordBatch& words, double share, at::ScalarType matrix_type,
                            const at::Generator& generator) {
  torch::NoGradGuard no_gradient;
  const std::vector<std::int64_t>& rows = words.inputs.rows;
  const AttentionMode mode = decoder->config().kind == AttentionKind::hard
                                 ? AttentionMode::sampled
                                 : AttentionMode::expected;
  at::Tensor mixed = words.inputs.words.clone();
  State state = decoder->start(
      features, c10::make_intrusive<ImageRows>(words.inputs.image, features.values.size(0)),
      matrix_type);
  for (std::size_t t = 0; t + 1 < rows.size(); ++t) {
    const auto position = static_cast<std::int64_t>(t);
    const auto of_step = [&](std::int64_t at) {
      return mixed.select(1, at).narrow(0, 0, rows[t + 1]);
    };
    state = state.first(rows[t + 1]);
    Step step = decoder->step(state, of_step(position), mode, generator);
    // Exclude tokens that are not words.
    step.logits.narrow(1, Vocabulary::kPad, 2).fill_(-std::numeric_limits<float>::infinity());
    const at::Tensor own = sample_columns(at::softmax(step.logits, 1), generator);
    const at::Tensor given = of_step(position + 1);
    const at::Tensor replace =
        (at::rand(own.sizes(), generator) < share).to(own.device()) & (own != Vocabulary::kEnd);
    given.copy_(at::where(replace, own, given));
    state = step.next;
  }
  return mixed;
}

}  // namespace saccade
