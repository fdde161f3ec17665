#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "saccade/metrics/diversity.h"
#include "saccade/metrics/significance.h"

namespace saccade {

/// A second system's captions of the same images, and how the first differs from it.
struct Versus {
  std::string hypotheses;  ///< where they came from
  Scores scores{};
  Comparison comparison;
};

/// The scores of a set of captions with everything that is needed to trace them.
struct Report {
  std::string hypotheses, references;                         ///< where they came from
  std::vector<std::pair<std::string, std::string>> settings;  ///< how they were made, e.g. beam: 3
  std::string tokenizer;
  std::size_t images = 0;
  std::size_t reference_count = 0;
  std::size_t without_reference = 0, without_hypothesis = 0;  ///< images left out

  Scores scores{};
  bool has_meteor = false;
  double brevity_penalty = 1;
  std::size_t cider_images = 0;  ///< behind the document frequency
  bool cider_from_file = false;
  std::size_t resamples = 0;  ///< of the bootstrap
  std::uint64_t seed = 0;
  std::optional<Intervals> intervals;
  Diversity diversity;
  std::optional<Versus> versus;
  std::vector<std::string> warnings;
};

/// A table for people, its lines ended. Warnings are not in it.
std::string render_text(const Report& report);

/// {"bleu": [4], "rouge_l", "cider", "meteor_wn", "count", …}: scores on the reference
/// implementation's scales; meteor_wn is null when it was not computed.
nlohmann::ordered_json render_json(const Report& report);

}  // namespace saccade
