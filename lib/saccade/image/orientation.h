#pragma once

#include <string_view>

#include "saccade/io/byte_view.h"

namespace saccade {

/// The EXIF orientation, 1…8. 1 is upright; missing and invalid values are treated as 1.
/// @param exif  a TIFF structure, with or without "Exif\0\0" before it.
int exif_orientation(ByteView exif);

/// The same from a raw profile, which ImageMagick writes into PNG: a line with the profile's name,
/// a line with its length, then hexadecimal digits. 0 if there is none.
int raw_profile_orientation(std::string_view text);

/// The same from an XMP packet: tiff:Orientation as an attribute or an element. 0 if there is none.
int xmp_orientation(std::string_view xmp);

}  // namespace saccade
