#include "saccade/explain/maps/posterior.h"

#include <stdexcept>

#include <gtest/gtest.h>
#include <torch/types.h>

#include "model/small_decoder.h"

namespace saccade::test {
namespace {

/// All variants of the step: gates, deep outputs, scores.
std::vector<DecoderConfig> configs() {
  std::vector<DecoderConfig> all(4, small_config());
  all[1].gate = Gate::none;
  all[2].gate = Gate::per_feature;
  all[2].output_tanh = !all[2].output_tanh;
  all[3].score = Score::general;
  all[3].projection = 0;
  for (DecoderConfig& config : all) config.kind = AttentionKind::hard;
  return all;
}

TEST(LogPByCell, EqualsTheLogPOfAStepThatChoseTheCell) {
  for (const DecoderConfig& config : configs()) {
    const Decoder decoder = make_decoder(config);
    const State state = decoder->start(make_features(2, config.features), 3);
    const at::Tensor words = at::tensor({4, 5, 6, 7, 8, 9}, at::kLong);
    const at::Tensor targets = at::tensor({10, 4, 12, 5, 6, 2}, at::kLong);
    const at::Tensor by_cell = log_p_by_cell(decoder, state, words, targets);
    ASSERT_EQ(by_cell.sizes(), (std::vector<std::int64_t>{6, 10}));
    at::Tensor seen = at::zeros({6, 10});
    for (std::uint64_t seed = 0; seed < 60; ++seed) {  // the step samples its cells
      const Step step =
          decoder->step(state, words, AttentionMode::sampled, at::detail::createCPUGenerator(seed));
      const at::Tensor log_p =
          at::log_softmax(step.logits, 1).gather(1, targets.unsqueeze(1)).squeeze(1);
      const at::Tensor there = by_cell.gather(1, step.cell.unsqueeze(1)).squeeze(1);
      EXPECT_TRUE(at::allclose(there, log_p, 1e-4, 1e-5));
      seen.scatter_(1, step.cell.unsqueeze(1), 1);
    }
    EXPECT_GT(seen.sum().item<double>(), 12);
  }
}

/// p(s | y) by its definition, from the frequencies of sampled pairs of cells and words.
TEST(Posterior, IsTheShareOfCellsSampledWithTheWord) {
  DecoderConfig config = small_config();
  config.kind = AttentionKind::hard;
  const Decoder decoder = make_decoder(config);
  const Features features = make_features(1, config.features, {1, 3});
  const WordBatch words = make_word_batch({{{5, 2}}});
  const at::Tensor posterior =
      posterior_maps(decoder, features, words, {0}, AttentionMode::argmax)[0];
  constexpr std::int64_t kDraws = 60000;
  const State state = decoder->start(features, kDraws);
  const Step step = decoder->step(state, at::full({kDraws}, Vocabulary::kStart, at::kLong),
                                  AttentionMode::sampled, at::detail::createCPUGenerator(9));
  torch::manual_seed(4);
  const at::Tensor said = at::multinomial(at::softmax(step.logits, 1), 1).squeeze(1);
  const at::Tensor cells = step.cell.masked_select(said == 5);
  ASSERT_GT(cells.numel(), 500);
  for (std::int64_t cell = 0; cell < 3; ++cell) {
    const double share = (cells == cell).to(at::kDouble).mean().item<double>();
    EXPECT_NEAR(posterior[cell].item<double>(), share, 0.04) << cell;
  }
}

TEST(Posterior, KeepsEachWordWithItsCaptionAndImage) {
  const DecoderConfig config = small_config();
  const Decoder decoder = make_decoder(config);
  const Features features = make_features(2, config.features);
  const Targets captions{{{5, 2}, {4, 8, 9, 2}}, {{7, 6, 2}}};
  const WordBatch words = make_word_batch(captions);
  std::vector<std::int64_t> positions;
  for (std::int64_t n = 0; n < 9; ++n) positions.push_back(n);
  const at::Tensor all =
      posterior_maps(decoder, features, words, positions, AttentionMode::expected);
  EXPECT_TRUE(at::allclose(all.sum(1), at::ones({9}), 1e-5, 1e-6));
  // Word "8" of the second caption: step 1, where it is the first row.
  const WordBatch alone = make_word_batch({{{4, 8, 9, 2}}});
  const Features first{features.values.narrow(0, 0, 1), features.grid};
  EXPECT_TRUE(at::allclose(posterior_maps(decoder, first, alone, {1}, AttentionMode::expected)[0],
                           all[3], 1e-4, 1e-6));
  // Word "6" of the second image: step 1, row 1.
  const Features second{features.values.narrow(0, 1, 1), features.grid};
  EXPECT_TRUE(at::allclose(posterior_maps(decoder, second, make_word_batch({{{7, 6, 2}}}), {1},
                                          AttentionMode::expected)[0],
                           all[4], 1e-4, 1e-6));
  EXPECT_TRUE(
      at::allclose(posterior_maps(decoder, features, words, {4, 8}, AttentionMode::expected)[0],
                   all[4], 1e-5, 1e-6));
}

TEST(Posterior, RefusesADecoderThatSeesTheImageOnlyOnce) {
  DecoderConfig config = small_config();
  config.context = Context::once;
  const Decoder decoder = make_decoder(config);
  EXPECT_THROW(posterior_maps(decoder, make_features(1, config.features),
                              make_word_batch({{{5, 2}}}), {0}, AttentionMode::expected),
               std::invalid_argument);
}

}  // namespace
}  // namespace saccade::test
