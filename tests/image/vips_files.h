#pragma once

#include <cstdint>
#include <fstream>
#include <iterator>
#include <lcms2.h>
#include <memory>
#include <string>
#include <vector>

// Without the macros of libvips 7, such as Rect.
#define VIPS_DISABLE_COMPAT
#include <vips/vips.h>

#include <gtest/gtest.h>
#include <opencv2/core.hpp>

#include "image/image_files.h"

namespace saccade::test {

struct Unreference {
  void operator()(VipsImage* image) const { g_object_unref(image); }
};
using VipsPointer = std::unique_ptr<VipsImage, Unreference>;

inline void start_vips() {
  static const bool started = VIPS_INIT("test_image") == 0;
  ASSERT_TRUE(started);
}

/// Converts BGR pixels to an RGB image of libvips.
inline VipsPointer to_vips(const cv::Mat& bgr) {
  start_vips();
  std::vector<std::uint8_t> rgb;
  for (int y = 0; y < bgr.rows; ++y) {
    for (int x = 0; x < bgr.cols; ++x) {
      const auto& pixel = bgr.at<cv::Vec3b>(y, x);
      rgb.insert(rgb.end(), {pixel[2], pixel[1], pixel[0]});
    }
  }
  VipsImage* image = vips_image_new_from_memory_copy(rgb.data(), rgb.size(), bgr.cols, bgr.rows, 3,
                                                     VIPS_FORMAT_UCHAR);
  VipsImage* tagged = nullptr;
  EXPECT_EQ(vips_copy(image, &tagged, "interpretation", VIPS_INTERPRETATION_sRGB, nullptr), 0);
  g_object_unref(image);
  return VipsPointer(tagged);
}

/// Encodes an image with libvips' saver for a suffix, e.g. ".heic[lossless]".
inline Bytes save(VipsImage* image, const std::string& suffix) {
  // Loading Saccade's libvips blocks this saver together with the loaders.
  vips_operation_block_set("VipsForeignSaveJxl", FALSE);
  void* data = nullptr;
  std::size_t size = 0;
  EXPECT_EQ(vips_image_write_to_buffer(image, suffix.c_str(), &data, &size, nullptr), 0)
      << suffix << ": " << vips_error_buffer();
  const auto* bytes = static_cast<const std::uint8_t*>(data);
  Bytes out(bytes, bytes + size);
  g_free(data);
  return out;
}

inline void set_profile(VipsImage* image, const Bytes& icc) {
  vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, icc.data(), icc.size());
}

/// An RGB profile with white point D65, the given primaries and a tone curve, which it deletes.
inline Bytes rgb_profile(const cmsCIExyYTRIPLE& primaries, cmsToneCurve* curve) {
  const cmsCIExyY white{0.3127, 0.3290, 1.0};
  cmsToneCurve* curves[] = {curve, curve, curve};
  cmsHPROFILE profile = cmsCreateRGBProfile(&white, &primaries, curves);
  cmsUInt32Number size = 0;
  cmsSaveProfileToMem(profile, nullptr, &size);
  Bytes bytes(size);
  EXPECT_TRUE(cmsSaveProfileToMem(profile, bytes.data(), &size));
  cmsCloseProfile(profile);
  cmsFreeToneCurve(curve);
  return bytes;
}

inline Bytes rgb_profile(const cmsCIExyYTRIPLE& primaries, double gamma) {
  return rgb_profile(primaries, cmsBuildGamma(nullptr, gamma));
}

inline Bytes fixture(const std::string& name) {
  std::ifstream in(std::string(SACCADE_FIXTURES) + "/images/" + name, std::ios::binary);
  EXPECT_TRUE(in) << name;
  return Bytes(std::istreambuf_iterator<char>(in), {});
}

}  // namespace saccade::test
