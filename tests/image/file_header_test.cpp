#include "saccade/image/file_header.h"

#include <random>

#include <gtest/gtest.h>
#include <opencv2/core.hpp>

#include "image/image_files.h"
#include "image/vips_files.h"

namespace saccade::test {
namespace {

FileHeader header_of(const Bytes& bytes) {
  return read_file_header(ByteView(bytes.data(), bytes.size()));
}

TEST(FileHeader, DeterminesTheSizeInEachFormat) {
  const cv::Mat bgr(30, 50, CV_8UC3, cv::Scalar(1, 2, 3));
  const cv::Mat bgra(30, 50, CV_8UC4, cv::Scalar(1, 2, 3, 4));
  const std::pair<FileFormat, Bytes> files[] = {
      {FileFormat::png, encode(".png", bgr)},
      {FileFormat::bmp, encode(".bmp", bgr)},
      {FileFormat::netpbm, encode(".ppm", bgr)},
      {FileFormat::webp, encode(".webp", bgr, {cv::IMWRITE_WEBP_QUALITY, 80})},    // VP8
      {FileFormat::webp, encode(".webp", bgr, {cv::IMWRITE_WEBP_QUALITY, 101})},   // VP8L
      {FileFormat::webp, encode(".webp", bgra, {cv::IMWRITE_WEBP_QUALITY, 80})}};  // VP8X
  for (const auto& [format, bytes] : files) {
    const FileHeader header = header_of(bytes);
    EXPECT_EQ(header.format, format);
    EXPECT_EQ(header.width, 50) << to_string(format);
    EXPECT_EQ(header.height, 30) << to_string(format);
    EXPECT_TRUE(header.complete) << to_string(format);
    EXPECT_EQ(header.orientation, 1) << to_string(format);
  }
}

TEST(FileHeader, DetectsFormatsByContent) {
  const cv::Mat bgr(30, 50, CV_8UC3, cv::Scalar(1, 2, 3));
  EXPECT_EQ(header_of(encode(".jpg", bgr)).format, FileFormat::jpeg);
  EXPECT_EQ(header_of(encode(".tiff", bgr)).format, FileFormat::tiff);
  EXPECT_EQ(header_of(fixture("jp2-12bit.jp2")).format, FileFormat::jpeg_2000);
  EXPECT_EQ(header_of(fixture("photo.heic")).format, FileFormat::heic);
  EXPECT_EQ(header_of(fixture("palette.gif")).format, FileFormat::gif);
  EXPECT_TRUE(header_of(fixture("webp-animated.webp")).animated);
}

TEST(FileHeader, SurvivesDamageAnywhere) {
  const cv::Mat bgr(30, 50, CV_8UC3, cv::Scalar(1, 2, 3));
  std::mt19937 random(7);
  for (const char* extension : {".jpg", ".png", ".bmp", ".tiff", ".webp", ".ppm"}) {
    Bytes whole = encode(extension, bgr);
    if (std::string(extension) == ".jpg") whole = jpeg_with_orientation(whole, 6);
    if (std::string(extension) == ".png") whole = png_with_orientation(whole, 6);
    for (int round = 0; round < 2000; ++round) {
      Bytes bytes = whole;
      bytes.resize(1 + random() % bytes.size());
      for (int i = 0; i < 4; ++i) bytes[random() % bytes.size()] = std::uint8_t(random());
      const FileHeader header = header_of(bytes);
      EXPECT_GE(header.orientation, 1);
      EXPECT_LE(header.orientation, 8);
    }
  }
}

}  // namespace
}  // namespace saccade::test
