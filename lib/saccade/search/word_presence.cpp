#include "saccade/search/word_presence.h"

#include <torch/types.h>

#include "saccade/model/random.h"
#include "saccade/search/step_function.h"
#include "saccade/text/vocabulary.h"

namespace saccade {

at::Tensor word_presence(const StepFunction& step, const State& start,
                         const PresenceOptions& options) {
  at::NoGradGuard no_gradient;
  require(start.rows() == start.annotations.images(), "word presence needs one row per image");
  require(options.samples > 0 && options.max_length > 0,
          "word presence needs at least one sample of one word");
  const std::int64_t B = start.rows();
  const std::int64_t K = options.samples;
  at::Generator generator = at::detail::createCPUGenerator(options.seed);
  State state = start;
  state.h = start.h.repeat_interleave(K, 0);
  state.c = start.c.repeat_interleave(K, 0);
  at::Tensor words = torch::full({B * K}, Vocabulary::kStart, at::kLong);
  at::Tensor absent;  // B·K×V: Σ_t log(1 − p)
  at::Tensor open = torch::ones({B * K, 1});
  for (std::int64_t t = 0; t < options.max_length; ++t) {
    Step now = step(state, words.to(state.h.device()));
    const at::Tensor p = at::softmax(now.logits, 1, at::kFloat).cpu();
    const at::Tensor log_absent = at::log1p(-p.clamp_max(1 - 1e-6)) * open;
    absent = absent.defined() ? absent + log_absent : log_absent;
    at::Tensor sayable = p.clone();
    sayable.narrow(1, Vocabulary::kPad, 2).zero_();  // no caption contains <pad> or <start>
    words = sample_columns(sayable, generator);
    open = open * (words != Vocabulary::kEnd).unsqueeze(1);
    if (open.sum().item<float>() == 0) break;
    state = std::move(now.next);
  }
  return (-at::expm1(absent.to(at::kDouble))).view({B, K, -1}).mean(1).clamp_min(1e-9).log();
}

}  // namespace saccade
