#include <map>

#include <gtest/gtest.h>
#include <torch/types.h>

#include "saccade/training/loss_terms.h"

#include "model/small_decoder.h"
#include "training/flat_gradient.h"

namespace saccade::test {
namespace {

/// A caption of two words and the end token over three cells: 27 sequences of cells, few enough to
/// enumerate.
class HardAttention : public ::testing::Test {
 protected:
  static constexpr std::int64_t kDraws = 400;  ///< captions per unrolled batch

  HardAttention() {
    DecoderConfig config = small_config();
    config.kind = AttentionKind::hard;
    decoder_ = make_decoder(config, at::kDouble);
    features_ = make_features(1, config.features, {1, 3}, at::kDouble);
    torch::manual_seed(3);
    words_ = make_word_batch(Targets{std::vector<std::vector<std::int64_t>>(kDraws, {5, 9, 2})});
    places_ = positions_of(words_);
  }

  struct Draw {
    at::Tensor alphas, cells, log_p;  ///< N = kDraws·T positions
  };

  Draw draw() {
    UnrollOptions options;
    options.matrix_type = at::kDouble;
    options.mode = AttentionMode::sampled;
    const Unrolled unrolled = decoder_->unroll(features_, words_.inputs, options);
    return {at::cat(unrolled.alphas), at::cat(unrolled.cells),
            target_log_p(decoder_->logits(unrolled.hidden), places_.targets)};
  }

  at::Tensor sum_of_captions(const at::Tensor& of_places) const {
    return at::zeros({kDraws}, of_places.options().requires_grad(false))
        .index_add(0, places_.row, of_places);
  }

  at::Tensor gradient(const at::Tensor& value) {
    return flat_gradient(value, decoder_->parameters());
  }

  /// ∂/∂W of Σ_s p(s|a) log p(y|s,a), by enumeration of all s that were sampled.
  at::Tensor exact_gradient() {
    std::map<std::int64_t, at::Tensor> terms;
    double whole = 0;
    at::Tensor expected;
    for (int tries = 0; tries < 50 && terms.size() < 27; ++tries) {
      const Draw d = draw();
      const at::Tensor log_s =
          sum_of_captions(d.alphas.log().gather(1, d.cells.unsqueeze(1)).squeeze(1));
      const at::Tensor log_y = sum_of_captions(d.log_p);
      const at::Tensor sequence =
          (d.cells.view({3, kDraws}) * at::tensor({1, 3, 9}, at::kLong).unsqueeze(1)).sum(0);
      for (std::int64_t k = 0; k < kDraws; ++k) {
        const std::int64_t s = sequence[k].item<std::int64_t>();
        if (terms.count(s) > 0) continue;
        const at::Tensor p = log_s[k].exp();
        terms[s] = gradient(p * log_y[k]);
        whole += p.item<double>();
      }
    }
    EXPECT_NEAR(whole, 1, 1e-9) << "not every sequence of cells was sampled";
    at::Tensor sum = at::zeros_like(terms.begin()->second);
    for (const auto& [s, term] : terms) sum += term;
    return sum;
  }

  /// The gradient of minus the loss per caption, once for each of `batches` samples.
  at::Tensor sampled_gradients(int batches, double baseline) {
    std::vector<at::Tensor> all;
    const at::Tensor sampled = at::ones({kDraws}, at::kBool);
    for (int i = 0; i < batches; ++i) {
      const Draw d = draw();
      const HardAttentionTerms terms =
          hard_attention(d.alphas, d.cells, d.log_p, places_.row, sampled, baseline, 1, 0);
      // The loss is per word; here it is per caption.
      all.push_back(gradient((d.log_p.mean() - terms.loss) * 3));
    }
    return at::stack(all);
  }

  Decoder decoder_{nullptr};
  Features features_;
  WordBatch words_;
  Positions places_;
};

TEST_F(HardAttention, MonteCarloGradientMatchesTheExactOneWithinItsError) {
  const at::Tensor exact = exact_gradient();
  constexpr int kBatches = 300;
  const at::Tensor gradients = sampled_gradients(kBatches, -7);
  const at::Tensor error = gradients.std(0) / std::sqrt(double{kBatches});
  const at::Tensor difference = gradients.mean(0) - exact;
  // Σ z² over the parameters that vary is about their number; a wrong term would be far larger.
  const at::Tensor varies = error > 1e-9;
  const double z = (difference / error).masked_select(varies).pow(2).mean().item<double>();
  EXPECT_LT(z, 2.0);
  EXPECT_GT(z, 0.3);
  EXPECT_LT(difference.masked_select(varies.logical_not()).abs().sum().item<double>(), 1e-6);
  // The gradient is known to a few per cent, so the agreement is meaningful.
  EXPECT_LT(error.norm().item<double>(), 0.1 * exact.norm().item<double>());
}

TEST_F(HardAttention, BaselineLowersTheVariance) {
  const Draw d = draw();
  const double mean = sum_of_captions(d.log_p).mean().item<double>();
  const double with = sampled_gradients(20, mean).var(0).sum().item<double>();
  const double without = sampled_gradients(20, 0).var(0).sum().item<double>();
  EXPECT_LT(with, 0.5 * without);
}

TEST_F(HardAttention, ExpectedContextRemovesACaptionFromTheSum) {
  const Draw d = draw();
  const at::Tensor none = at::zeros({kDraws}, at::kBool);
  const HardAttentionTerms terms =
      hard_attention(d.alphas, d.cells, d.log_p, places_.row, none, 0, 1, 0);
  EXPECT_EQ(terms.loss.item<double>(), 0);
  EXPECT_NEAR(terms.log_p, sum_of_captions(d.log_p).mean().item<double>(), 1e-9);
}

TEST_F(HardAttention, EntropyTermIsTheMeanEntropyPerWord) {
  const Draw d = draw();
  const at::Tensor none = at::zeros({kDraws}, at::kBool);
  const double loss =
      hard_attention(d.alphas, d.cells, d.log_p, places_.row, none, 0, 1, 0.5).loss.item<double>();
  const double entropy = -(d.alphas * d.alphas.log()).sum(1).mean().item<double>();
  EXPECT_NEAR(loss, -0.5 * entropy, 1e-9);
}

TEST_F(HardAttention, ExpectedRowsGetTheSoftContext) {
  UnrollOptions hard, soft;
  hard.matrix_type = soft.matrix_type = at::kDouble;
  hard.mode = AttentionMode::sampled;
  hard.expected = at::zeros({kDraws}, at::kBool);
  hard.expected.narrow(0, 0, kDraws / 2).fill_(true);
  const at::Tensor mixed =
      decoder_->unroll(features_, words_.inputs, hard).hidden.view({3, kDraws, -1});
  const at::Tensor expectation =
      decoder_->unroll(features_, words_.inputs, soft).hidden.view({3, kDraws, -1});
  EXPECT_TRUE(at::allclose(mixed.narrow(1, 0, kDraws / 2), expectation.narrow(1, 0, kDraws / 2)));
  EXPECT_FALSE(at::allclose(mixed.narrow(1, kDraws / 2, kDraws / 2),
                            expectation.narrow(1, kDraws / 2, kDraws / 2)));
}

}  // namespace
}  // namespace saccade::test
