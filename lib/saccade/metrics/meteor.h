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

/// What METEOR counts of a hypothesis and its best reference. Counts of several captions add up to
/// the counts of a corpus.
struct MeteorCounts {
  struct Side {
    std::int64_t content_words = 0, function_words = 0;
    std::array<std::int64_t, kMeteorStages> content_matches{}, function_matches{};
    std::int64_t length() const { return content_words + function_words; }
    std::int64_t matches() const;
  };
  Side hypothesis, reference;
  std::int64_t chunks = 0;

  /// Every word of both matched, in one run.
  bool is_perfect() const;
  /// A perfect caption adds no chunk, as in METEOR: a corpus of perfect captions has score 1.
  MeteorCounts& operator+=(const MeteorCounts& other);
};

/// METEOR-wn, 0…1: METEOR 1.5 with its English parameters (α 0.85, β 0.2, γ 0.6, δ 0.75; stage
/// weights 1, 0.6, 0.8) and the exact, stem and synonym stages, without the paraphrase table. Not
/// comparable with published METEOR, which has it. P and R are the weighted shares of matched
/// words, function words counting 1 − δ and content words δ; F = P R / (α P + (1 − α) R); score = F
/// (1 − γ (chunks / matches)^β).
double meteor_wn(const MeteorCounts& counts);

/// Counts captions and remembers what it has looked up. One object belongs to one thread at a time.
class MeteorScorer {
 public:
  /// @param wordnet  shared between scorers; null leaves the synonym stage out, and then the number
  /// is
  ///                 not METEOR-wn.
  explicit MeteorScorer(std::shared_ptr<const WordNet> wordnet);

  /// The counts with the reference that scores best.
  /// @throws std::invalid_argument without a reference.
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
