// Reduction of images during decoding, and the memory limit of decoders.
#include <cmath>
#include <fstream>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "saccade/image/decode_memory.h"
#include "saccade/image/image.h"
#include "saccade/image/prepare.h"

#include "image/image_files.h"
#include "image/vips_files.h"

namespace saccade::test {
namespace {

using ::testing::HasSubstr;

/// A smooth image with soft spots, of any size.
cv::Mat scene(int width, int height) {
  cv::Mat small(12, 16, CV_8UC3), bgr;
  cv::RNG(3).fill(small, cv::RNG::UNIFORM, 0, 256);
  cv::resize(small, bgr, cv::Size(width, height), 0, 0, cv::INTER_CUBIC);
  return bgr;
}

InputConfig input_of(Fit fit) {
  InputConfig input;
  input.size = 64;
  input.fit = fit;
  return input;
}

TEST(Reduction, KeepsThePlacementAndNearlyTheInputOfTheOriginal) {
  const int width = 1003, height = 717;  // not multiples of any scale
  const cv::Mat pixels = scene(width, height);
  const Bytes jpeg = encode(".jpg", pixels, {cv::IMWRITE_JPEG_QUALITY, 95});
  const Bytes png = encode(".png", pixels);
  for (const Fit fit : {Fit::squash, Fit::center_crop, Fit::pad}) {
    const InputConfig input = input_of(fit);
    for (int orientation = 1; orientation <= 8; ++orientation) {
      for (const Bytes& bytes :
           {jpeg_with_orientation(jpeg, orientation), png_with_orientation(png, orientation)}) {
        const Image whole = decode_image(bytes, "photo");
        LoadOptions options;
        options.for_input = &input;
        const Image reduced = decode_image(bytes, "photo", options);
        ASSERT_TRUE(reduced.original);
        EXPECT_EQ(reduced.original->width, whole.width);
        EXPECT_EQ(reduced.original->height, whole.height);
        EXPECT_EQ(reduced.width,
                  (whole.width + reduced.original->scale - 1) / reduced.original->scale);
        const PreparedImage expected = prepare(whole, input), found = prepare(reduced, input);
        EXPECT_EQ(found.placement.original_width, whole.width);
        EXPECT_EQ(found.placement.original_height, whole.height);
        EXPECT_EQ(found.placement.scale_x, expected.placement.scale_x);
        EXPECT_EQ(found.placement.scale_y, expected.placement.scale_y);
        EXPECT_EQ(found.placement.offset_x, expected.placement.offset_x);
        EXPECT_EQ(found.placement.offset_y, expected.placement.offset_y);
        double mean = 0;
        for (std::size_t i = 0; i < found.pixels.size(); ++i) {
          mean += std::abs(found.pixels[i] - expected.pixels[i]) / double(found.pixels.size());
        }
        // A shift by a tenth of an input pixel would result in 0.02.
        EXPECT_LT(mean, 0.012) << to_string(fit) << " orientation " << orientation;
      }
    }
  }
}

TEST(Reduction, KeepsTheResolutionThatTheInputNeeds) {
  for (const Fit fit : {Fit::squash, Fit::center_crop, Fit::pad}) {
    for (int width = 10; width < 5000; width += 37) {
      for (const int height : {10, 64, 200, 900, 4000}) {
        const InputConfig input = input_of(fit);
        const int n = reduction_for(width, height, input);
        EXPECT_EQ(n & (n - 1), 0);
        if (n == 1) continue;
        const int needed = fit == Fit::pad ? std::max(width, height) : std::min(width, height);
        EXPECT_GE(needed, n * input.size);
      }
    }
  }
}

TEST(Reduction, HappensOnlyOnRequest) {
  const Bytes jpeg = encode(".jpg", scene(900, 600));
  const Image image = decode_image(jpeg, "photo.jpg");
  EXPECT_EQ(image.width, 900);
  EXPECT_FALSE(image.original);
}

std::int64_t status_kilobytes(const std::string& field) {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);) {
    if (line.compare(0, field.size(), field) == 0) return std::stoll(line.substr(field.size() + 1));
  }
  return -1;
}

/// The peak growth of the process's memory since construction, in bytes.
class PeakMemory {
 public:
  PeakMemory() {
    std::ofstream("/proc/self/clear_refs") << "5";
    start_ = status_kilobytes("VmRSS");
  }
  std::int64_t growth() const { return (status_kilobytes("VmHWM") - start_) * 1024; }

