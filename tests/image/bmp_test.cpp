// BMP files, written here byte by byte.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "saccade/image/image.h"

#include "image/image_files.h"
#include "image/vips_files.h"

namespace saccade::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::string_literals;

TEST(Bmp, HasThePaletteOfOs2) {
  const Bytes file = fixture("bmp-os2-palette-colour.bmp");
  const Image image = decode_image(file, "os2.bmp");
  ASSERT_EQ(image.width, 120);
  ASSERT_EQ(image.height, 80);
  const std::size_t pixels = file[10] | file[11] << 8;
  for (int y = 0; y < 80; ++y) {
    for (int x = 0; x < 120; ++x) {
      const std::size_t entry = 26 + 3u * file[pixels + std::size_t((79 - y) * 120 + x)];
      EXPECT_THAT(pixel(image, x, y), ElementsAre(file[entry + 2], file[entry + 1], file[entry]));
    }
  }
}

TEST(Bmp, OfOs2HasAnyDepth) {
  // Two pixels wide, three high, all with the color (10, 20, 30).
  for (const int bits : {1, 4, 8, 24}) {
    const int colors = bits <= 8 ? 1 << bits : 0;
    std::string file = "BM";
    const auto put = [&](int value, int count) {
      for (int i = 0; i < count; ++i) file += char(value >> (8 * i) & 0xFF);
    };
    put(26 + 3 * colors + 3 * 8, 4), put(0, 4), put(26 + 3 * colors, 4);
    put(12, 4), put(2, 2), put(3, 2), put(1, 2), put(bits, 2);
    for (int i = 0; i < colors; ++i)
      file += i == 1 ? std::string("\x1E\x14\x0A") : std::string(3, '\0');
    const std::string row = bits == 24  ? std::string("\x1E\x14\x0A\x1E\x14\x0A\0\0", 8)
                            : bits == 8 ? std::string("\x01\x01\0\0", 4)
                            : bits == 4 ? std::string("\x11\0\0\0", 4)
                                        : std::string("\xC0\0\0\0", 4);
    for (int y = 0; y < 3; ++y) file += row;
    const Image image = decode_image(Bytes(file.begin(), file.end()), "os2.bmp");
    ASSERT_EQ(image.width, 2) << bits;
    for (int y = 0; y < 3; ++y) EXPECT_THAT(pixel(image, 1, y), ElementsAre(10, 20, 30)) << bits;
  }
}

/// A bitmap of one column: pixels from top to bottom, with a header of `length` bytes.
Bytes masked_bitmap(std::uint32_t length, int bits, const std::vector<std::uint32_t>& masks,
                    const std::vector<std::uint32_t>& pixels, bool top_down) {
  Bytes file;
  const auto put = [&](std::uint32_t value, int count) {
    for (int i = 0; i < count; ++i) file.push_back(std::uint8_t(value >> (8 * i)));
  };
  const std::uint32_t start = 14 + std::max(length, 40 + 4 * std::uint32_t(masks.size()));
  const auto height = std::uint32_t(pixels.size());
  file = {'B', 'M'};
  put(start + 4 * height, 4), put(0, 4), put(start, 4);
  put(length, 4), put(1, 4), put(top_down ? 0 - height : height, 4), put(1, 2);
  put(std::uint32_t(bits), 2), put(masks.empty()                       ? 0
                                   : length == 40 && masks.size() == 4 ? 6
                                                                       : 3,
                                   4);
  put(0, 4), put(0, 4), put(0, 4), put(0, 4), put(0, 4);
  for (const std::uint32_t mask : masks) put(mask, 4);
  file.resize(start);
  for (std::uint32_t y = 0; y < height; ++y) put(pixels[top_down ? y : height - 1 - y], 4);
  return file;
}

