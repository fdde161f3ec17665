#include "saccade/metrics/scores.h"

namespace saccade {

const std::array<const char*, kScoreCount> kScoreNames = {"BLEU-1",
                                                          "BLEU-2",
                                                          "BLEU-3",
                                                          "BLEU-4",
                                                          "BLEU-1 without brevity penalty",
                                                          "BLEU-2 without brevity penalty",
                                                          "BLEU-3 without brevity penalty",
                                                          "BLEU-4 without brevity penalty",
                                                          "ROUGE-L",
                                                          "CIDEr-D",
                                                          "METEOR-wn"};

ImageScores& ImageScores::operator+=(const ImageScores& other) {
  bleu += other.bleu;
  rouge_l += other.rouge_l;
  cider += other.cider;
  meteor += other.meteor;
  return *this;
}

Scores corpus_scores(const ImageScores& sum, std::size_t images) {
  Scores scores{};
  const BleuScore bleu_score = bleu(sum.bleu);
  for (std::size_t n = 0; n < kMaxOrder; ++n) {
    scores[kBleu1 + n] = bleu_score.bleu[n];
    scores[kBleu1WithoutPenalty + n] = bleu_score.without_brevity_penalty[n];
  }
  const double count = images == 0 ? 1 : static_cast<double>(images);
  scores[kRougeL] = sum.rouge_l / count;
  scores[kCider] = sum.cider / count;
  scores[kMeteorWn] = meteor_wn(sum.meteor);
  return scores;
}

}  // namespace saccade
