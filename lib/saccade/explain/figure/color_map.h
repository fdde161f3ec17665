#pragma once

#include <array>
#include <string>
#include <vector>

#include "saccade/image/color.h"

namespace saccade {

/// Perceptually even maps from dark (0) to light (1): equal steps of value look like equal steps.
enum class ColorMap { viridis, inferno, magma, plasma, cividis, grey };

const char* to_string(ColorMap map);
/// @throws std::invalid_argument for a name that is none of color_map_names().
ColorMap color_map_from_string(const std::string& name);
std::vector<std::string> color_map_names();

/// The map's colours of the values i / 255.
const std::array<Color, 256>& color_table(ColorMap map);

/// The colour of a value, which is clamped to 0…1.
Color color_of(ColorMap map, double value);

}  // namespace saccade