TEST(Bmp, HasAnyMasks) {
  for (const bool top_down : {false, true}) {
    const auto read = [&](std::uint32_t length, int bits, const std::vector<std::uint32_t>& masks,
                          const std::vector<std::uint32_t>& pixels) {
      return decode_image(masked_bitmap(length, bits, masks, pixels, top_down), "masks.bmp");
    };
    const Image plain = read(40, 16, {}, {0x7C00, 0x03E0, 0x0011});
    EXPECT_THAT(pixel(plain, 0, 0), ElementsAre(255, 0, 0));
    EXPECT_THAT(pixel(plain, 0, 1), ElementsAre(0, 255, 0));
    EXPECT_THAT(pixel(plain, 0, 2), ElementsAre(0, 0, 140));  // 17 · 255 / 31
    const Image green = read(40, 16, {0xF800, 0x07E0, 0x001F}, {0xFFFF, 0x0420});
    EXPECT_THAT(pixel(green, 0, 0), ElementsAre(255, 255, 255));
    EXPECT_THAT(pixel(green, 0, 1), ElementsAre(0, 134, 0));  // 33 · 255 / 63
    const Image small = read(40, 16, {0x01, 0x06, 0x38}, {0x01, 0x02, 0x38});
    EXPECT_THAT(pixel(small, 0, 0), ElementsAre(255, 0, 0));
    EXPECT_THAT(pixel(small, 0, 1), ElementsAre(0, 85, 0));
    EXPECT_THAT(pixel(small, 0, 2), ElementsAre(0, 0, 255));
    for (const std::uint32_t length : {40u, 52u}) {
      const Image swapped =
          read(length, 32, {0xFF00, 0xFF0000, 0xFF000000}, {0x03020199, 0xFFFFFF00});
      EXPECT_THAT(pixel(swapped, 0, 0), ElementsAre(1, 2, 3)) << length;
    }
    // On white: transparent, and opaque.
    for (const std::uint32_t length : {40u, 108u, 124u}) {
      const Image alpha = read(length, 16, {0x0F00, 0x00F0, 0x000F, 0xF000}, {0x0F00, 0xFF00});
      EXPECT_THAT(pixel(alpha, 0, 0), ElementsAre(255, 255, 255)) << length;
      EXPECT_THAT(pixel(alpha, 0, 1), ElementsAre(255, 0, 0)) << length;
    }
    const Image deep = read(56, 32, {0x3FF00000, 0x000FFC00, 0x000003FF, 0}, {0x3FF00200});
    EXPECT_THAT(pixel(deep, 0, 0), ElementsAre(255, 0, 128));
  }
}

/// A bitmap with a palette of black, red, green and blue if it has up to 8 bits per pixel.
struct Bitmap {
  std::uint32_t header = 40;  // bytes of the information header
  int width = 4, height = 2, bits = 8;
  std::uint32_t compression = 0;
  std::string pixels;

  Bytes file() const {
    std::string palette;
    if (bits <= 8)
      palette =
          "\0\0\0\0"
          "\0\0\xFF\0"
          "\0\xFF\0\0"
          "\xFF\0\0\0"s;
    const auto start = std::uint32_t(14 + header + palette.size());
    std::string info = little(header, 4) + little(std::uint32_t(width), 4) +
                       little(std::uint32_t(height), 4) + little(1, 2) +
                       little(std::uint32_t(bits), 2) + little(compression, 4) +
                       std::string(12, '\0');
    if (bits <= 8) info += little(4, 4);
    info.resize(header, '\0');
    const std::string all = "BM" + little(start + std::uint32_t(pixels.size()), 4) + little(0, 4) +
                            little(start, 4) + info + palette + pixels;
    return Bytes(all.begin(), all.end());
  }

  static std::string little(std::uint32_t value, int count) {
    const std::string big = big_endian(value, count);
    return {big.rbegin(), big.rend()};
  }
};

/// The image as a letter per pixel: black is ".", white "W", other colors by their initials.
std::string letters(const Image& image) {
  std::string text;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const std::vector<int> rgb = pixel(image, x, y);
      text += rgb == std::vector{0, 0, 0}         ? '.'
              : rgb == std::vector{255, 255, 255} ? 'W'
              : rgb == std::vector{255, 0, 0}     ? 'R'
              : rgb == std::vector{0, 255, 0}     ? 'G'
              : rgb == std::vector{0, 0, 255}     ? 'B'
                                                  : '?';
    }
    text += '|';
  }
  return text;
}

std::string shown(const Bitmap& bitmap, const LoadOptions& options = {}) {
  return letters(decode_image(bitmap.file(), "photo.bmp", options));
}

