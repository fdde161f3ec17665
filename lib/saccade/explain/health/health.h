#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "saccade/caption/caption.h"
#include "saccade/image/image.h"

namespace saccade {

/// A property of a model's attention that usually indicates a problem, and its usual cause.
struct HealthFlag {
  std::string name;     ///< "identical maps", "uniform maps", …
  std::string meaning;  ///< a sentence
};

/// Values over words or images, shown as a histogram.
struct Distribution {
  std::vector<double> values;

  double mean() const;       ///< 0 for no values
  double deviation() const;  ///< standard deviation; 0 for no values
  /// @param share  0…1. @throws std::invalid_argument when there are no values.
  double quantile(double share) const;
};

/// Statistics of a model's attention over many images.
struct Health {
  std::size_t images = 0, words = 0;
  Grid grid;
  Distribution entropy;  ///< per word, H(α) / log L: 0 one cell … 1 uniform
  /// Per caption, the mean total variation distance ½ Σ|α_t − α_s| between its words: 0 identical …
  /// 1 disjoint.
  Distribution between_words;
  /// The total variation distance between the mean maps of each image and the next.
  Distribution between_images;
  Distribution gate;          ///< β per word, 0…1
  Distribution border;        ///< per word, the share of attention on the grid's outermost cells
  double border_if_even = 0;  ///< the share of cells that are outermost
  /// L: the mean over images of Σ_t α_ti, divided by its mean over cells, so that 1 is uniform.
  std::vector<double> coverage;
  std::vector<HealthFlag> flags;
};

/// @param captions  generated captions, one per image, with maps of the same grid.
/// @throws std::invalid_argument for captions without words, or with different grids.
Health measure_health(const std::vector<Caption>& captions);

nlohmann::ordered_json to_json(const Health& health);

/// Draws the histograms, the coverage of the grid and the flags as one figure.
Image draw_health(const Health& health, const std::string& title);

/// Writes health.json and health.png into a folder, which is created if necessary. Each file is
/// written atomically.
/// @return the files written.
/// @throws std::runtime_error naming the path that cannot be created or written;
///         std::invalid_argument naming an existing file that Saccade did not write.
std::vector<std::filesystem::path> write_health(const Health& health, const std::string& title,
                                                const std::filesystem::path& directory);

/// Checks the output folder before the measurement. Throws what write_health would throw for it.
void require_health_folder(const std::filesystem::path& directory);

}  // namespace saccade
