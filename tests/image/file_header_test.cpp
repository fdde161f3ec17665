#include "saccade/image/file_header.h"

#include <random>

#include <gtest/gtest.h>
#include <opencv2/core.hpp>

#include "image/image_files.h"

namespace saccade::test {
namespace {

FileHeader header_of(const Bytes& bytes) {
  return read_file_header(ByteView(bytes.data(), bytes.size()));
}

TEST(FileHeader, TellsFormatAndSizeOfEachFormat) {
  const cv::Mat bgr(30, 50, CV_8UC3, cv::Scalar(1, 2, 3));
  const cv::Mat bgra(30, 50, CV_8UC4, cv::Scalar(1, 2, 3, 4));
  const std::pair<FileFormat, Bytes> files[] = {
      {FileFormat::jpeg, encode(".jpg", bgr)},
      {FileFormat::jpeg, encode(".jpg", bgr, {cv::IMWRITE_JPEG_PROGRESSIVE, 1})},
      {FileFormat::png, encode(".png", bgr)},
      {FileFormat::bmp, encode(".bmp", bgr)},
      {FileFormat::tiff, encode(".tiff", bgr)},
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

TEST(FileHeader, TakesTheSizeThatADecoderTakesWhereSeveralAreStated) {
  const cv::Mat bgr(30, 50, CV_8UC3, cv::Scalar(1, 2, 3));
  Bytes jpeg = encode(".jpg", bgr);
  const Bytes second{0xFF, 0xC0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0};  // 1×1, after the pixels
  jpeg.insert(jpeg.end() - 2, second.begin(), second.end());
  EXPECT_EQ(header_of(jpeg).width, 50);
  EXPECT_EQ(header_of(jpeg).height, 30);

  const Bytes tiff{'I', 'I', '*', 0, 8, 0, 0, 0, 3, 0,            // three entries:
                   0,   1,   3,   0, 1, 0, 0, 0, 0, 0x80, 0, 0,   // width 32768
                   1,   1,   3,   0, 1, 0, 0, 0, 0, 0x80, 0, 0,   // height 32768
                   0,   1,   3,   0, 1, 0, 0, 0, 1, 0,    0, 0};  // width 1
  EXPECT_EQ(header_of(tiff).width, 32768);
  EXPECT_EQ(header_of(tiff).height, 32768);
}

TEST(FileHeader, SurvivesAnyDamage) {
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
