#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "saccade/metrics/ngrams.h"
#include "saccade/text/wordnet/wordnet.h"

namespace saccade {

/// How two words match, in the order of METEOR's stages.
enum class MeteorStage : std::uint8_t { kExact, kStem, kSynonym };
constexpr std::size_t kMeteorStages = 3;

/// The stage weights of METEOR 1.5 for English.
constexpr double kMeteorStageWeights[kMeteorStages] = {1.0, 0.6, 0.8};

/// A possible match of a hypothesis word with a word of the reference.
struct MeteorMatch {
  std::size_t reference;
  MeteorStage stage;
};

struct MeteorAlignment {
  struct Pair {
    std::size_t hypothesis, reference;
    MeteorStage stage;
  };
  std::vector<Pair> pairs;  ///< by position in the hypothesis; each word at most once
  std::size_t chunks = 0;   ///< runs of pairs that are adjacent in both sentences
};

/// Finds the alignment with the most pairs; among equals, the one with the fewest chunks, then with
/// the greatest sum of stage weights, then with the smallest sum of distances between the positions
/// of the paired words. The search is exact up to kMeteorBeam partial alignments (fewer if a word
/// has more than four candidates) and keeps the best ones beyond. Only sentences that repeat a word
/// very often exceed this limit.
/// @param candidates  for each word of the hypothesis, its possible partners; each reference word
///                    at most once.
MeteorAlignment align(const std::vector<std::vector<MeteorMatch>>& candidates,
                      std::size_t reference_length);

constexpr std::size_t kMeteorBeam = 4096;

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
