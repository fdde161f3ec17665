#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "saccade/metrics/diversity.h"
#include "saccade/metrics/scores.h"

namespace saccade {

/// The scores of a second system on the same images, and the comparison with the first.
struct Versus {
  std::string hypotheses;  ///< source
  Scores scores{};
  Comparison comparison;
};

/// The scores of a set of captions with all information needed to reproduce them.
struct Report {
  std::string hypotheses, references;                         ///< source
  std::vector<std::pair<std::string, std::string>> settings;  ///< of the captions, e.g. beam: 3
  std::string tokenizer;
  std::size_t images = 0;
  std::size_t reference_count = 0;
  std::size_t without_reference = 0, without_hypothesis = 0;  ///< skipped images

  Scores scores{};
  bool has_meteor = false;
  double brevity_penalty = 1;
  std::size_t cider_images = 0;  ///< number of images in the document frequency
  bool cider_from_file = false;
  std::size_t resamples = 0;  ///< of the bootstrap
  std::uint64_t seed = 0;
  std::optional<Intervals> intervals;
  Diversity diversity;
  std::optional<Versus> versus;
  std::vector<std::string> warnings;
};

/// A readable table that ends with a line break. It does not contain the warnings.
std::string render_text(const Report& report);

/// {"bleu": [4], "rouge_l", "cider", "meteor_wn", "count", …}: scores on the scales of the
/// reference implementation; meteor_wn is null if it was not computed.
nlohmann::ordered_json render_json(const Report& report);

}  // namespace saccade
