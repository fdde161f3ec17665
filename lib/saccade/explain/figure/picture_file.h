#pragma once

#include <string>

#include "saccade/image/image.h"

namespace saccade {

/// The formats that pictures are written in.
enum class PictureFormat { png, jpeg, webp };

/// "png", "jpg", "webp": what the files' names end with.
const char* extension(PictureFormat format);

/// The picture as the bytes of a file. PNG keeps every pixel; JPEG and WebP are compressed with a
/// quality of `quality` of 100.
/// @throws std::invalid_argument for an empty picture or a quality outside 1…100,
/// std::runtime_error for a picture that the format cannot hold (JPEG: 65,535 pixels a side, WebP:
/// 16,383).
std::string encode_picture(const Image& image, PictureFormat format, int quality = 92);

}  // namespace saccade
