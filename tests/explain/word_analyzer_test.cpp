#include "saccade/explain/diagnose/word_analyzer.h"

#include <cmath>
#include <stdexcept>

#include <gtest/gtest.h>

#include "saccade/explain/maps/masked_views.h"
#include "saccade/explain/maps/region.h"
#include "saccade/image/prepare.h"
#include "saccade/search/score.h"

#include "explain/small_captioner.h"

namespace saccade::test {
namespace {

/// A simple reference: evaluates one sentence for one image at a time.
class OneAtATime {
 public:
  OneAtATime(const Bundle& bundle, const Image& image) : bundle_(bundle) {
    const int S = bundle.config.input.size;
    pixels_ = torch::empty({3, S, S});
    prepare_into(image, bundle.config.input, pixels_.data_ptr<float>());
    features_ = encode(pixels_);
  }
  Features encode(const at::Tensor& pixels) const {
    torch::NoGradGuard no_gradient;
    Encoder encoder = bundle_.encoder;
    return encoder->forward(pixels.unsqueeze(0));
  }
  const Features& features() const { return features_; }
  Features masked(const std::vector<std::int64_t>& cells) const {
    at::Tensor values = features_.values.clone();
    for (const auto cell : cells) values[0][cell] = features_.values[0].mean(0);
    return {values, features_.grid};
  }
  Features blurred(const std::vector<std::int64_t>& cells) const {
    return encode(blur_cells(pixels_, cells, features_.grid));
  }
  Features all(const at::Tensor& annotation) const {
    return {annotation.view({1, 1, -1}).expand_as(features_.values).contiguous(), features_.grid};
  }
  Hypothesis score(const Features& features, const std::vector<std::int64_t>& ids) const {
    torch::NoGradGuard no_gradient;
    const StepFunction step = [&](const State& state, const at::Tensor& words) {
      return bundle_.decoder->step(state, words, AttentionMode::expected);
    };
    return score_sentences(step, bundle_.decoder->start(features), {ids})[0];
  }

