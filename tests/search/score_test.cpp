#include "saccade/search/score.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "search/brute_force.h"
#include "search/hypothesis_checks.h"
#include "search/toy_decoder.h"

namespace saccade::test {
namespace {

TEST(Score, AgreesWithTheSearchThatFoundTheSentence) {
  ToyDecoder toy(12, 8, 1);
  auto options = with_beam(4, 7);
  options.alternatives = 3;
  const Ids images{6, 1, 3, 2, 9};
  const auto found = beam_search(toy.step_function(), toy.start(images), options);
  std::vector<Ids> sentences;
  for (const auto& list : found) sentences.push_back(list[0].ids);
  const auto scored = score_sentences(toy.step_function(), toy.start(images), sentences, 3);
  ASSERT_EQ(scored.size(), images.size());
  std::int64_t finished = 0;
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (!found[i][0].finished) continue;
    ++finished;
    expect_same(scored[i], found[i][0]);
  }
  EXPECT_GT(finished, 2);
}

TEST(Score, AcceptsSentencesOfDifferentLengths) {
  ToyDecoder toy(10, 8);
  const Ids images{6, 1, 3, 3, 9};
  const std::vector<Ids> sentences{{4, 5, 4, 9, 8}, {}, {7}, {7, 3, 7}, {5, 5, 5, 5, 5, 5}};
  const auto scored = score_sentences(toy.step_function(), toy.start(images), sentences);
  for (std::size_t i = 0; i < images.size(); ++i) {
    EXPECT_EQ(scored[i].ids, sentences[i]);
    EXPECT_TRUE(scored[i].finished);
    EXPECT_NEAR(scored[i].log_prob, toy.log_prob(images[i], sentences[i]), 1e-4);
    EXPECT_EQ(scored[i].score, scored[i].log_prob);
    EXPECT_TRUE(scored[i].alternatives.empty());
    expect_true_to(toy, images[i], scored[i]);
  }
  EXPECT_EQ(toy.calls, 7);
  EXPECT_EQ(toy.rows, 6 + 1 + 2 + 4 + 7);
}

TEST(Score, AcceptsSeveralSentencesOfOneImage) {
  ToyDecoder toy(10, 8);
  const auto twice = torch::tensor(Ids{0, 0, 1});
  const auto start = toy.start({5, 2}).select(twice, twice);
  const auto scored = score_sentences(toy.step_function(), start, {{4, 5}, {6}, {7, 8, 9}});
  EXPECT_NEAR(scored[0].log_prob, toy.log_prob(5, {4, 5}), 1e-4);
  EXPECT_NEAR(scored[1].log_prob, toy.log_prob(5, {6}), 1e-4);
  EXPECT_NEAR(scored[2].log_prob, toy.log_prob(2, {7, 8, 9}), 1e-4);
}

TEST(Score, RefusesInvalidSentences) {
  ToyDecoder toy(6, 8);
  const auto score = [&](const std::vector<Ids>& sentences, std::int64_t alternatives = 0) {
    return score_sentences(toy.step_function(), toy.start({1, 2}), sentences, alternatives);
  };
  EXPECT_NO_THROW(score({{4}, {3, 5}}));
  EXPECT_THROW(score({{4}}), std::invalid_argument);
  EXPECT_THROW(score({{4}, {6}}), std::invalid_argument);
  EXPECT_THROW(score({{4}, {-1}}), std::invalid_argument);
  for (const std::int64_t special : {Vocabulary::kPad, Vocabulary::kStart, Vocabulary::kEnd}) {
    EXPECT_THROW(score({{4}, {4, special}}), std::invalid_argument);
  }
  EXPECT_THROW(score({{4}, {5}}, -1), std::invalid_argument);
}

}  // namespace
}  // namespace saccade::test
