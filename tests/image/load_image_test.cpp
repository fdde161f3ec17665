#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/core.hpp>

#include "saccade/image/decode_memory.h"
#include "saccade/image/image.h"

#include "image/image_files.h"
#include "temporary_folder.h"

namespace saccade::test {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

// Left half RGB 200, 100, 50; right half 10, 20, 30.
cv::Mat two_colors() {
  cv::Mat bgr(16, 32, CV_8UC3, cv::Scalar(50, 100, 200));
  bgr.colRange(16, 32).setTo(cv::Scalar(30, 20, 10));
  return bgr;
}

TEST(LoadImage, ReadsTheSamePixelsFromAllLosslessFormats) {
  TemporaryFolder folder;
  for (const std::string extension : {".png", ".bmp", ".tiff", ".webp", ".ppm"}) {
    std::vector<int> parameters;
    if (extension == ".webp") parameters = {cv::IMWRITE_WEBP_QUALITY, 101};  // lossless
    const Bytes bytes = encode(extension, two_colors(), parameters);
    write_file(folder / ("photo" + extension), std::string(bytes.begin(), bytes.end()));
    const Image image = load_image(folder / ("photo" + extension));
    EXPECT_EQ(image.width, 32) << extension;
    EXPECT_EQ(image.height, 16) << extension;
    EXPECT_EQ(image.rgb.size(), 32u * 16u * 3u) << extension;
    EXPECT_THAT(pixel(image, 0, 0), ElementsAre(200, 100, 50)) << extension;
    EXPECT_THAT(pixel(image, 15, 15), ElementsAre(200, 100, 50)) << extension;
    EXPECT_THAT(pixel(image, 16, 0), ElementsAre(10, 20, 30)) << extension;
  }
}

TEST(LoadImage, ReadsBaselineAndProgressiveJpeg) {
  for (const int progressive : {0, 1}) {
    const Image image = decode_image(
        encode(".jpg", two_colors(),
               {cv::IMWRITE_JPEG_QUALITY, 98, cv::IMWRITE_JPEG_PROGRESSIVE, progressive}),
        "photo.jpg");
    for (int c = 0; c < 3; ++c) {
      EXPECT_NEAR(pixel(image, 4, 4)[std::size_t(c)],
                  (std::vector<int>{200, 100, 50})[std::size_t(c)], 4);
      EXPECT_NEAR(pixel(image, 28, 8)[std::size_t(c)],
                  (std::vector<int>{10, 20, 30})[std::size_t(c)], 4);
    }
  }
}

TEST(LoadImage, ConvertsGrayToThreeChannels) {
  const cv::Mat grey(4, 4, CV_8UC1, cv::Scalar(77));
  for (const char* extension : {".png", ".bmp", ".tiff", ".pgm", ".jpg"}) {
    EXPECT_THAT(decode_image(encode(extension, grey), extension).rgb, Each(77)) << extension;
  }
}

TEST(LoadImage, CompositesTransparencyOnWhite) {
  cv::Mat bgra(1, 3, CV_8UC4);
  bgra.at<cv::Vec4b>(0, 0) = {0, 0, 255, 255};
  bgra.at<cv::Vec4b>(0, 1) = {0, 0, 255, 0};
  bgra.at<cv::Vec4b>(0, 2) = {0, 100, 200, 51};  // opacity 1/5
  const Image image = decode_image(encode(".png", bgra), "transparent.png");
  EXPECT_THAT(pixel(image, 0, 0), ElementsAre(255, 0, 0));
  EXPECT_THAT(pixel(image, 1, 0), ElementsAre(255, 255, 255));
  EXPECT_THAT(pixel(image, 2, 0), ElementsAre(200 / 5 + 204, 100 / 5 + 204, 204));
}

TEST(LoadImage, CompositesTransparentTiffAndWebpOnWhite) {
  const cv::Mat bgra(8, 8, CV_8UC4, cv::Scalar(0, 100, 200, 128));
  for (const char* extension : {".tiff", ".webp"}) {
    std::vector<int> parameters;
    if (std::string(extension) == ".webp") parameters = {cv::IMWRITE_WEBP_QUALITY, 101};
    const auto rgb = pixel(decode_image(encode(extension, bgra, parameters), extension), 3, 3);
    EXPECT_NEAR(rgb[0], 227, 1) << extension;
    EXPECT_NEAR(rgb[1], 177, 1) << extension;
    EXPECT_NEAR(rgb[2], 127, 1) << extension;
  }
}

TEST(LoadImage, InterpretsTiffAlphaByExtraSamples) {
  // One pixel (100, 50, 20) with a fourth sample of 128, little-endian, sample sizes at offset 146.
  const auto tiff = [](int extra_samples) {
    const std::vector<std::vector<int>> entries = {{256, 3, 1, 1},
                                                   {257, 3, 1, 1},
                                                   {258, 3, 4, 146},
                                                   {259, 3, 1, 1},
                                                   {262, 3, 1, 2},
                                                   {273, 4, 1, 154},
                                                   {277, 3, 1, 4},
                                                   {278, 3, 1, 1},
                                                   {279, 4, 1, 4},
                                                   {284, 3, 1, 1},
                                                   {338, 3, 1, extra_samples}};
    const auto number = [](int value, int count) {
      std::string text = big_endian(std::uint32_t(value), count);
      return std::string(text.rbegin(), text.rend());
    };
    std::string file = std::string("II*\0", 4) + number(8, 4) + number(int(entries.size()), 2);
    for (const auto& entry : entries) {
      file += number(entry[0], 2) + number(entry[1], 2) + number(entry[2], 4) + number(entry[3], 4);
    }
    file += number(0, 4);
    for (int i = 0; i < 4; ++i) file += number(8, 2);
    file += "\x64\x32\x14\x80";
    return Bytes(file.begin(), file.end());
  };
  EXPECT_THAT(pixel(decode_image(tiff(0), "opaque.tiff"), 0, 0), ElementsAre(100, 50, 20));
  EXPECT_THAT(pixel(decode_image(tiff(1), "multiplied.tiff"), 0, 0), ElementsAre(227, 177, 147));
  EXPECT_THAT(pixel(decode_image(tiff(2), "plain.tiff"), 0, 0), ElementsAre(177, 152, 137));
}

TEST(LoadImage, CompositesTransparentGrayOnWhite) {
  // OpenCV cannot write grayscale with alpha, so this file is built by hand: two pixels in a stored
  // deflate block.
  const std::string scanline = std::string("\0", 1) + "\x64\xFF" + "\x64" + std::string("\0", 1);
  std::uint32_t a = 1, b = 0;  // Adler-32
  for (const char c : scanline) {
    a = (a + std::uint8_t(c)) % 65521;
    b = (b + a) % 65521;
  }
  const std::string stream = std::string("\x78\x01\x01", 3) + std::string("\x05\x00\xFA\xFF", 4) +
                             scanline + big_endian(b << 16 | a, 4);
  const std::string header = big_endian(2, 4) + big_endian(1, 4) + std::string("\x08\x04\0\0\0", 5);
  Bytes bytes;
  append(bytes, "\x89PNG\r\n\x1A\n" + png_chunk("IHDR", header) + png_chunk("IDAT", stream) +
                    png_chunk("IEND", ""));
  const Image image = decode_image(bytes, "grey_alpha.png");
  EXPECT_THAT(pixel(image, 0, 0), ElementsAre(100, 100, 100));
  EXPECT_THAT(pixel(image, 1, 0), ElementsAre(255, 255, 255));
}

TEST(LoadImage, ReadsPaletteImages) {
  const std::string scanlines = std::string("\0\x1B", 2);  // four pixels of 2 bits: 0 1 2 3
  std::uint32_t a = 1, b = 0;
  for (const char c : scanlines) {
    a += std::uint8_t(c);
    b += a;
  }
  const std::string stream = std::string("\x78\x01\x01", 3) + std::string("\x02\x00\xFD\xFF", 4) +
                             scanlines + big_endian(b << 16 | a, 4);
  const std::string header = big_endian(4, 4) + big_endian(1, 4) + std::string("\x02\x03\0\0\0", 5);
  const std::string palette("\xFF\0\0\0\xFF\0\0\0\xFF\x0A\x14\x1E", 12);
  const std::string opacity("\xFF\0", 2);  // the second color is transparent
  Bytes bytes;
  append(bytes, "\x89PNG\r\n\x1A\n" + png_chunk("IHDR", header) + png_chunk("PLTE", palette) +
                    png_chunk("tRNS", opacity) + png_chunk("IDAT", stream) + png_chunk("IEND", ""));
  const Image image = decode_image(bytes, "palette.png");
  EXPECT_THAT(pixel(image, 0, 0), ElementsAre(255, 0, 0));
  EXPECT_THAT(pixel(image, 1, 0), ElementsAre(255, 255, 255));
  EXPECT_THAT(pixel(image, 2, 0), ElementsAre(0, 0, 255));
  EXPECT_THAT(pixel(image, 3, 0), ElementsAre(10, 20, 30));
}

TEST(LoadImage, RoundsSixteenBitsToEight) {
  cv::Mat grey(1, 5, CV_16UC1);
  const int values[] = {0, 128, 129, 257 * 100 + 128, 65535};
  for (int i = 0; i < 5; ++i) grey.at<std::uint16_t>(0, i) = std::uint16_t(values[i]);
  for (const char* extension : {".png", ".tiff"}) {
    const Image image = decode_image(encode(extension, grey), extension);
    for (int i = 0; i < 5; ++i) {
      EXPECT_EQ(pixel(image, i, 0)[0], int(std::lround(values[i] / 257.0)))
          << extension << " " << i;
    }
  }
}

TEST(LoadImage, CompositesSixteenBitTransparencyOnWhite) {
  cv::Mat bgra(1, 1, CV_16UC4, cv::Scalar(0, 257 * 100, 257 * 200, 65535.0 / 5));
  const Image image = decode_image(encode(".png", bgra), "deep.png");
  EXPECT_THAT(pixel(image, 0, 0), ElementsAre(244, 224, 204));
}

TEST(LoadImage, ReadsFloatingPointTiffAsZeroToOne) {
  cv::Mat grey(1, 4, CV_32FC1);
  const float values[] = {-1.0f, 0.2f, 1.0f, 1.5f};
  for (int i = 0; i < 4; ++i) grey.at<float>(0, i) = values[i];
  const Image image = decode_image(encode(".tiff", grey), "float.tiff");
  EXPECT_THAT(image.rgb, ElementsAre(0, 0, 0, 51, 51, 51, 255, 255, 255, 255, 255, 255));
}

/// A baseline JPEG of one 8×8 block with four components of one value each. With quantization by 8,
/// the DC coefficient is value − 128. All categories have 4-bit codes; "end of block" is one zero
/// bit.
Bytes four_component_jpeg(const std::vector<int>& values, int adobe_transform) {
  std::string file = "\xFF\xD8";
  file += std::string("\xFF\xEE\x00\x0E", 4) + "Adobe" + std::string("\x00\x64\0\0\0\0", 6) +
          char(adobe_transform);
  file += std::string("\xFF\xDB\x00\x43\x00", 5) + std::string(64, '\x08');
  file += std::string("\xFF\xC0\x00\x14\x08\x00\x08\x00\x08\x04", 10);
  for (char id = 1; id <= 4; ++id) file += std::string{id, '\x11', '\0'};
  file +=
      std::string("\xFF\xC4\x00\x1F\x00", 5) + std::string("\0\0\0\x0C", 4) + std::string(12, '\0');
  for (char category = 0; category < 12; ++category) file += category;
  file += std::string("\xFF\xC4\x00\x14\x10\x01", 6) + std::string(15, '\0') + std::string(1, '\0');
  file += std::string("\xFF\xDA\x00\x0E\x04", 5);
  for (char id = 1; id <= 4; ++id) file += std::string{id, '\0'};
  file += std::string("\x00\x3F\x00", 3);
  std::string bits;
  for (const int value : values) {
    const int dc = value - 128;
    int category = 0;
    while (std::abs(dc) >> category) ++category;
    for (int i = 3; i >= 0; --i) bits += char('0' + (category >> i & 1));
    const int written = dc < 0 ? dc + (1 << category) - 1 : dc;
    for (int i = category - 1; i >= 0; --i) bits += char('0' + (written >> i & 1));
    bits += '0';
  }
  while (bits.size() % 8) bits += '1';
  for (std::size_t i = 0; i < bits.size(); i += 8) {
    const char byte = char(std::stoi(bits.substr(i, 8), nullptr, 2));
    file += byte;
    if (byte == '\xFF') file += '\0';
  }
  file += "\xFF\xD9";
  return Bytes(file.begin(), file.end());
}

TEST(LoadImage, ReadsCmykJpegAsAdobeWritesIt) {
  // Adobe stores inverted ink: 255 is no ink. Thus R = C·K / 255.
  const Image image = decode_image(four_component_jpeg({255, 128, 0, 200}, 0), "cmyk.jpg");
  const auto rgb = pixel(image, 4, 4);
  EXPECT_NEAR(rgb[0], 200, 2);
  EXPECT_NEAR(rgb[1], 100, 2);
  EXPECT_NEAR(rgb[2], 0, 2);
}

TEST(LoadImage, ReadsYcckJpeg) {
  // Y = 128 with neutral chroma is C = M = Y = 128 after Adobe's transform, which inverts again.
  const Image image = decode_image(four_component_jpeg({55, 128, 128, 255}, 2), "ycck.jpg");
  for (const int value : pixel(image, 0, 0)) EXPECT_NEAR(value, 200, 2);
}

TEST(LoadImage, IgnoresBytesAfterTheEnd) {
  for (const char* extension : {".jpg", ".png", ".bmp", ".tiff", ".webp"}) {
    Bytes bytes = encode(extension, two_colors());
    append(bytes, std::string(1000, '\xFF'));
    EXPECT_EQ(decode_image(bytes, extension).width, 32) << extension;
  }
}

TEST(LoadImage, ReadsOnePixel) {
  const cv::Mat bgr(1, 1, CV_8UC3, cv::Scalar(3, 2, 1));
  EXPECT_THAT(decode_image(encode(".png", bgr), "one.png").rgb, ElementsAre(1, 2, 3));
}

TEST(LoadImage, RefusesImagesBeyondTheProcessLimit) {
  const cv::Mat picture(16, 32, CV_8UC3, cv::Scalar(1, 2, 3));
  for (const char* extension : {".jpg", ".png", ".tiff", ".bmp", ".webp"}) {
    set_decode_pixels(16 * 32 - 1);
    EXPECT_THROW(decode_image(encode(extension, picture), extension), std::runtime_error)
        << extension;
    set_decode_pixels(16 * 32);
    EXPECT_EQ(decode_image(encode(extension, picture), extension).width, 32) << extension;
  }
  set_decode_pixels(kMaxPixels);
  EXPECT_THROW(set_decode_pixels(0), std::invalid_argument);
}

}  // namespace
}  // namespace saccade::test
