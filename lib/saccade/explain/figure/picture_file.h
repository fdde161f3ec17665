#pragma once

#include <string>

#include "saccade/image/image.h"

namespace saccade {

/// The file formats of figures and overlays.
enum class PictureFormat { png, jpeg, webp };

/// The file name extension: "png", "jpg", "webp".
const char* extension(PictureFormat format);

/// Encodes an image as the bytes of a file. PNG is lossless.
/// @param quality  of JPEG and WebP, 1…100.
/// @throws std::invalid_argument for an empty image or a quality outside 1…100; std::runtime_error
///         for an image too large for the format (JPEG: 65,535 pixels a side, WebP: 16,383).
std::string encode_picture(const Image& image, PictureFormat format, int quality = 92);

}  // namespace saccade
