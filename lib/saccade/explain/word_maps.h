#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "saccade/caption.h"
#include "saccade/captioner.h"
#include "saccade/image/image.h"

namespace saccade {

/// What a word's map shows. All but the first ask what the word's log p hangs on (saliency.h).
enum class MapKind {
  alpha,                 ///< where the decoder looked
  gradient,              ///< ‖∂ log p / ∂a_i‖ of each cell's annotation
  gradient_input,        ///< a_i · ∂ log p / ∂a_i where it speaks for the word, else 0
  pixel_gradient,        ///< Σ |∂ log p / ∂x| over the pixels of each cell
  pixel_gradient_input,  ///< Σ x · ∂ log p / ∂x over them where it speaks for the word, else 0
  occlusion              ///< the fall of log p when 3×3 cells are hidden, where it falls, else 0
};

/// "alpha", "gradient", "gradient-input", "pixel-gradient", "pixel-gradient-input", "occlusion".
const char* to_string(MapKind kind);
/// @throws std::invalid_argument for a name that is none of map_kind_names().
MapKind map_kind_from_string(const std::string& name);
std::vector<std::string> map_kind_names();

/// Every word's map under one light, over the cells of the caption's grid: values ≥ 0 that sum to 1
/// as α does, so that all are drawn alike. A map that is 0 everywhere becomes even.
/// @param caption  of this photograph by this model; the maps of `alpha` are its own.
/// @return T maps of L values.
/// @throws std::invalid_argument for a caption without words.
std::vector<std::vector<float>> word_maps(const Captioner& captioner, const Image& image,
                                          const Caption& caption, MapKind kind);

/// Spearman's rank correlation of two maps, −1…1, equal values sharing their mean rank; 0 where one
/// of them is even.
/// @throws std::invalid_argument for maps of different sizes or none.
double rank_correlation(const std::vector<float>& a, const std::vector<float>& b);

}  // namespace saccade
