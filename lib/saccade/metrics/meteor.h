#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "saccade/metrics/meteor_alignment.h"
#include "saccade/metrics/tokens.h"
#include "saccade/text/wordnet/stemmer.h"
#include "saccade/text/wordnet/wordnet.h"

namespace saccade {

/// The counts behind METEOR for a hypothesis and its best reference. The counts of a corpus are the
/// sum of the counts of its captions.
struct MeteorCounts {
  struct Side {
    std::int64_t content_words = 0, function_words = 0;
    std::array<std::int64_t, kMeteorStages> content_matches{}, function_matches{};
    std::int64_t length() const { return content_words + function_words; }
    std::int64_t matches() const;
  };
  Side hypothesis, reference;
  std::int64_t chunks = 0;

  /// Whether all words of both sides are matched in a single chunk.
  bool is_perfect() const;
  /// As in METEOR, a perfect caption adds no chunk, so a corpus of perfect captions has score 1.
  MeteorCounts& operator+=(const MeteorCounts& other);
};

/// METEOR-wn, 0…1: METEOR 1.5 (Denkowski and Lavie 2014) with its English parameters (α 0.85,
/// β 0.2, γ 0.6, δ 0.75; stage weights 1, 0.6, 0.8) and the stages exact, stem and synonym. It
/// lacks the paraphrase table, so it is not comparable with published METEOR scores. P and R are
/// the weighted shares of matched words; content words have weight δ and function words 1 − δ.
/// With F = P R / (α P + (1 − α) R), the score is F (1 − γ (chunks / matches)^β).
double meteor_wn(const MeteorCounts& counts);

/// Counts matches caption by caption and caches word lookups. Not thread-safe.
class MeteorScorer {
 public:
  /// @param wordnet  shared between scorers; null omits the synonym stage, so that the score is
  ///                 not METEOR-wn.
  explicit MeteorScorer(std::shared_ptr<const WordNet> wordnet);

  /// The counts for the reference with the highest score.
  /// @throws std::invalid_argument if there are no references.
  MeteorCounts count(const Tokens& hypothesis, const References& references);
  MeteorAlignment align(const Tokens& hypothesis, const Tokens& reference);

 private:
  struct Word {
    std::string text, stem;
    std::vector<std::uint32_t> synsets;
    bool is_function_word = false;
  };
  const Word& look_up(const std::string& word);
  std::vector<const Word*> look_up(const Tokens& tokens);

  std::shared_ptr<const WordNet> wordnet_;
  Stemmer stemmer_;
  std::unordered_map<std::string, std::unique_ptr<const Word>> words_;
};

}  // namespace saccade