 private:
  std::int64_t start_;
};

class DecodeMemory : public ::testing::Test {
 protected:
  ~DecodeMemory() override { set_decode_memory(before_); }
  const std::int64_t before_ = decode_memory();
};

/// Large images of one color, which are small files, in all formats.
std::vector<std::pair<std::string, Bytes>> bombs() {
  std::vector<std::pair<std::string, Bytes>> files;
  const cv::Mat large(4000, 4000, CV_8UC3, cv::Scalar(20, 40, 60));
  files.emplace_back("bomb.png", encode(".png", large));
  files.emplace_back("bomb.jpg", encode(".jpg", large));
  files.emplace_back("progressive.jpg", encode(".jpg", large, {cv::IMWRITE_JPEG_PROGRESSIVE, 1}));
  files.emplace_back("bomb.webp", encode(".webp", large(cv::Rect(0, 0, 2000, 2000)),
                                         {cv::IMWRITE_WEBP_QUALITY, 50}));
  start_vips();
  const auto plain = [](int side, const char* suffix) {
    VipsImage* black = nullptr;
    EXPECT_EQ(vips_black(&black, side, side, "bands", 3, nullptr), 0);
    VipsImage* image = nullptr;
    EXPECT_EQ(vips_copy(black, &image, "interpretation", VIPS_INTERPRETATION_sRGB, nullptr), 0);
    g_object_unref(black);
    const VipsPointer owned(image);
    return save(image, suffix);
  };
  files.emplace_back("bomb.tif", plain(4000, ".tif[compression=deflate]"));
  files.emplace_back("bomb.gif", plain(2000, ".gif[effort=1]"));
  files.emplace_back("bomb.jxl", plain(1200, ".jxl[effort=1]"));
  files.emplace_back("bomb.jp2", plain(1500, ".jp2"));
  files.emplace_back("bomb.heic", plain(1600, ".heic[effort=0]"));
  files.emplace_back("bomb.avif", plain(1600, ".avif[effort=0]"));
  return files;
}

TEST_F(DecodeMemory, LimitsDecompressionBombsOfAllFormats) {
  constexpr std::int64_t kLimit = 24 << 20, kSlack = 40 << 20;
  const auto files = bombs();
  set_decode_memory(kLimit);
  InputConfig input;
  LoadOptions options;
  options.for_input = &input;
  std::vector<std::string> shrunk;
  for (const auto& [name, bytes] : files) {
    const PeakMemory memory;
    try {
      decode_image(bytes, name, options);
      shrunk.push_back(name);
    } catch (const std::runtime_error& error) {
      EXPECT_THAT(error.what(), HasSubstr(name));
      EXPECT_THAT(error.what(), HasSubstr("--decode-memory")) << name;
    }
    EXPECT_LT(memory.growth(), kLimit + kSlack) << name;
    // The full-size pixels exceed the limit.
    try {
      decode_image(bytes, name);
      ADD_FAILURE() << name << " was decoded";
    } catch (const std::runtime_error& error) {
      EXPECT_THAT(error.what(), HasSubstr("--decode-memory"));
    }
  }
  EXPECT_THAT(shrunk, ::testing::ElementsAre("bomb.png", "bomb.jpg", "bomb.tif"));
}

TEST_F(DecodeMemory, IsSharedByAllThreads) {
  const Bytes png = encode(".png", cv::Mat(3600, 3600, CV_8UC3, cv::Scalar(1, 2, 3)));
  set_decode_memory(100 << 20);  // enough for one image at a time
  std::vector<Image> images(4);
  const PeakMemory memory;
  std::vector<std::thread> threads;
  const InputConfig input;
  for (Image& image : images) {
    threads.emplace_back([&] {
      LoadOptions options;
      options.for_input = &input;
      for (int i = 0; i < 2; ++i) image = decode_image(png, "photo.png", options);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Image& image : images) EXPECT_GT(image.width, 0);
  EXPECT_LT(memory.growth(), std::int64_t(70) << 20);
}

TEST_F(DecodeMemory, RefusesLessThanOneMebibyte) {
  EXPECT_THROW(set_decode_memory(1000), std::invalid_argument);
  EXPECT_EQ(decode_memory(), before_);
}

}  // namespace
}  // namespace saccade::test
