#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "saccade/image/image.h"

namespace saccade::test {

using Bytes = std::vector<std::uint8_t>;

inline Bytes encode(const std::string& extension, const cv::Mat& pixels,
                    const std::vector<int>& parameters = {}) {
  Bytes bytes;
  EXPECT_TRUE(cv::imencode(extension, pixels, bytes, parameters));
  return bytes;
}

inline void append(Bytes& bytes, const std::string& text) {
  bytes.insert(bytes.end(), text.begin(), text.end());
}

inline std::string big_endian(std::uint32_t value, int count) {
  std::string text;
  for (int i = count - 1; i >= 0; --i) text += char(value >> (8 * i) & 0xFF);
  return text;
}

/// A big-endian TIFF structure that contains only the orientation.
inline std::string exif_block(int orientation) {
  return std::string("MM\0*", 4) + big_endian(8, 4) + big_endian(1, 2) + big_endian(274, 2) +
         big_endian(3, 2) + big_endian(1, 4) + big_endian(std::uint32_t(orientation), 2) +
         big_endian(0, 2) + big_endian(0, 4);
}

inline Bytes insert(Bytes bytes, std::size_t at, const std::string& text) {
  bytes.insert(bytes.begin() + std::ptrdiff_t(at), text.begin(), text.end());
  return bytes;
}

inline Bytes jpeg_with_orientation(const Bytes& jpeg, int orientation) {
  const std::string body = std::string("Exif\0\0", 6) + exif_block(orientation);
  return insert(jpeg, 2,
                std::string("\xFF\xE1") + big_endian(std::uint32_t(body.size() + 2), 2) + body);
}

/// The CRC at the end of a PNG chunk.
inline std::uint32_t png_checksum(const std::string& text) {
  std::uint32_t crc = 0xFFFFFFFFu;
  for (const char c : text) {
    crc ^= std::uint8_t(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
  }
  return ~crc;
}

inline std::string png_chunk(const std::string& type, const std::string& body) {
  return big_endian(std::uint32_t(body.size()), 4) + type + body +
         big_endian(png_checksum(type + body), 4);
}

inline constexpr std::size_t kPngAfterHeader = 33;  // signature and IHDR

inline Bytes png_with_orientation(const Bytes& png, int orientation) {
  return insert(png, kPngAfterHeader, png_chunk("eXIf", exif_block(orientation)));
}

/// The RGB values of one pixel.
inline std::vector<int> pixel(const Image& image, int x, int y) {
  const std::uint8_t* p = image.row(y) + 3 * x;
  return {p[0], p[1], p[2]};
}

inline Image plain_image(int width, int height, int red, int green, int blue) {
  Image image;
  image.width = width;
  image.height = height;
  for (int i = 0; i < width * height; ++i) {
    for (const int value : {red, green, blue}) image.rgb.push_back(std::uint8_t(value));
  }
  return image;
}

}  // namespace saccade::test
