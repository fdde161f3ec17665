#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <opencv2/core/mat.hpp>

namespace saccade {

/// Decodes a JPEG file, CV_8UC1 for grey and CV_8UC3 in the order BGR for all others, as
/// cv::imdecode does, but says what libjpeg thinks of it instead of printing that.
/// @param damage  is set to what is wrong inside, where libjpeg could go on after it; else left.
/// @throws std::runtime_error with libjpeg's reason when it could not.
cv::Mat decode_jpeg(const std::vector<std::uint8_t>& bytes, std::string& damage);

}  // namespace saccade
