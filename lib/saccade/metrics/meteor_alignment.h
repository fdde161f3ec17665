#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

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

}  // namespace saccade
