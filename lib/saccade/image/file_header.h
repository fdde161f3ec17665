#pragma once

#include <cstdint>
#include <vector>

#include "saccade/io/byte_view.h"
#include "saccade/io/file_format.h"

namespace saccade {

/// What can be told about an image file without decoding it: enough to refuse what must not be
/// decoded (too large), and what the decoder passes over. What a decoder states itself keeps its
/// default: all of JPEG, and size and profile of TIFF, HEIC, AVIF, JPEG XL and JPEG 2000.
struct FileHeader {
  FileFormat format = FileFormat::unknown;
  std::int64_t width = 0, height = 0;     ///< as stored, before orientation; 0 when not stated
  int orientation = 1;                    ///< EXIF's, 1…8; of PNG, WebP and TIFF
  bool complete = true;                   ///< false: the data stop before the format's own end
  std::vector<std::uint8_t> icc_profile;  ///< of PNG and WebP; empty: sRGB
  bool animated = false;                  ///< WebP of several frames
  int extra_samples =
      -1;  ///< TIFF's ExtraSamples: −1 not stated, 0 no alpha, 1 associated, 2 plain
};

/// Whether read_file_header tells the size of images of this format.
bool states_size(FileFormat format);

/// Walks the file's own structure. Bytes after the image's end are allowed. Never throws.
FileHeader read_file_header(ByteView bytes);

}  // namespace saccade
