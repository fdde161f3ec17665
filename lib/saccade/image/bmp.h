#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "saccade/io/byte_view.h"

namespace saccade {

/// The header of a BMP file of Windows (12, 40 or more bytes) or OS/2 (12, or 16 to 64 bytes), as
/// the documentation of BITMAPV5HEADER and of OS/2's BITMAPINFOHEADER2 defines it.
struct BmpHeader {
  /// How pixels are stored. `embedded`: as a JPEG or PNG file.
  enum class Storage { plain, masks, rle4, rle8, rle24, embedded };

  std::int64_t width = 0, height = 0;  ///< pixels; may be negative if damaged
  bool top_down = false;               ///< whether the top row comes first
  int bits = 0;                        ///< per pixel
  Storage storage = Storage::plain;
  std::size_t start = 0;  ///< offset of the pixels
  /// Offset, entries and bytes per entry of the palette; no entries with 16 bits or more.
  std::size_t palette = 0, colors = 0, entry_bytes = 4;
  /// Of red, green, blue and alpha in a pixel of 16 bits or more.
  std::array<std::uint32_t, 4> masks{};
  ByteView icc_profile;  ///< empty: sRGB
  /// Why the pixels cannot be read, such as "with 64 bits per pixel"; empty if they can.
  std::string unsupported;

  bool has_runs() const {
    return storage == Storage::rle4 || storage == Storage::rle8 || storage == Storage::rle24;
  }
  /// Bytes of a row of plain pixels or pixels with masks, without and with the padding after it.
  std::size_t used_bytes() const { return (std::size_t(width) * std::size_t(bits) + 7) / 8; }
  std::size_t row_bytes() const { return (used_bytes() + 3) / 4 * 4; }
};

BmpHeader read_bmp_header(ByteView bytes);

/// Whether all pixels are there. Always true for runs, whose end is found by decoding them.
bool is_complete(const BmpHeader& header, ByteView bytes);

/// The JPEG or PNG file inside a BMP file, and any other file itself.
ByteView embedded_file(ByteView bytes);

}  // namespace saccade
