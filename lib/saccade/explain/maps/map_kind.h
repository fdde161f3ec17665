#pragma once

#include <string>
#include <vector>

namespace saccade {

/// What a word's map shows. All but the first and the last ask what the word's log p hangs on
/// (saliency.h).
enum class MapKind {
  alpha,                 ///< where the decoder looked
  gradient,              ///< ‖∂ log p / ∂a_i‖ of each cell's annotation
  gradient_input,        ///< a_i · ∂ log p / ∂a_i where it speaks for the word, else 0
  pixel_gradient,        ///< Σ |∂ log p / ∂x| over the pixels of each cell
  pixel_gradient_input,  ///< Σ x · ∂ log p / ∂x over them where it speaks for the word, else 0
  occlusion,             ///< the fall of log p when 3×3 cells are hidden, where it falls, else 0
  posterior              ///< where the decoder looked once the word is known (posterior.h)
};

/// "alpha", "gradient", "gradient-input", "pixel-gradient", "pixel-gradient-input", "occlusion",
/// "posterior".
const char* to_string(MapKind kind);
/// @throws std::invalid_argument for a name that is none of map_kind_names().
MapKind map_kind_from_string(const std::string& name);
std::vector<std::string> map_kind_names();

}  // namespace saccade
