#pragma once

#include <cstdint>

#include "saccade/image/byte_view.h"

namespace saccade {

enum class FileFormat { jpeg, png, webp, tiff, bmp, netpbm, unknown };

const char* to_string(FileFormat format);

/// What can be told about an image file without decoding it: enough to refuse what must not be
/// decoded (too large) and what a decoder would silently complete with grey (cut off).
struct FileHeader {
  FileFormat format = FileFormat::unknown;
  std::int64_t width = 0, height = 0;  ///< as stored, before orientation; 0 when not stated
  int orientation = 1;                 ///< EXIF's, 1…8
  bool complete = true;                ///< false: the data stop before the format's own end
  int extra_samples = -1;              ///< TIFF's, see tiff_directory.h
};

/// Walks the file's own structure. Bytes after the image's end are allowed. Never throws.
FileHeader read_file_header(ByteView bytes);

}  // namespace saccade
