#pragma once

#include <cstdint>

#include "saccade/image/byte_view.h"

namespace saccade {

/// What the first directory of a TIFF file says; the EXIF block of the other formats is one as
/// well.
struct TiffDirectory {
  std::int64_t width = 0, height = 0;  ///< pixels; 0 when not stated, as in EXIF
  int orientation = 1;                 ///< 1…8 as TIFF numbers them; 1 is upright
  /// ExtraSamples: −1 not stated, 0 no alpha, 1 alpha by which the colours are multiplied, 2 plain
  /// alpha.
  int extra_samples = -1;
  bool complete = true;  ///< every strip or tile lies within the bytes
};

bool is_tiff(ByteView bytes);

/// Never throws: what cannot be read keeps its default.
TiffDirectory read_tiff_directory(ByteView bytes);

}  // namespace saccade
