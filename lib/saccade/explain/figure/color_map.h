#pragma once

#include <array>
#include <string>
#include <vector>

#include "saccade/image/image.h"

namespace saccade {

/// Color maps from dark (0) to light (1) that are perceptually uniform: equal steps of the value
/// look like equal steps of color.
enum class ColorMap { viridis, inferno, magma, plasma, cividis, grey };

const char* to_string(ColorMap map);
/// @throws std::invalid_argument for a name not in color_map_names().
ColorMap color_map_from_string(const std::string& name);
std::vector<std::string> color_map_names();

/// The colors of the values i / 255.
const std::array<Color, 256>& color_table(ColorMap map);

/// The color of a value, which is clamped to 0…1.
Color color_of(ColorMap map, double value);

}  // namespace saccade