std::string bmp_refusal(const Bitmap& bitmap) {
  try {
    return shown(bitmap);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

TEST(Bmp, MayHaveTwoBitsPerPixel) {
  for (const std::uint32_t header : {16u, 40u, 64u, 124u}) {
    const Bitmap bitmap{header, 5, 2, 2, 0, "\x1B\xC0\0\0\xE4\x40\0\0"s};
    EXPECT_EQ(shown(bitmap), "BGR.R|.RGBB|") << header;
  }
}

TEST(Bmp, MayHaveRuns) {
  // Two rows of four pixels: a run of three, a move over one pixel; then a run and two single ones.
  const Bitmap rle8{40,
                    4,
                    2,
                    8,
                    1,
                    "\x03\x01\0\0"
                    "\x01\x02"
                    "\0\x03\x03\x02\x01\0"
                    "\0\x01"s};
  EXPECT_EQ(shown(rle8), "GBGR|RRRW|");
  const Bitmap rle4{40,
                    4,
                    2,
                    4,
                    2,
                    "\x03\x12\0\0"
                    "\x01\x20"
                    "\0\x03\x32\x10"
                    "\0\x01"s};
  EXPECT_EQ(shown(rle4), "GBGR|RGRW|");
  const Bitmap rle24{64,
                     4,
                     2,
                     24,
                     4,
                     "\x03\0\0\xFF"
                     "\0\0"
                     "\x01\0\xFF\0"
                     "\0\x03\xFF\0\0\0\xFF\0\0\0\xFF\0"
                     "\0\x01"s};
  EXPECT_EQ(shown(rle24), "GBGR|RRRW|");
  const Bitmap moved{40,
                     4,
                     2,
                     8,
                     1,
                     "\x01\x01"
                     "\0\x02\x01\x01"
                     "\x02\x02"
                     "\0\x01"s};
  EXPECT_EQ(shown(moved), "WWGG|RWWW|");
}

TEST(Bmp, WithRunsIsRefusedIfTruncated) {
  Bitmap bitmap{40,
                4,
                2,
                8,
                1,
                "\x04\x01\0\0"
                "\x02\x02"s};
  EXPECT_THAT(bmp_refusal(bitmap), HasSubstr("is truncated: its BMP data end early"));
  LoadOptions options;
  options.allow_truncated = true;
  const Image part = decode_image(bitmap.file(), "photo.bmp", options);
  EXPECT_EQ(letters(part), "GGWW|RRRR|");
  EXPECT_THAT(part.warning, HasSubstr("is truncated"));
  // The end may be left out.
  bitmap.pixels =
      "\x04\x01\0\0"
      "\x04\x02"s;
  EXPECT_EQ(shown(bitmap), "GGGG|RRRR|");
  // Pixels beyond a row are ignored.
  bitmap.pixels =
      "\x05\x01\0\0"
      "\x04\x02\0\x01"s;
  const Image wide = decode_image(bitmap.file(), "photo.bmp");
  EXPECT_EQ(letters(wide), "GGGG|RRRR|");
  EXPECT_THAT(wide.warning, HasSubstr("a run of pixels exceeds its row"));
}

TEST(Bmp, ShowsIndicesBeyondThePaletteInBlack) {
  const Bitmap bitmap{40, 4, 1, 8, 0, "\x01\x04\xFF\x02"};
  EXPECT_EQ(shown(bitmap), "R..G|");
}

TEST(Bmp, MayHaveTheOffsetOfItsPaletteAndNoPadding) {
  const Bitmap bitmap{40, 3, 2, 8, 0, "\1\2\3\0\3\2\1"s};
  Bytes file = bitmap.file();
  file[10] = 54;
  EXPECT_EQ(letters(decode_image(file, "photo.bmp")), "BGR|RGB|");
  file.pop_back();
  EXPECT_THROW(decode_image(file, "photo.bmp"), std::runtime_error);
}

TEST(Bmp, MayContainAJpegOrPng) {
  const cv::Mat bgr(4, 6, CV_8UC3, cv::Scalar(0, 0, 255));
  for (const bool png : {false, true}) {
    const Bytes inside = encode(png ? ".png" : ".jpg", bgr);
    const Bitmap bitmap{40, 6, 4, 0, png ? 5u : 4u, std::string(inside.begin(), inside.end())};
    const Image image = decode_image(bitmap.file(), "photo.bmp");
    EXPECT_EQ(image.rgb, decode_image(inside, "inside").rgb);
  }
}

TEST(Bmp, IsConvertedFromItsProfile) {
  // Red and green are exchanged.
  const Bytes icc = rgb_profile({{0.3, 0.6, 1}, {0.64, 0.33, 1}, {0.15, 0.06, 1}}, 2.2);
  Bitmap bitmap{124, 1, 1, 24, 0, "\x40\x80\xFF\0"s};
  bitmap.pixels.append(icc.begin(), icc.end());
  Bytes file = bitmap.file();
  const std::string space = "DEBM",
                    place = Bitmap::little(128, 4) + Bitmap::little(std::uint32_t(icc.size()), 4);
  std::copy(space.begin(), space.end(), file.begin() + 70);
  std::copy(place.begin(), place.end(), file.begin() + 126);
  const std::vector<int> rgb = pixel(decode_image(file, "photo.bmp"), 0, 0);
  EXPECT_NEAR(rgb[0], 128, 3);
  EXPECT_NEAR(rgb[1], 255, 3);
  EXPECT_NEAR(rgb[2], 64, 3);
}

TEST(Bmp, OfAnUnsupportedKindIsNamed) {
  const std::string pixels(64, '\0');
  EXPECT_THAT(bmp_refusal({40, 1, 1, 64, 0, pixels}),
              HasSubstr("is a BMP image with 64 bits per pixel"));
  EXPECT_THAT(bmp_refusal({64, 8, 1, 1, 3, pixels}), HasSubstr("with Huffman compression"));
  EXPECT_THAT(bmp_refusal({40, 8, 1, 8, 11, pixels}), HasSubstr("with compression method 11"));
  EXPECT_THAT(bmp_refusal({40, 8, 1, 4, 1, pixels}), HasSubstr("with 4 bits per pixel"));
}

}  // namespace
}  // namespace saccade::test
