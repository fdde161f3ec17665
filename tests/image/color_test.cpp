// Conversion from embedded profiles, compared with the definitions of the color spaces.
#include <array>
#include <cmath>
#include <vector>
#include <zlib.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/core.hpp>

#include "saccade/image/image.h"

#include "image/image_files.h"
#include "image/vips_files.h"

namespace saccade::test {
namespace {

using ::testing::ElementsAre;

using Color = std::array<double, 3>;

constexpr cmsCIExyYTRIPLE kDisplayP3{{0.680, 0.320, 1}, {0.265, 0.690, 1}, {0.150, 0.060, 1}};
constexpr cmsCIExyYTRIPLE kAdobeRgb{{0.640, 0.330, 1}, {0.210, 0.710, 1}, {0.150, 0.060, 1}};
constexpr cmsCIExyYTRIPLE kSrgb{{0.640, 0.330, 1}, {0.300, 0.600, 1}, {0.150, 0.060, 1}};
constexpr double kGamma = 2.2;

/// The RGB → XYZ matrix of a color space, from its primaries and white point.
cv::Matx33d to_xyz(const cmsCIExyYTRIPLE& p) {
  const auto column = [](const cmsCIExyY& c) {
    return cv::Vec3d(c.x / c.y, 1, (1 - c.x - c.y) / c.y);
  };
  const cv::Vec3d r = column(p.Red), g = column(p.Green), b = column(p.Blue);
  const cv::Matx33d primaries(r[0], g[0], b[0], r[1], g[1], b[1], r[2], g[2], b[2]);
  const cv::Vec3d white(0.3127 / 0.3290, 1, (1 - 0.3127 - 0.3290) / 0.3290);
  const cv::Vec3d scale = primaries.inv() * white;
  return primaries * cv::Matx33d(scale[0], 0, 0, 0, scale[1], 0, 0, 0, scale[2]);
}

/// Converts linear light of a space to 8-bit sRGB.
std::array<int, 3> in_srgb(const cv::Vec3d& linear, const cmsCIExyYTRIPLE& primaries) {
  const cv::Vec3d out = to_xyz(kSrgb).inv() * (to_xyz(primaries) * linear);
  std::array<int, 3> bytes;
  for (int c = 0; c < 3; ++c) {
    const double v = std::min(1.0, std::max(0.0, out[c]));
    const double coded = v <= 0.0031308 ? 12.92 * v : 1.055 * std::pow(v, 1 / 2.4) - 0.055;
    bytes[std::size_t(c)] = int(std::lround(255 * coded));
  }
  return bytes;
}

/// Converts an 8-bit color of a space with kGamma to sRGB.
std::array<int, 3> in_srgb(const Color& color, const cmsCIExyYTRIPLE& primaries) {
  cv::Vec3d linear;
  for (int c = 0; c < 3; ++c) linear[c] = std::pow(color[std::size_t(c)] / 255, kGamma);
  return in_srgb(linear, primaries);
}

const Color kColor{180, 120, 90};  // in the gamut of all three spaces

cv::Mat plain() { return cv::Mat(16, 16, CV_8UC3, cv::Scalar(90, 120, 180)); }

void expect_in_srgb(const Bytes& bytes, const cmsCIExyYTRIPLE& primaries, int tolerance,
                    const std::string& name) {
  const auto expected = in_srgb(kColor, primaries);
  const auto found = pixel(decode_image(bytes, name), 8, 8);
  for (std::size_t c = 0; c < 3; ++c)
    EXPECT_NEAR(found[c], expected[c], tolerance) << name << " " << c;
}

Bytes png_with_profile(const Bytes& png, const Bytes& icc) {
  std::string packed(compressBound(uLong(icc.size())), '\0');
  uLongf size = uLongf(packed.size());
  compress(reinterpret_cast<Bytef*>(packed.data()), &size, icc.data(), uLong(icc.size()));
  packed.resize(size);
  return insert(png, kPngAfterHeader, png_chunk("iCCP", std::string("name\0\0", 6) + packed));
}

/// Splits the profile into two parts, like large profiles.
Bytes jpeg_with_profile(const Bytes& jpeg, const Bytes& icc) {
  const std::string all(icc.begin(), icc.end());
  std::string markers;
  for (int part = 1; part <= 2; ++part) {
    const std::string body = std::string("ICC_PROFILE\0", 12) + char(part) + '\2' +
                             (part == 1 ? all.substr(0, 200) : all.substr(200));
    markers += std::string("\xFF\xE2") + big_endian(std::uint32_t(body.size() + 2), 2) + body;
  }
  return insert(jpeg, 2, markers);
}

TEST(Color, IsConvertedFromTheProfileInAllFormats) {
  for (const auto& primaries : {kDisplayP3, kAdobeRgb}) {
    const Bytes icc = rgb_profile(primaries, kGamma);
    expect_in_srgb(png_with_profile(encode(".png", plain()), icc), primaries, 1, "photo.png");
    expect_in_srgb(jpeg_with_profile(encode(".jpg", plain(), {cv::IMWRITE_JPEG_QUALITY, 100}), icc),
                   primaries, 2, "photo.jpg");
    const VipsPointer image = to_vips(plain());
    set_profile(image.get(), icc);
    for (const char* suffix : {".webp[lossless]", ".tif", ".jxl[lossless]"}) {
      expect_in_srgb(save(image.get(), suffix), primaries, 1, suffix);
    }
    for (const char* suffix : {".heic[Q=95]", ".avif[Q=95,effort=0]"}) {
      expect_in_srgb(save(image.get(), suffix), primaries, 3, suffix);
    }
  }
}

TEST(Color, IsConvertedFromDisplayP3AsPhonesWriteIt) {
  // Display P3 has the tone curve of sRGB, as a parametric curve.
  const double curve[] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
  const Bytes icc = rgb_profile(kDisplayP3, cmsBuildParametricToneCurve(nullptr, 4, curve));
  // Colors inside and outside of sRGB's gamut, and dark ones.
  const std::vector<cv::Vec3b> colors{{90, 120, 180}, {0, 0, 255},     {0, 255, 0},
                                      {255, 0, 0},    {6, 9, 3},       {20, 4, 60},
                                      {40, 200, 30},  {250, 251, 249}, {128, 128, 128}};
  cv::Mat bgr(1, int(colors.size()), CV_8UC3);
  for (int x = 0; x < bgr.cols; ++x) bgr.at<cv::Vec3b>(0, x) = colors[std::size_t(x)];
  const Image image = decode_image(png_with_profile(encode(".png", bgr), icc), "p3.png");
  for (int x = 0; x < bgr.cols; ++x) {
    cv::Vec3d linear;
    for (int c = 0; c < 3; ++c) {
      const double v = colors[std::size_t(x)][2 - c] / 255.0;
      linear[c] = v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
    }
    const std::array<int, 3> expected = in_srgb(linear, kDisplayP3);
    const std::vector<int> found = pixel(image, x, 0);
    for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(found[c], expected[c], 3) << x << " " << c;
  }
}

TEST(Color, IsConvertedFromCielabWithTheWhiteOfD50) {
  start_vips();
  const std::vector<cv::Vec3f> colors{{100, 0, 0}, {60, 0, 0}, {8, 13, -30}, {65, 22, 29}};
  VipsImage *plain = nullptr, *tagged = nullptr, *coded = nullptr;
  plain = vips_image_new_from_memory_copy(colors.data(), colors.size() * sizeof colors[0],
                                          int(colors.size()), 1, 3, VIPS_FORMAT_FLOAT);
  ASSERT_EQ(vips_copy(plain, &tagged, "interpretation", VIPS_INTERPRETATION_LAB, nullptr), 0);
  ASSERT_EQ(vips_colourspace(tagged, &coded, VIPS_INTERPRETATION_LABQ, nullptr), 0);
  g_object_unref(plain);
  g_object_unref(tagged);
  const VipsPointer image(coded);
  const Image found = decode_image(save(image.get(), ".tif"), "lab.tif");
  // The inverse of CIE 1976 L*a*b*, adapted by Bradford's matrices.
  const cv::Matx33d cone(0.8951, 0.2664, -0.1614, -0.7502, 1.7135, 0.0367, 0.0389, -0.0685, 1.0296);
  const cv::Vec3d d50(0.9642, 1, 0.8249), d65(0.9505, 1, 1.0888);
  const cv::Vec3d from = cone * d50, to = cone * d65;
  const cv::Matx33d adapted =
      cone.inv() * cv::Matx33d::diag(cv::Vec3d(to[0] / from[0], to[1] / from[1], to[2] / from[2])) *
      cone;
  for (std::size_t i = 0; i < colors.size(); ++i) {
    const double fy = (double(colors[i][0]) + 16) / 116;
    const double f[] = {fy + double(colors[i][1]) / 500, fy, fy - double(colors[i][2]) / 200};
    cv::Vec3d xyz;
    for (int c = 0; c < 3; ++c) {
      const double cube = f[c] * f[c] * f[c];
      xyz[c] = d50[c] * (cube > 0.008856 ? cube : (f[c] - 16.0 / 116) / 7.787);
    }
    const std::array<int, 3> expected = in_srgb(to_xyz(kSrgb).inv() * (adapted * xyz), kSrgb);
    for (std::size_t c = 0; c < 3; ++c) {
      EXPECT_NEAR(pixel(found, int(i), 0)[c], expected[c], 3) << i << " " << c;
    }
  }
}

TEST(Color, IsConvertedFromSixteenBits) {
  cv::Mat deep;
  plain().convertTo(deep, CV_16U, 257);
  expect_in_srgb(png_with_profile(encode(".png", deep), rgb_profile(kDisplayP3, kGamma)),
                 kDisplayP3, 1, "deep.png");
}

TEST(Color, IsConvertedBeforeCompositingOnWhite) {
  const cv::Mat bgra(4, 4, CV_8UC4, cv::Scalar(90, 120, 180, 51));
  const auto expected = in_srgb(kColor, kAdobeRgb);
  const Image image = decode_image(
      png_with_profile(encode(".png", bgra), rgb_profile(kAdobeRgb, kGamma)), "glass.png");
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(pixel(image, 1, 1)[c], 204 + expected[c] / 5.0, 1);
  }
}

TEST(Color, IsSwappedByAProfileThatSwapsRedAndGreen) {
  const cmsCIExyYTRIPLE swapped{kSrgb.Green, kSrgb.Red, kSrgb.Blue};
  const auto rgb =
      pixel(decode_image(png_with_profile(encode(".png", plain()), rgb_profile(swapped, kGamma)),
                         "swapped.png"),
            3, 3);
  EXPECT_NEAR(rgb[0], 120, 3);
  EXPECT_NEAR(rgb[1], 180, 3);
  EXPECT_NEAR(rgb[2], 90, 3);
}

TEST(Color, IsUnchangedWithAnSrgbOrInvalidProfile) {
  const Bytes png = encode(".png", plain());
  cmsHPROFILE srgb = cmsCreate_sRGBProfile();
  cmsUInt32Number size = 0;
  cmsSaveProfileToMem(srgb, nullptr, &size);
  Bytes icc(size);
  cmsSaveProfileToMem(srgb, icc.data(), &size);
  cmsCloseProfile(srgb);
  ::testing::internal::CaptureStderr();
  for (const Bytes& profile : {icc, Bytes(5, 1), Bytes(300, 7)}) {
    EXPECT_THAT(pixel(decode_image(png_with_profile(png, profile), "photo.png"), 3, 3),
                ElementsAre(180, 120, 90));
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace saccade::test
