#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "saccade/data/dataset.h"
#include "saccade/text/vocabulary.h"

namespace saccade {

/// What a person wrote about a photograph, with one word replaced by a wrong one.
struct PlantedMistake {
  std::size_t image = 0;           ///< in the data set
  std::vector<std::string> words;  ///< the sentence, the wrong word in it
  std::size_t place = 0;           ///< of the wrong word
  std::string instead_of;          ///< what the person wrote there
  std::string kind;                ///< "person", "animal", "colour", …
};

/// For each image of the data set up to `per_image` of its captions with one noun or colour
/// replaced by another of the same kind that none of the image's captions mentions, neither by that
/// word nor by another that may mean it. Captions without such a word are passed over.
///
/// The kinds are a list of everyday words of our own. What judges mistakes must take its kinds from
/// elsewhere (WordKinds), or it would be told the answer.
std::vector<PlantedMistake> plant_mistakes(const Dataset& dataset, const Vocabulary& vocabulary,
                                           std::size_t per_image, std::uint64_t seed);

}  // namespace saccade