 private:
  const Bundle& bundle_;
  at::Tensor pixels_;
  Features features_;
};

TEST(WordAnalyzer, MatchesEvaluatingOneSentenceAtATime) {
  const Captioner captioner(small_bundle());
  const Bundle& bundle = captioner.bundle();
  const at::Tensor mean = torch::rand({32});
  const WordAnalyzer analyzer(captioner, nullptr, mean);
  const TokenizedSentence sentence = small_sentence(bundle, {"a", "dog", "runs", "on", "red"});
  DiagnosisOptions options;
  options.draws = 3;
  options.seed = 4;
  const Image image = noisy_image();
  const Diagnosis diagnosis = analyzer.analyze(image, sentence, options);
  const OneAtATime plain(bundle, image);
  const Features no_image = plain.all(mean);

  const Hypothesis whole = plain.score(plain.features(), sentence.ids);
  EXPECT_NEAR(diagnosis.caption.log_prob, whole.log_prob, 1e-4);
  EXPECT_NEAR(diagnosis.log_prob_no_image, plain.score(no_image, sentence.ids).log_prob, 1e-4);
  ASSERT_EQ(diagnosis.words.size(), 5U);
  std::size_t analyzed = 0;
  for (std::size_t t = 0; t < 5; ++t) {
    const WordDiagnosis& word = diagnosis.words[t];
    EXPECT_NEAR(word.counterfactuals.log_p, whole.log_p[t], 1e-4);
    EXPECT_EQ(word.content, word.word != "a" && word.word != "on");
    if (!word.content) {
      EXPECT_TRUE(word.contrasts.empty() && word.region.empty());
      continue;
    }
    ++analyzed;
    EXPECT_FALSE(word.contrasts.empty());
    const auto expect = [&](const Counterfactuals& answer, std::int64_t id) {
      auto ids = sentence.ids;
      ids[t] = id;
      const auto log_p = [&](const Features& f) { return plain.score(f, ids).log_p[t]; };
      EXPECT_NEAR(answer.log_p, log_p(plain.features()), 1e-4);
      EXPECT_NEAR(answer.region_masked, log_p(plain.masked(word.region)), 1e-4);
      EXPECT_NEAR(answer.region_blurred, log_p(plain.blurred(word.region)), 1e-4);
      EXPECT_NEAR(answer.no_image, log_p(no_image), 1e-4);
      ASSERT_EQ(answer.elsewhere_masked.size(), 3U);
      for (std::size_t draw = 0; draw < 3; ++draw) {
        const auto cells =
            region_elsewhere(word.region, plain.features().grid, 4 * 1000003 + t * 1009 + draw);
        EXPECT_NEAR(answer.elsewhere_masked[draw], log_p(plain.masked(cells)), 1e-4);
      }
    };
    expect(word.counterfactuals, sentence.ids[t]);
    for (const ContrastWord& contrast : word.contrasts) {
      auto ids = sentence.ids;
      ids[t] = bundle.vocabulary.id(contrast.word);
      expect(contrast.counterfactuals, ids[t]);
      EXPECT_NEAR(contrast.sentence_log_prob, plain.score(plain.features(), ids).log_prob, 1e-4);
      EXPECT_NEAR(contrast.sentence_log_prob_no_image, plain.score(no_image, ids).log_prob, 1e-4);
      EXPECT_FALSE(contrast.same_kind);
    }
  }
  EXPECT_EQ(analyzed, 3U);
}

TEST(WordAnalyzer, UsesNoWordOfTheSentenceAsAContrast) {
  const Captioner captioner(small_bundle());
  const WordAnalyzer analyzer(captioner, nullptr);
  const auto diagnosis =
      analyzer.analyze(noisy_image(), small_sentence(captioner.bundle(), {"dog", "runs", "red"}));
  for (const WordDiagnosis& word : diagnosis.words) {
    for (const ContrastWord& contrast : word.contrasts) {
      for (const char* used : {"dog", "runs", "red", "a", "on"}) EXPECT_NE(contrast.word, used);
    }
    for (std::size_t r = 1; r < word.contrasts.size(); ++r) {
      EXPECT_GE(word.contrasts[r - 1].sentence_log_prob, word.contrasts[r].sentence_log_prob);
    }
  }
}

TEST(WordAnalyzer, EvaluatesARequestedContrastWord) {
  const Captioner captioner(small_bundle());
  const WordAnalyzer analyzer(captioner, nullptr);
  const auto sentence = small_sentence(captioner.bundle(), {"a", "dog", "zebra"});
  DiagnosisOptions options;
  options.other_contrasts = 0;
  options.requested = {{"dog", "sits"}};
  const auto diagnosis = analyzer.analyze(noisy_image(), sentence, options);
  ASSERT_EQ(diagnosis.words[1].contrasts.size(), 1U);
  EXPECT_EQ(diagnosis.words[1].contrasts[0].word, "sits");
  EXPECT_FALSE(diagnosis.words[2].known);
  EXPECT_TRUE(diagnosis.words[2].contrasts.empty());
  options.requested = {{"cat", "dog"}};
  EXPECT_THROW(analyzer.analyze(noisy_image(), sentence, options), std::invalid_argument);
  options.requested = {{"dog", "zebra"}};
  EXPECT_THROW(analyzer.analyze(noisy_image(), sentence, options), std::invalid_argument);
  EXPECT_THROW(WordAnalyzer(captioner, nullptr, torch::zeros({31})), std::invalid_argument);
}

TEST(Region, HasTheFewestCellsThatHoldTheShare) {
  const std::vector<float> map{0.1f, 0.4f, 0.05f, 0.3f, 0.15f};
  EXPECT_EQ(top_region(map, 0.5, 1), (std::vector<std::int64_t>{1, 3}));
  EXPECT_EQ(top_region(map, 0.35, 1), (std::vector<std::int64_t>{1}));
  EXPECT_EQ(top_region(map, 0.9, 0.4), (std::vector<std::int64_t>{1, 3}));
  EXPECT_EQ(top_region(map, 0, 0), (std::vector<std::int64_t>{1}));
}

TEST(Region, ElsewhereIsDisjointAndOfTheSameSize) {
  const Grid grid{4, 5};
  const std::vector<std::int64_t> region{0, 1, 5, 6, 7};
  bool differ = false;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto elsewhere = region_elsewhere(region, grid, seed);
    EXPECT_EQ(elsewhere, region_elsewhere(region, grid, seed));
    EXPECT_EQ(elsewhere.size(), region.size());
    for (const auto cell : elsewhere) {
      EXPECT_EQ(std::count(region.begin(), region.end(), cell), 0);
      EXPECT_EQ(std::count(elsewhere.begin(), elsewhere.end(), cell), 1);
    }
    differ = differ || elsewhere != region_elsewhere(region, grid, seed + 1);
  }
  EXPECT_TRUE(differ);
}

TEST(Blur, ChangesTheCellsAndKeepsDistantPixels) {
  torch::manual_seed(1);
  const at::Tensor pixels = torch::randn({3, 64, 64});
  const at::Tensor blurred = blur_cells(pixels, {0}, {4, 4});
  const auto change = (blurred - pixels).abs();
  EXPECT_GT(change.narrow(1, 0, 12).narrow(2, 0, 12).mean().item<float>(), 0.3);
  EXPECT_EQ(change.narrow(1, 24, 40).narrow(2, 24, 40).max().item<float>(), 0);
}

}  // namespace
}  // namespace saccade::test
