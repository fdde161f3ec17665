#pragma once

#include <string>
#include <vector>

namespace saccade {

/// What a word's map shows. `alpha` and `posterior` are attention; the others measure how the
/// word's log p depends on the image (saliency.h).
enum class MapKind {
  alpha,                 ///< the attention α itself
  gradient,              ///< ‖∂ log p / ∂a_i‖ for the annotation of each cell
  gradient_input,        ///< max(0, a_i · ∂ log p / ∂a_i)
  pixel_gradient,        ///< Σ |∂ log p / ∂x| over the pixels x of each cell
  pixel_gradient_input,  ///< max(0, Σ x · ∂ log p / ∂x) over the pixels x of each cell
  occlusion,             ///< the drop of log p when 3×3 cells are hidden, at least 0
  posterior              ///< attention given the word (posterior.h)
};

/// "alpha", "gradient", "gradient-input", "pixel-gradient", "pixel-gradient-input", "occlusion",
/// "posterior".
const char* to_string(MapKind kind);
/// @throws std::invalid_argument for a name not in map_kind_names().
MapKind map_kind_from_string(const std::string& name);
std::vector<std::string> map_kind_names();

}  // namespace saccade
