#pragma once

#include <string>

namespace saccade {

/// How a map of cells is upsampled to a map of pixels.
enum class Upsampling {
  gaussian,  ///< as in the paper: bilinear by the encoder's stride, then a Gaussian filter
  bilinear,  ///< interpolated between the centers of the cells
  nearest    ///< every pixel has the value of its cell, so the cells are visible
};

const char* to_string(Upsampling upsampling);
/// @throws std::invalid_argument for a name other than gaussian, bilinear, nearest.
Upsampling upsampling_from_string(const std::string& name);

}  // namespace saccade
