#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "saccade/batch/xmp_description.h"
#include "saccade/io/file_format.h"

namespace saccade {

// Descriptions in the metadata of image files, read and written by Exiv2. Exiv2 is under the GPL:
// without the CMake option SACCADE_WITH_EXIV2 all but has_writable_metadata throw std::logic_error.

/// Whether the metadata of such an image can be written: JPEG, PNG, WebP, TIFF and JPEG 2000.
bool has_writable_metadata(FileFormat format);

/// What an image's metadata say of it: XMP dc:description, else IPTC Caption-Abstract, else EXIF
/// ImageDescription. It is Saccade's if none of them says anything else.
/// @throws std::invalid_argument saying why the metadata cannot be read.
std::optional<ImageDescription> embedded_description(const std::filesystem::path& image);

/// Checks that embed_description may replace the file.
/// @throws std::invalid_argument saying why not: it is of another format, read-only, no regular
///         file, or has several names (hard links), of which only one would get the description.
void require_embeddable(const std::filesystem::path& image);

/// Writes a description into an image as XMP dc:description (with the property by which Saccade
/// knows its own, see xmp_description.h), IPTC Caption-Abstract and EXIF ImageDescription, as far
/// as its format has them. IPTC is left out if its other texts are in an old character set that the
/// description cannot be written in. Pixels and other metadata stay as they are. The file is
/// replaced when the new one is on the disk; it keeps its mode and owner. If the path is a symbolic
/// link, its target is replaced.
/// @throws std::invalid_argument as require_embeddable, or if the file changes meanwhile;
///         std::runtime_error if it cannot be written. The file is then unchanged.
void embed_description(const std::filesystem::path& image, const std::string& description);

}  // namespace saccade
