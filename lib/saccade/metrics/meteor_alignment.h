#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace saccade {

/// How two words match, the strongest first.
enum class MeteorStage : std::uint8_t { kExact, kStem, kSynonym };
constexpr std::size_t kMeteorStages = 3;

/// METEOR 1.5's weights of the stages for English.
constexpr double kMeteorStageWeights[kMeteorStages] = {1.0, 0.6, 0.8};

/// That a word of the hypothesis may stand for a word of the reference.
struct MeteorMatch {
  std::size_t reference;
  MeteorStage stage;
};

struct MeteorAlignment {
  struct Pair {
    std::size_t hypothesis, reference;
    MeteorStage stage;
  };
  std::vector<Pair> pairs;  ///< by place in the hypothesis; each word at most once
  std::size_t chunks = 0;   ///< runs of pairs that are neighbours in both sentences
};

/// The alignment that covers the most words; of those the one with the fewest chunks; then the one
/// with the greatest weight of stages; then the one whose words moved least. The search is exact as
/// long as no more than kMeteorBeam partial alignments compete (fewer when a word has more than
/// four partners), which only sentences that repeat a word very often exceed; then the best of them
/// go on.
/// @param candidates  for each word of the hypothesis its possible partners, each reference word
/// once.
MeteorAlignment align(const std::vector<std::vector<MeteorMatch>>& candidates,
                      std::size_t reference_length);

constexpr std::size_t kMeteorBeam = 4096;

}  // namespace saccade
