#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "saccade/data/dataset_phrases.h"
#include "saccade/explain/maps/word_maps.h"

namespace saccade {

/// How the map of a phrase's head, its last word, lies to the boxes of what the phrase names. All
/// are measured on the encoder's input, over the union of the boxes.
struct PhrasePointing {
  std::size_t image = 0, caption = 0, phrase = 0;  ///< as in DatasetPhrases::of
  std::string type;
  /// Whether the largest cell lies at least half in the boxes; of equal cells the first counts.
  bool peak_inside = false;
  double mass = 0;  ///< Σ_i m_i w_i, w_i the covered share of cell i: attention correctness, 0…1
  double area = 0;  ///< Σ_i w_i / L: the mass of a map that is even everywhere; chance
  double entropy = 0;  ///< of the map, of its most, 0…1
};

struct PointingOptions {
  MapKind map = MapKind::alpha;
  std::int64_t batch_images = 16;
  std::function<void(std::size_t done, std::size_t all)> progress;  ///< photographs; may be empty
};

/// Goes through the captions of a data set that have phrases with boxes, as given, and measures the
/// map of each such phrase's head. Each photograph is encoded once. Phrases whose boxes the
/// encoder's input does not show are left out.
/// @throws std::runtime_error for a photograph that cannot be read
std::vector<PhrasePointing> measure_pointing(const Bundle& bundle, const Dataset& dataset,
                                             const DatasetPhrases& phrases,
                                             const PointingOptions& options);

/// Means over phrases.
struct PointingMeans {
  std::size_t phrases = 0;
  double peak = 0, mass = 0, area = 0, entropy = 0;
};

/// A model's maps of a data set's phrases, as a whole and by type.
struct PointingReport {
  PointingMeans all;
  /// Phrases with neither "scene" nor "bodyparts" in their type: things that can be pointed at.
  PointingMeans things;
  std::vector<std::pair<std::string, PointingMeans>> types;  ///< by name; two types count in both
  PointingMeans
      mean_of_types;  ///< each type with the same weight, "scene" and "bodyparts" left out
};
PointingReport report_on(const std::vector<PhrasePointing>& phrases);

/// Whether the phrase is none of "scene" and "bodyparts".
bool is_thing(const std::string& type);

nlohmann::ordered_json to_json(const PointingReport& report);

/// One panel per phrase: the photograph under the map of the head, the boxes, the peak and the
/// figures; of the phrases that are things `count`, evenly spread over what was measured.
Image draw_pointing(const Bundle& bundle, const Dataset& dataset, const DatasetPhrases& phrases,
                    const std::vector<PhrasePointing>& measured, MapKind map, std::size_t count,
                    const std::string& title);

/// Writes pointing.json and pointing.png into a folder, which is made when it is not there; each
/// file is written wholly or not at all.
/// @return the files written. @throws std::runtime_error naming what cannot be made or written.
std::vector<std::filesystem::path> write_pointing(const nlohmann::ordered_json& report,
                                                  const Image& figure,
                                                  const std::filesystem::path& directory);

/// To be called before the photographs are looked at: throws what write_pointing would about files
/// that are there already.
void require_pointing_folder(const std::filesystem::path& directory);

}  // namespace saccade
