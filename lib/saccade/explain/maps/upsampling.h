#pragma once

#include <string>

namespace saccade {

/// How a map of cells becomes a map of pixels.
enum class Upsampling {
  gaussian,  ///< as in the paper: bilinear by the encoder's stride, then smoothed by a Gaussian
  bilinear,  ///< between the centres of the cells
  nearest    ///< every pixel has its cell's value: the cells are to be seen
};

const char* to_string(Upsampling upsampling);
/// @throws std::invalid_argument for a name that is none of gaussian, bilinear, nearest.
Upsampling upsampling_from_string(const std::string& name);

}  // namespace saccade
