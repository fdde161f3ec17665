#pragma once

#include <cstddef>
#include <cstdint>

#include "saccade/io/byte_view.h"

namespace saccade {

/// The header of a PNM (P1…P6), PAM (P7) or PFM (PF, Pf) file, as netpbm.sourceforge.net/doc
/// defines them.
struct NetpbmHeader {
  char kind = '\0';                    ///< the character after the P; '\0': the header is invalid
  std::int64_t width = 0, height = 0;  ///< pixels, < 10⁹
  int channels = 1;                    ///< samples per pixel
  bool cmyk = false;                   ///< of PAM: the samples are cyan, magenta, yellow, black
  int max = 1;                         ///< value of white, 1…65535
  bool little_endian = false;          ///< of PFM
  std::size_t start = 0;               ///< offset of the samples

  bool is_text() const { return kind >= '1' && kind <= '3'; }
  bool is_bitmap() const { return kind == '1' || kind == '4'; }  ///< 1 is black
  bool is_float() const { return kind == 'F' || kind == 'f'; }   ///< rows from bottom to top
  std::int64_t row_bytes() const;                                ///< not for text
};

NetpbmHeader read_netpbm_header(ByteView bytes);

/// Whether all samples are there.
bool is_complete(const NetpbmHeader& header, ByteView bytes);

}  // namespace saccade
