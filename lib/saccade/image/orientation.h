#pragma once

#include <string_view>

#include "saccade/io/byte_view.h"

namespace saccade {

/// EXIF's orientation, 1…8; 1 is upright, and what is absent or impossible counts as 1.
/// @param exif  a TIFF structure, with or without "Exif\0\0" before it.
int exif_orientation(ByteView exif);

/// The same from the text that ImageMagick writes into PNG: a line with the profile's name, one
/// with its length, then hexadecimal digits. 0 when it states none.
int raw_profile_orientation(std::string_view text);

/// The same from an XMP packet: tiff:Orientation as an attribute or an element. 0 when it states
/// none.
int xmp_orientation(std::string_view xmp);

}  // namespace saccade
