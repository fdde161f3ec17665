#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "saccade/caption/caption.h"
#include "saccade/image/image.h"

namespace saccade {

/// Something about a model's attention that is usually a mistake, and what it usually means.
struct HealthFlag {
  std::string name;     ///< "identical maps", "uniform maps", …
  std::string meaning;  ///< a sentence
};

/// Values over words or images, to be shown as a histogram.
struct Distribution {
  std::vector<double> values;

  double mean() const;
  double deviation() const;
  /// @param share  0…1. @throws std::invalid_argument when there are no values.
  double quantile(double share) const;
};

/// What a model's attention does over many photographs.
struct Health {
  std::size_t images = 0, words = 0;
  Grid grid;
  Distribution entropy;  ///< per word, H(α) / log L: 0 one cell … 1 all cells alike
  /// Per caption, the mean total variation ½ Σ|α_t − α_s| between its words: 0 identical … 1 apart.
  Distribution between_words;
  /// Between the mean maps of each image and the next.
  Distribution between_images;
  Distribution gate;          ///< β per word, 0…1
  Distribution border;        ///< per word, the share of attention on the grid's outermost cells
  double border_if_even = 0;  ///< the share of cells that are outermost
  /// L: Σ_t α_ti, the mean over images, in units of its own mean, so that 1 is an even share.
  std::vector<double> coverage;
  std::vector<HealthFlag> flags;
};

/// @param captions  as a search found them, one per photograph, with maps of one grid.
/// @throws std::invalid_argument for no words at all or grids that differ.
Health measure_health(const std::vector<Caption>& captions);

nlohmann::ordered_json to_json(const Health& health);

/// Histograms of what was measured, and the coverage of the grid, on one page.
Image draw_health(const Health& health, const std::string& title);

/// Writes health.json and health.png into a folder, which is made when it is not there; each file
/// is written wholly or not at all.
/// @return the files written. @throws std::runtime_error naming what cannot be made or written,
/// std::invalid_argument naming a file in the way that Saccade did not write.
std::vector<std::filesystem::path> write_health(const Health& health, const std::string& title,
                                                const std::filesystem::path& directory);

/// To be called before anything is measured: throws what write_health would throw about the folder.
void require_health_folder(const std::filesystem::path& directory);

}  // namespace saccade
