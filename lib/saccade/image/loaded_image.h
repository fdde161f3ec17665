#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "saccade/image/image.h"

namespace saccade {

/// A photograph, and what its user should know of it.
struct LoadedImage {
  Image image;
  /// Empty, or a sentence that names the file: it is a JPEG that is damaged inside and was decoded
  /// as far as libjpeg could.
  std::string warning;
};

/// As load_image. @throws as load_image does.
LoadedImage load_image_with_warning(const std::filesystem::path& path);
/// As decode_image. @throws as decode_image does.
LoadedImage decode_image_with_warning(const std::vector<std::uint8_t>& bytes,
                                      const std::string& name);

}  // namespace saccade
