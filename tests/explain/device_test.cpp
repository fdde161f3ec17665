// A model on another device gives the same captions and maps as on the CPU.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "saccade/explain/diagnose/word_analyzer.h"
#include "saccade/explain/maps/rollouts.h"
#include "saccade/explain/maps/word_maps.h"

#include "explain/small_captioner.h"
#include "other_device.h"

namespace saccade::test {
namespace {

Captioner captioner_on(at::Device device) {
  Bundle bundle = small_bundle();
  bundle.to(device);
  bundle.encoder->pack();
  return Captioner(std::move(bundle));
}

class OnADevice : public testing::Test {
 protected:
  const Captioner here = captioner_on(at::kCPU), there = captioner_on(other_device());
  const Image image = noisy_image();
};

MATCHER_P(IsNear, expected, "") {
  return testing::ExplainMatchResult(testing::Pointwise(testing::FloatNear(1e-4F), expected), arg,
                                     result_listener);
}

void expect_same(const Caption& caption, const Caption& expected) {
  EXPECT_EQ(caption.text, expected.text);
  EXPECT_NEAR(caption.log_prob, expected.log_prob, 1e-3);
  ASSERT_EQ(caption.words.size(), expected.words.size());
  for (std::size_t t = 0; t < expected.words.size(); ++t) {
    EXPECT_NEAR(caption.words[t].log_p, expected.words[t].log_p, 1e-4);
    EXPECT_THAT(caption.words[t].attention, IsNear(expected.words[t].attention));
  }
}

TEST_F(OnADevice, CaptionsAreTheSame) {
  for (const AttentionMode mode :
       {AttentionMode::expected, AttentionMode::argmax, AttentionMode::sampled}) {
    CaptionOptions options;
    options.mode = mode;
    options.seed = 3;
    options.search.n_best = 2;
    options.search.constraints.max_length = 8;
    const auto captions = there.caption({image, noisy_image(32, 40)}, options);
    const auto expected = here.caption({image, noisy_image(32, 40)}, options);
    for (std::size_t i = 0; i < 2; ++i) {
      for (std::size_t n = 0; n < 2; ++n) expect_same(captions[i][n], expected[i][n]);
    }
  }
}

TEST_F(OnADevice, ScoresOfAGivenSentenceAreTheSame) {
  const TokenizedSentence sentence = small_sentence(here.bundle(), {"a", "dog", "runs"});
  expect_same(score_sentence(there, image, sentence), score_sentence(here, image, sentence));
}

TEST_F(OnADevice, AllKindsOfMapsAreTheSame) {
  const TokenizedSentence sentence = small_sentence(here.bundle(), {"a", "dog", "runs"});
  const Caption caption = score_sentence(here, image, sentence);
  for (const std::string& name : map_kind_names()) {
    const MapKind kind = map_kind_from_string(name);
    const auto maps = word_maps(there, image, caption, kind);
    const auto expected = word_maps(here, image, caption, kind);
    ASSERT_EQ(maps.size(), expected.size());
    for (std::size_t t = 0; t < expected.size(); ++t) {
      EXPECT_THAT(maps[t], IsNear(expected[t])) << name;
    }
  }
}

TEST_F(OnADevice, SampledCellsAreTheSame) {
  EXPECT_EQ(roll_out(there, image, {"a", "dog"}, 50, 5).cells,
            roll_out(here, image, {"a", "dog"}, 50, 5).cells);
}

TEST_F(OnADevice, DiagnosesAreTheSame) {
  const TokenizedSentence sentence = small_sentence(here.bundle(), {"a", "dog", "sits"});
  const Diagnosis diagnosis = WordAnalyzer(there, nullptr).analyze(image, sentence);
  const Diagnosis expected = WordAnalyzer(here, nullptr).analyze(image, sentence);
  EXPECT_NEAR(diagnosis.log_prob_no_image, expected.log_prob_no_image, 1e-3);
  ASSERT_EQ(diagnosis.words.size(), expected.words.size());
  for (std::size_t t = 0; t < expected.words.size(); ++t) {
    const WordDiagnosis& word = diagnosis.words[t];
    const WordDiagnosis& same = expected.words[t];
    EXPECT_NEAR(word.counterfactuals.log_p, same.counterfactuals.log_p, 1e-4);
    EXPECT_NEAR(word.counterfactuals.region_masked, same.counterfactuals.region_masked, 1e-4);
    EXPECT_NEAR(word.counterfactuals.region_blurred, same.counterfactuals.region_blurred, 1e-4);
    EXPECT_NEAR(word.presence.log_p, same.presence.log_p, 1e-3);
    EXPECT_EQ(word.region, same.region);
    ASSERT_EQ(word.contrasts.size(), same.contrasts.size());
    for (std::size_t i = 0; i < same.contrasts.size(); ++i) {
      EXPECT_EQ(word.contrasts[i].word, same.contrasts[i].word);
      EXPECT_NEAR(word.contrasts[i].sentence_log_prob, same.contrasts[i].sentence_log_prob, 1e-3);
    }
  }
}

}  // namespace
}  // namespace saccade::test
