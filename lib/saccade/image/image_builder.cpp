#include "saccade/image/image_builder.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace saccade {
namespace {

int divided(int value, int by) { return (value + by - 1) / by; }

}  // namespace

ImageBuilder::ImageBuilder(int width, int height, int orientation, int decoder_scale, int box)
    : orientation_(orientation),
      box_(box),
      row_width_(divided(width, decoder_scale)),
      rows_(divided(height, decoder_scale)),
      width_(divided(row_width_, box)),
      height_(divided(rows_, box)) {
  const bool on_its_side = orientation >= 5;
  image_.width = on_its_side ? height_ : width_;
  image_.height = on_its_side ? width_ : height_;
  image_.rgb.resize(std::size_t(image_.width) * std::size_t(image_.height) * 3, 128);
  if (box > 1) {
    sums_.resize(std::size_t(width_) * 3);
    mean_.resize(sums_.size());
  }
  const int scale = decoder_scale * box;
  if (scale > 1) {
    Image::Original original;
    original.width = on_its_side ? height : width;
    original.height = on_its_side ? width : height;
    original.scale = scale;
    // The last pixels may be means of incomplete boxes. If the image is mirrored, they come first.
    const bool from_right =
        orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
    const bool from_below =
        orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
    if (from_right) original.left = image_.width - double(original.width) / scale;
    if (from_below) original.top = image_.height - double(original.height) / scale;
    image_.original = original;
  }
}

void ImageBuilder::add_row(const std::uint8_t* rgb) {
  if (row_ == rows_) return;
  ++row_;
  if (box_ == 1) {
    put_row(rgb);
    return;
  }
  add_to_sums(rgb);
  if (summed_ < box_ && row_ < rows_) return;
  for (int x = 0; x < width_; ++x) {
    const std::uint32_t count = std::uint32_t(std::min(box_, row_width_ - x * box_) * summed_);
    for (int c = 0; c < 3; ++c) {
      mean_[std::size_t(x) * 3 + std::size_t(c)] =
          std::uint8_t((sums_[std::size_t(x) * 3 + std::size_t(c)] + count / 2) / count);
    }
  }
  put_row(mean_.data());
  std::fill(sums_.begin(), sums_.end(), 0u);
  summed_ = 0;
}

void ImageBuilder::add_to_sums(const std::uint8_t* rgb) {
  ++summed_;
  std::uint32_t* sum = sums_.data();
  for (int x = 0; x < row_width_; sum += 3) {
    for (const int end = std::min(x + box_, row_width_); x < end; ++x, rgb += 3) {
      sum[0] += rgb[0];
      sum[1] += rgb[1];
      sum[2] += rgb[2];
    }
  }
}

void ImageBuilder::put_row(const std::uint8_t* rgb) {
  const std::ptrdiff_t y = put_++;
  const std::ptrdiff_t pixel = 3, row = std::ptrdiff_t(image_.width) * 3;
  const std::ptrdiff_t right = image_.width - 1, bottom = image_.height - 1;
  // The start of the stored row in the upright image, and the step from pixel to pixel.
  std::ptrdiff_t start = 0, step = pixel;
  switch (orientation_) {
    case 2:
      start = y * row + right * pixel, step = -pixel;
      break;
    case 3:
      start = (bottom - y) * row + right * pixel, step = -pixel;
      break;
    case 4:
      start = (bottom - y) * row, step = pixel;
      break;
    case 5:
      start = y * pixel, step = row;
      break;
    case 6:
      start = (right - y) * pixel, step = row;
      break;
    case 7:
      start = bottom * row + (right - y) * pixel, step = -row;
      break;
    case 8:
      start = bottom * row + y * pixel, step = -row;
      break;
    default:
      start = y * row, step = pixel;
      break;
  }
  std::uint8_t* to = image_.rgb.data() + start;
  if (step == pixel) {
    std::memcpy(to, rgb, std::size_t(width_) * 3);
    return;
  }
  for (int x = 0; x < width_; ++x, to += step, rgb += 3) {
    to[0] = rgb[0], to[1] = rgb[1], to[2] = rgb[2];
  }
}

Image ImageBuilder::finish() { return std::move(image_); }

}  // namespace saccade
