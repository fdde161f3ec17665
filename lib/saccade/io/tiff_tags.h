#pragma once

#include <cstdint>
#include <optional>

#include "saccade/io/byte_view.h"

namespace saccade {

/// The TIFF tags that the image reader needs.
enum class TiffTag : std::uint64_t {
  new_subfile_type = 254,
  bits_per_sample = 258,
  compression = 259,
  orientation = 274,
  rows_per_strip = 278,
  planar_configuration = 284,
  tile_length = 323,
  sub_directories = 330,
  extra_samples = 338,
  dng_version = 50706,
};

/// Whether the bytes start with a TIFF signature, classic or BigTIFF, in either byte order. An EXIF
/// block is a TIFF structure as well.
bool is_tiff(ByteView bytes);

/// The first value of a tag in the first directory. Never throws.
/// @return std::nullopt if the tag is missing or the bytes are not a TIFF structure.
std::optional<std::uint64_t> read_tiff_tag(ByteView bytes, TiffTag tag);

}  // namespace saccade
