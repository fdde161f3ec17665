#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "saccade/data/phrases.h"
#include "saccade/explain/maps/word_maps.h"
#include "saccade/io/progress.h"

namespace saccade {

/// How well the map of a phrase's head (its last word) matches the boxes of the objects that the
/// phrase names. Measured on the encoder's input, over the union of the boxes.
struct PhrasePointing {
  std::size_t image = 0, caption = 0, phrase = 0;  ///< as in DatasetPhrases::of
  std::string type;
  /// Whether the boxes cover at least half of the largest cell; of equal cells the first counts.
  bool peak_inside = false;
  /// Attention correctness (Liu et al. 2017), 0…1: Σ_i m_i w_i with the map m and the covered share
  /// w_i of cell i.
  double mass = 0;
  double area = 0;     ///< Σ_i w_i / L: the mass of a uniform map, as the baseline
  double entropy = 0;  ///< of the map, divided by log L, 0…1
};

struct PointingOptions {
  MapKind map = MapKind::alpha;
  std::int64_t batch_images = 16;
  Progress progress;  ///< in images
};

/// Measures the map of the head of every phrase with boxes, along the reference captions of a data
/// set. Each image is encoded once. Phrases whose boxes lie outside the encoder's input are
/// skipped.
/// @throws std::runtime_error for an image that cannot be read
std::vector<PhrasePointing> measure_pointing(const Bundle& bundle, const Dataset& dataset,
                                             const DatasetPhrases& phrases,
                                             const PointingOptions& options);

/// Means of PhrasePointing over phrases.
struct PointingMeans {
  std::size_t phrases = 0;
  double peak = 0, mass = 0, area = 0, entropy = 0;
};

/// The pointing results of a data set, in total and by phrase type.
struct PointingReport {
  PointingMeans all;
  /// Phrases with neither "scene" nor "bodyparts" in their type: things that can be pointed at.
  PointingMeans things;
  /// By type name. A phrase with two types counts in both.
  std::vector<std::pair<std::string, PointingMeans>> types;
  PointingMeans mean_of_types;  ///< unweighted mean over the types, without "scene" and "bodyparts"
};
PointingReport report_on(const std::vector<PhrasePointing>& phrases);

/// Whether a phrase type (e.g. "people/animals") contains neither "scene" nor "bodyparts".
bool is_thing(const std::string& type);

nlohmann::ordered_json to_json(const PointingReport& report);

/// Draws one panel per phrase: the image under the map of the head, with the boxes, the peak and
/// the numbers. Shows `count` of the phrases that are things, evenly spread over `measured`.
Image draw_pointing(const Bundle& bundle, const Dataset& dataset, const DatasetPhrases& phrases,
                    const std::vector<PhrasePointing>& measured, MapKind map, std::size_t count,
                    const std::string& title);

/// Writes pointing.json and pointing.png into a folder, which is created if necessary. Each file is
/// written atomically.
/// @return the files written.
/// @throws std::runtime_error naming the path that cannot be created or written;
///         std::invalid_argument naming an existing file that Saccade did not write.
std::vector<std::filesystem::path> write_pointing(const nlohmann::ordered_json& report,
                                                  const Image& figure,
                                                  const std::filesystem::path& directory);

/// Checks the output folder before the measurement. Throws what write_pointing would throw for
/// existing files.
void require_pointing_folder(const std::filesystem::path& directory);

}  // namespace saccade
