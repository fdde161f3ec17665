// GIF files, written here byte by byte.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "saccade/image/image.h"

#include "image/image_files.h"

namespace saccade::test {
namespace {

struct GifFrame {
  int left, top, width, height;
  int color;  // 0 red, 1 green, 2 blue, 3 white
  int disposal = 0;
};

std::string little16(int value) { return {char(value & 0xFF), char(value >> 8)}; }

/// The codes of pixels of one color, each of three bits, with a clear code before every pixel.
std::string codes_of(int pixels, int color) {
  constexpr int kClear = 4, kEnd = 5;
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  const auto put = [&](int code) {
    bits |= unsigned(code) << count;
    for (count += 3; count >= 8; count -= 8, bits >>= 8) bytes += char(bits & 0xFF);
  };
  for (int i = 0; i < pixels; ++i) put(kClear), put(color);
  put(kEnd);
  return bytes + char(bits);
}

Bytes gif(int width, int height, const std::vector<GifFrame>& frames) {
  std::string file = "GIF89a" + little16(width) + little16(height) + std::string("\x81\2\0", 3) +
                     std::string("\xFF\0\0\0\xFF\0\0\0\xFF\xFF\xFF\xFF", 12);
  for (const GifFrame& frame : frames) {
    file += std::string("\x21\xF9\4", 3) + char(frame.disposal << 2) + little16(10) +
            std::string(2, '\0');
    file += "," + little16(frame.left) + little16(frame.top) + little16(frame.width) +
            little16(frame.height) + std::string("\0\2", 2);
    const std::string codes = codes_of(frame.width * frame.height, frame.color);
    for (std::size_t at = 0; at < codes.size(); at += 255) {
      const std::string block = codes.substr(at, 255);
      file += char(block.size()) + block;
    }
    file += '\0';
  }
  file += ';';
  return Bytes(file.begin(), file.end());
}

/// The image as a letter per pixel.
std::string shown_gif(const Bytes& bytes, int frame = 1) {
  LoadOptions options;
  options.frame = frame;
  const Image image = decode_image(bytes, "photo.gif", options);
  std::string text;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const std::vector<int> rgb = pixel(image, x, y);
      text += rgb == std::vector{255, 0, 0}       ? 'R'
              : rgb == std::vector{0, 255, 0}     ? 'G'
              : rgb == std::vector{0, 0, 255}     ? 'B'
              : rgb == std::vector{255, 255, 255} ? 'W'
                                                  : '?';
    }
    text += '|';
  }
  return text;
}

TEST(Gif, IsWhiteWhereNoFrameDraws) {
  const Bytes file = gif(4, 3, {{1, 1, 2, 1, 0}, {2, 0, 1, 2, 1}, {0, 2, 1, 1, 2}});
  EXPECT_EQ(shown_gif(file), "WWWW|WRRW|WWWW|");
  EXPECT_EQ(shown_gif(file, 2), "WWGW|WRGW|WWWW|");
  EXPECT_EQ(shown_gif(file, 3), "WWGW|WRGW|BWWW|");
}

TEST(Gif, IsWhiteWhereFramesAreRemoved) {
  constexpr int kToBackground = 2, kToPrevious = 3;
  const Bytes file =
      gif(3, 1, {{0, 0, 1, 1, 0, kToBackground}, {1, 0, 1, 1, 1, kToPrevious}, {2, 0, 1, 1, 2}});
  EXPECT_EQ(shown_gif(file), "RWW|");
  EXPECT_EQ(shown_gif(file, 2), "WGW|");
  EXPECT_EQ(shown_gif(file, 3), "WWB|");
}

TEST(Gif, HasTheSizeOfItsFirstFrameIfTheScreenIsSmaller) {
  EXPECT_EQ(shown_gif(gif(0, 0, {{0, 0, 2, 2, 1}})), "GG|GG|");
  EXPECT_EQ(shown_gif(gif(1, 2, {{1, 0, 2, 1, 1}})), "WGG|WWW|");
  EXPECT_THROW(shown_gif(gif(0, 0, {})), std::runtime_error);
}

}  // namespace
}  // namespace saccade::test
