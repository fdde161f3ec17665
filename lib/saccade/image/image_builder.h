#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "saccade/image/image.h"

namespace saccade {

/// Assembles an Image from a decoder's rows and reduces and orients it on the fly, so that nothing
/// larger than the result is in memory.
class ImageBuilder {
 public:
  /// @param width, height   of the image as stored, before orientation
  /// @param orientation     EXIF orientation, 1…8
  /// @param decoder_scale   the decoder's output has 1/decoder_scale of the image size, rounded up
  /// @param box             each pixel of the result is the mean of box × box decoded pixels
  ImageBuilder(int width, int height, int orientation, int decoder_scale = 1, int box = 1);

  int row_width() const { return row_width_; }  ///< pixels per decoded row
  int rows() const { return rows_; }            ///< number of decoded rows
  int rows_added() const { return row_; }

  /// Adds the next row, from top to bottom; row_width × 3 bytes, RGB.
  void add_row(const std::uint8_t* rgb);

  /// Returns the image. Rows that were not added are gray.
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
