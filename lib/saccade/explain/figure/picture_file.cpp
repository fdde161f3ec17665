#include "saccade/explain/figure/picture_file.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace saccade {
namespace {

std::vector<int> settings(PictureFormat format, int quality) {
  switch (format) {
    case PictureFormat::png:
      return {};
    case PictureFormat::jpeg:
      return {cv::IMWRITE_JPEG_QUALITY, quality};
    case PictureFormat::webp:
      return {cv::IMWRITE_WEBP_QUALITY, quality};
  }
  throw std::invalid_argument("unknown PictureFormat");
}

int longest_side(PictureFormat format) {
  switch (format) {
    case PictureFormat::png:
      return 1'000'000;  // the limit of libpng
    case PictureFormat::jpeg:
      return 65'535;
    case PictureFormat::webp:
      return 16'383;
  }
  throw std::invalid_argument("unknown PictureFormat");
}

}  // namespace

const char* extension(PictureFormat format) {
  switch (format) {
    case PictureFormat::png:
      return "png";
    case PictureFormat::jpeg:
      return "jpg";
    case PictureFormat::webp:
      return "webp";
  }
  throw std::invalid_argument("unknown PictureFormat");
}

std::string encode_picture(const Image& image, PictureFormat format, int quality) {
  if (image.width < 1 || image.height < 1) {
    throw std::invalid_argument("cannot encode an image without pixels");
  }
  if (quality < 1 || quality > 100) {
    throw std::invalid_argument("image quality must be between 1 and 100, not " +
                                std::to_string(quality));
  }
  const int side = std::max(image.width, image.height);
  if (side > longest_side(format)) {
    throw std::runtime_error("an image of " + std::to_string(image.width) + "x" +
                             std::to_string(image.height) + " pixels is too large for ." +
                             extension(format) + ", whose sides are limited to " +
                             std::to_string(longest_side(format)) + " pixels; choose png");
  }
  const cv::Mat rgb(image.height, image.width, CV_8UC3,
                    const_cast<std::uint8_t*>(image.rgb.data()));
  cv::Mat bgr;
  cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
  std::vector<std::uint8_t> bytes;
  const std::string ending = std::string(".") + extension(format);
  if (!cv::imencode(ending, bgr, bytes, settings(format, quality))) {
    throw std::runtime_error("cannot encode an image of " + std::to_string(image.width) + "x" +
                             std::to_string(image.height) + " pixels as " + ending);
  }
  return std::string(bytes.begin(), bytes.end());
}

}  // namespace saccade
