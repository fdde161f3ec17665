#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

namespace saccade {

/// How a data set without a dev split gets one: images are held out by a hash of their name and the
/// seed, so that an image stays where it is when others are added, removed or reordered.
struct Holdout {
  double share = 0.1;      ///< expected share of the images that is held out, 0…0.9; 0: none
  std::uint64_t seed = 1;  ///< chooses which
};

/// A number in [0, 1) that depends only on the image's name and the seed, evenly distributed over
/// names. Images below the share are held out. Of an absolute path, only the file name counts.
double holdout_position(const std::string& image, std::uint64_t seed);

/// {"share": 0.1, "seed": 1}, the entry "holdout" in the provenance of a model.
nlohmann::json to_json(const Holdout& holdout);

/// The holdout of the data that a model was trained on: the entry "holdout" of its provenance or,
/// of an average of models, that of the first; nothing if there is none. Never throws.
std::optional<Holdout> recorded_holdout(const nlohmann::json& provenance);

}  // namespace saccade
