#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "saccade/data/dataset.h"
#include "saccade/text/vocabulary.h"

namespace saccade {

/// A human caption of an image with one word replaced by a wrong one.
struct PlantedMistake {
  std::size_t image = 0;           ///< index in the data set
  std::vector<std::string> words;  ///< the sentence with the wrong word
  std::size_t position = 0;        ///< position of the wrong word
  std::string instead_of;          ///< the original word
  std::string kind;                ///< "person", "animal", "colour", …
};

/// For each image, up to `per_image` of its captions with one noun or color replaced by another of
/// the same kind. The replacement, and words that may mean the same, occur in none of the image's
/// captions. Captions without a suitable word are skipped.
///
/// The kinds are a fixed list of everyday words. Code that detects the mistakes must take its kinds
/// from elsewhere (WordKinds), or it would know the answer.
/// @param seed  the same seed gives the same mistakes with every standard library.
std::vector<PlantedMistake> plant_mistakes(const Dataset& dataset, const Vocabulary& vocabulary,
                                           std::size_t per_image, std::uint64_t seed);

}  // namespace saccade
