#pragma once

#include <cstdint>
#include <optional>

#include "saccade/io/byte_view.h"

namespace saccade {

/// Numbers of tags that the reader of images asks for.
enum class TiffTag : std::uint64_t {
  orientation = 274,
  rows_per_strip = 278,
  tile_length = 323,
  extra_samples = 338,
  dng_version = 50706,
};

/// Whether the bytes begin as TIFF does, classic or BigTIFF, in either byte order. An EXIF block is
/// a TIFF structure as well.
bool is_tiff(ByteView bytes);

/// The first value of a tag in the first directory. Never throws.
/// @return nothing when the tag is absent or the bytes are no TIFF structure.
std::optional<std::uint64_t> read_tiff_tag(ByteView bytes, TiffTag tag);

}  // namespace saccade
