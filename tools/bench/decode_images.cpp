// Decodes images and prints for each its path, size and a hash of its pixels, or the error; see
// tools/check_images.sh. With --reference it also compares the pixels with OpenCV's decoding.
#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include <opencv2/imgcodecs.hpp>

#include "saccade/image/image.h"

namespace {

std::uint64_t digest(const saccade::Image& image) {  // FNV-1a
  std::uint64_t hash = 0xCBF29CE484222325u;
  for (const std::uint8_t byte : image.rgb) hash = (hash ^ byte) * 0x100000001B3u;
  return hash;
}

/// The maximum difference of a sample, or −1 if OpenCV does not decode an image of this size.
int difference(const saccade::Image& image, const std::string& path) {
  const cv::Mat bgr = cv::imread(path, cv::IMREAD_COLOR);
  if (bgr.cols != image.width || bgr.rows != image.height) return -1;
  int largest = 0;
  for (int y = 0; y < bgr.rows; ++y) {
    const std::uint8_t* row = image.row(y);
    for (int x = 0; x < bgr.cols; ++x) {
      for (int c = 0; c < 3; ++c) {
        largest = std::max(largest, std::abs(row[3 * x + c] - bgr.at<cv::Vec3b>(y, x)[2 - c]));
      }
    }
  }
  return largest;
}

}  // namespace

int main(int argc, char** argv) {
  saccade::silence_codecs();
  bool reference = false;
  for (int i = 1; i < argc; ++i) {
    const std::string path = argv[i];
    if (path == "--reference") {
      reference = true;
      continue;
    }
    try {
      const saccade::Image image = saccade::load_image(path);
      std::printf("%s\t%dx%d\t%016" PRIx64, path.c_str(), image.width, image.height, digest(image));
      if (reference) std::printf("\t%d", difference(image, path));
      std::printf("%s\n", image.warning.empty() ? "" : "\twarning");
    } catch (const std::exception& error) {
      std::printf("%s\terror\t%s\n", path.c_str(), error.what());
    }
    std::fflush(stdout);
  }
  return 0;
}
