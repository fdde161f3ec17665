#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "saccade/image/image.h"

namespace saccade {

/// Gathers a decoder's rows into an Image, reduced and turned upright on the way: nothing larger
/// than the result is kept.
class ImageBuilder {
 public:
  /// @param width, height   of the photograph as stored, before it is turned
  /// @param orientation     EXIF's, 1…8
  /// @param decoder_scale   the decoder's rows are 1/decoder_scale of the photograph, rounded up
  /// @param box             each pixel of the result is the mean of box × box of the decoder's
  ImageBuilder(int width, int height, int orientation, int decoder_scale = 1, int box = 1);

  int row_width() const { return row_width_; }  ///< pixels of a decoder's row
  int rows() const { return rows_; }            ///< that the decoder is to give
  int rows_added() const { return row_; }

  /// The next row from above; row_width × 3 bytes, RGB.
  void add_row(const std::uint8_t* rgb);

  /// The image. Rows that were never added are grey.
  Image finish();

 private:
  void add_to_sums(const std::uint8_t* rgb);
  void put_row(const std::uint8_t* rgb);

  const int orientation_, box_;
  const int row_width_, rows_;  // of the decoder
  const int width_, height_;    // of the result, before it is turned
  int row_ = 0;                 // of the decoder
  int put_ = 0;                 // of the result, before it is turned
  int summed_ = 0;              // rows in sums_
  std::vector<std::uint32_t> sums_;
  std::vector<std::uint8_t> mean_;
  Image image_;
};

}  // namespace saccade
