#include <cmath>
#include <map>

#include <gtest/gtest.h>
#include <torch/optim/adam.h>
#include <torch/utils.h>

#include "saccade/training/caption_reward.h"
#include "saccade/training/objective.h"

#include "model/small_decoder.h"
#include "training/flat_gradient.h"

namespace saccade::test {
namespace {

/// Three words besides the special tokens, and captions of at most two words, to enumerate them.
class SelfCritical : public ::testing::Test {
 protected:
  SelfCritical() {
    DecoderConfig config = small_config();
    config.vocabulary = vocabulary_.size();
    decoder_ = make_decoder(config);
    features_ = make_features(2, config.features);
    train_.images.push_back({"a", "", {"dog runs"}});
    train_.images.push_back({"b", "", {"men dog"}});
    config_.objective = "self_critical";
    config_.max_words = 2;
    config_.self_critical.bleu_4 = 1;
    config_.self_critical.candidates = 256;
    batch_.image_indices = {0, 1};
  }

  std::unique_ptr<Objective> objective() {
    return make_objective({config_, decoder_, &vocabulary_, &train_, at::kFloat});
  }

  at::Tensor gradient(const at::Tensor& value) {
    return flat_gradient(value, decoder_->parameters());
  }

  /// The expected reward of the captions of both images, by enumeration of all captions.
  at::Tensor expected_reward() {
    CaptionReward reward(train_, config_.self_critical);
    at::Tensor sum = at::zeros({});
    const std::vector<std::int64_t> words{4, 5, 6};
    for (std::int64_t image = 0; image < 2; ++image) {
      const Features own{features_.values.narrow(0, image, 1), features_.grid};
      const auto log_p = [&](const State& state, std::int64_t word, Step& step) {
        step = decoder_->step(state, at::full({1}, word, at::kLong), AttentionMode::expected);
        at::Tensor logits = step.logits.clone();  // of the permitted words
        for (const std::int64_t id : {Vocabulary::kPad, Vocabulary::kStart, Vocabulary::kUnknown}) {
          logits.select(1, id).fill_(-1e9);
        }
        return at::log_softmax(logits, 1)[0];
      };
      const auto value = [&](const std::vector<std::int64_t>& ids, bool finished) {
        Tokens tokens;
        for (const std::int64_t id : ids) tokens.push_back(vocabulary_.word(id));
        return reward(tokens, finished, static_cast<std::size_t>(image));
      };
      Step first, second, third;
      const at::Tensor at_0 = log_p(decoder_->start(own), Vocabulary::kStart, first);
      sum = sum + at_0[Vocabulary::kEnd].exp() * value({}, true);
      for (const std::int64_t a : words) {
        const at::Tensor at_1 = log_p(first.next, a, second);
        sum = sum + (at_0[a] + at_1[Vocabulary::kEnd]).exp() * value({a}, true);
        for (const std::int64_t b : words) {
          const at::Tensor both = at_0[a] + at_1[b];
          const at::Tensor at_2 = log_p(second.next, b, third);
          // At the limit the caption ends without a choice, so there is no gradient.
          const at::Tensor end = at_2[Vocabulary::kEnd].exp().detach();
          sum = sum + both.exp() * (end * value({a, b}, true) + (1 - end) * value({a, b}, false));
        }
      }
    }
    return sum;
  }

  Vocabulary vocabulary_{{"dog", "men", "runs"}};
  Decoder decoder_{nullptr};
  Features features_;
  Dataset train_;
  TrainingConfig config_;
  TrainingBatch batch_;
};

TEST_F(SelfCritical, FollowsTheGradientOfTheExpectedReward) {
  // Samples contain no banned words; make these negligible in the model, too.
  {
    torch::NoGradGuard no_gradient;
    for (const std::int64_t id : {Vocabulary::kPad, Vocabulary::kStart, Vocabulary::kUnknown}) {
      decoder_->output_bias[id] = -50;
    }
  }
  config_.self_critical.cider = 1;
  const at::Tensor exact = gradient(expected_reward());
  for (const char* baseline : {"leave_one_out", "greedy"}) {
    config_.self_critical.baseline = baseline;
    const auto train = objective();
    at::Tensor sum = at::zeros_like(exact);
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      const BatchLoss loss = (*train)(features_, batch_, 0, seed);
      // The loss is per word; here it is per caption, for both images.
      const double scale =
          static_cast<double>(loss.words) / static_cast<double>(config_.self_critical.candidates);
      sum += gradient(-loss.loss * scale);
    }
    const at::Tensor mean = sum / 200;
    const double cosine = at::dot(mean, exact).item<double>() /
                          (mean.norm().item<double>() * exact.norm().item<double>());
    EXPECT_GT(cosine, 0.97) << baseline;
  }
}

TEST_F(SelfCritical, RaisesTheRewardOfItsSamples) {
  const auto train = objective();
  torch::optim::Adam optimizer(decoder_->parameters(), torch::optim::AdamOptions(0.02));
  double first = 0, last = 0;
  for (std::uint64_t step = 0; step < 120; ++step) {
    optimizer.zero_grad();
    const BatchLoss loss = (*train)(features_, batch_, 0, step);
    loss.loss.backward();
    optimizer.step();
    (step == 0 ? first : last) = loss.shown;
  }
  EXPECT_GT(last, first + 1);
}

TEST_F(SelfCritical, SupportsCandidatesFromBeamSearch) {
  config_.self_critical.search = "beam";
  config_.self_critical.candidates = 3;
  const auto train = objective();
  const BatchLoss a = (*train)(features_, batch_, 0, 1), b = (*train)(features_, batch_, 0, 2);
  EXPECT_EQ(a.loss.item<double>(), b.loss.item<double>());  // nothing is sampled
  EXPECT_GT(a.words, 0);
}

}  // namespace
}  // namespace saccade::test
