// JPEG and PNG are decoded directly with libjpeg and libpng: same pixels as OpenCV, damage as a
// warning, and no output to standard error.

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "saccade/image/image.h"
#include "saccade/image/png_decoder.h"

#include "image/image_files.h"

namespace saccade::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

cv::Mat noise_of(int type, int rows = 61, int cols = 83) {
  cv::Mat pixels(rows, cols, type);
  cv::RNG(1).fill(pixels, cv::RNG::UNIFORM, 0, CV_MAT_DEPTH(type) == CV_16U ? 65536 : 256);
  return pixels;
}

bool same_pixels(const cv::Mat& a, const cv::Mat& b) {
  return a.size() == b.size() && a.type() == b.type() && cv::norm(a, b, cv::NORM_INF) == 0;
}

/// The output to standard error, from both C and C++.
std::string standard_error_of(const std::function<void()>& act) {
  ::testing::internal::CaptureStderr();
  act();
  return ::testing::internal::GetCapturedStderr();
}

TEST(JpegDecoder, AgreesWithOpenCV) {
  for (const int type : {CV_8UC1, CV_8UC3}) {
    for (const int progressive : {0, 1}) {
      const Bytes bytes =
          encode(".jpg", noise_of(type), {cv::IMWRITE_JPEG_PROGRESSIVE, progressive});
      const Image image = decode_image(bytes, "x.jpg");
      cv::Mat expected;
      cv::cvtColor(cv::imdecode(bytes, cv::IMREAD_COLOR), expected, cv::COLOR_BGR2RGB);
      EXPECT_TRUE(std::equal(image.rgb.begin(), image.rgb.end(), expected.datastart));
      EXPECT_EQ(image.warning, "");
    }
  }
}

TEST(JpegDecoder, ReportsDamageAndContinues) {
  Bytes bytes = encode(".jpg", noise_of(CV_8UC3));
  // The last third of the entropy-coded data is missing, but the end marker is present.
  bytes.erase(bytes.end() - 2 - std::ptrdiff_t(bytes.size() / 3), bytes.end() - 2);
  Image loaded;
  EXPECT_EQ(standard_error_of([&] { loaded = decode_image(bytes, "a b.jpg"); }), "");
  EXPECT_EQ(loaded.width, 83);
  EXPECT_THAT(loaded.warning, AllOf(HasSubstr("\"a b.jpg\""), HasSubstr("damaged inside"),
                                    HasSubstr("premature end of data segment")));
  const Bytes whole = encode(".jpg", noise_of(CV_8UC3));
  EXPECT_EQ(decode_image(whole, "a.jpg").warning, "");
}

TEST(JpegDecoder, SurvivesDamageAnywhere) {
  const Bytes whole = encode(".jpg", noise_of(CV_8UC3, 40, 40));
  cv::RNG random(7);
  const std::string printed = standard_error_of([&] {
    for (int i = 0; i < 2000; ++i) {
      Bytes bytes = whole;
      for (int changes = random.uniform(1, 6); changes > 0; --changes) {
        bytes[std::size_t(random.uniform(0, int(bytes.size())))] = std::uint8_t(random.next());
      }
      try {
        decode_image(bytes, "x.jpg");
      } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("x.jpg"));
      }
    }
  });
  EXPECT_EQ(printed, "");
}

TEST(PngDecoder, AgreesWithOpenCV) {
  for (const int type : {CV_8UC1, CV_8UC3, CV_8UC4, CV_16UC1, CV_16UC3, CV_16UC4}) {
    const Bytes bytes = encode(".png", noise_of(type));
    EXPECT_TRUE(same_pixels(decode_png(ByteView(bytes.data(), bytes.size())),
                            cv::imdecode(bytes, cv::IMREAD_UNCHANGED)))
        << type;
  }
  const Bytes bits = encode(".png", noise_of(CV_8UC1) > 100, {cv::IMWRITE_PNG_BILEVEL, 1});
  EXPECT_TRUE(same_pixels(decode_png(ByteView(bits.data(), bits.size())),
                          cv::imdecode(bits, cv::IMREAD_UNCHANGED)));
}

/// Inserts a chunk after the header.
Bytes with_chunk(const Bytes& png, const std::string& type, const std::string& body) {
  return insert(png, 33, png_chunk(type, body));
}

TEST(PngDecoder, IgnoresDamageThatDoesNotAffectPixels) {
  const Bytes whole = encode(".png", noise_of(CV_8UC3));
  const std::vector<Bytes> noisy{
      with_chunk(whole, "iCCP", std::string("x\0\0short", 8)), with_chunk(whole, "gAMA", "12"),
      with_chunk(whole, "tIME", "1234567"), with_chunk(whole, "pHYs", "")};
  for (const Bytes& bytes : noisy) {
    Image image;
    EXPECT_EQ(standard_error_of([&] { image = decode_image(bytes, "x.png"); }), "");
    EXPECT_EQ(image.rgb, decode_image(whole, "x.png").rgb);
  }
}

TEST(PngDecoder, AppliesATransparentColor) {
  cv::Mat pixels(1, 2, CV_8UC3, cv::Scalar(10, 20, 30));
  pixels.at<cv::Vec3b>(0, 1) = {40, 50, 60};
  const Bytes bytes =
      with_chunk(encode(".png", pixels), "tRNS", std::string("\0\x1E\0\x14\0\x0A", 6));
  const Image image = decode_image(bytes, "x.png");
  EXPECT_EQ(image.rgb, (std::vector<std::uint8_t>{255, 255, 255, 60, 50, 40}));
}

TEST(PngDecoder, SurvivesDamageAnywhere) {
  const Bytes whole = encode(".png", noise_of(CV_8UC4, 30, 30));
  cv::RNG random(7);
  const std::string printed = standard_error_of([&] {
    for (int i = 0; i < 2000; ++i) {
      Bytes bytes = whole;
      bytes[std::size_t(random.uniform(0, int(bytes.size())))] = std::uint8_t(random.next());
      try {
        decode_image(bytes, "x.png");
      } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("x.png"));
      }
    }
  });
  EXPECT_EQ(printed, "");
}

TEST(OtherDecoders, PrintNothingAfterSilencing) {
  silence_codecs();
  cv::RNG random(7);
  for (const char* extension : {".tiff", ".bmp", ".webp", ".ppm", ".jp2"}) {
    const Bytes whole = encode(extension, noise_of(CV_8UC3, 64, 64));
    const std::string printed = standard_error_of([&] {
      for (int i = 0; i < 300; ++i) {
        Bytes bytes = whole;
        const int place = random.uniform(0, std::min(200, int(bytes.size())));
        bytes[std::size_t(place)] = std::uint8_t(random.next());
        try {
          decode_image(bytes, "x");
        } catch (const std::runtime_error&) {
        }
      }
    });
    EXPECT_EQ(printed, "") << extension;
  }
}

}  // namespace
}  // namespace saccade::test
