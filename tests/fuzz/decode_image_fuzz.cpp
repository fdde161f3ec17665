// Complete images, from bytes to RGB: the project's own code around libjpeg, libpng and OpenCV.
#include <algorithm>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "saccade/image/file_header.h"
#include "saccade/image/image.h"

#include "fuzz.h"

namespace saccade::fuzz {
namespace {

constexpr std::int64_t kMaxPixels = 1 << 20;  // larger images only cost time

/// An upper bound of the number of pixels of a JPEG, from everything that looks like a frame
/// header.
std::int64_t most_pixels_of_jpeg(ByteView bytes) {
  std::int64_t max = 0;
  for (std::size_t at = 0; (at = bytes.find(0xFF, at)) < bytes.size(); ++at) {
    if (bytes.big(at + 1, 1) < 0xC0 || bytes.big(at + 1, 1) > 0xCF) continue;
    max = std::max(max, std::int64_t(bytes.big(at + 5, 2) * bytes.big(at + 7, 2)));
  }
  return max;
}

bool is_decoded_here(FileFormat format) {
  return format == FileFormat::jpeg || format == FileFormat::png || format == FileFormat::webp ||
         format == FileFormat::bmp || format == FileFormat::netpbm;
}

}  // namespace

std::vector<std::string> seeds() {
  silence_codecs();
  std::vector<std::string> files;
  for (const int type : {CV_8UC1, CV_8UC3, CV_8UC4, CV_16UC3}) {
    cv::Mat pixels(3, 5, type);
    cv::randu(pixels, 0, 255);
    for (const char* ending : {".png", ".jpg", ".webp", ".bmp", ".ppm", ".pgm"}) {
      std::vector<std::uint8_t> bytes;
      try {
        cv::imencode(ending, pixels, bytes);
      } catch (const cv::Exception&) {  // the format does not support these pixels
      }
      if (!bytes.empty()) files.emplace_back(bytes.begin(), bytes.end());
    }
  }
  return files;
}

void run(std::string_view input) {
  static const bool silent = (silence_codecs(), true);
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  const ByteView view(bytes.data(), bytes.size());
  const FileHeader header = read_file_header(view);
  // Skips the formats that libvips decodes, and those without own code around OpenCV.
  if (!silent || !is_decoded_here(header.format)) return;
  if (header.width > kMaxPixels || header.height > kMaxPixels ||
      header.width * header.height > kMaxPixels) {
    return;
  }
  if (header.format == FileFormat::jpeg && most_pixels_of_jpeg(view) > kMaxPixels) return;
  Image image;
  if (!accepted(input.size(), {64, 256 << 20}, [&] { image = decode_image(bytes, "fuzz"); })) {
    return;
  }
  require(image.width > 0 && image.height > 0, "an image has pixels");
  require(image.rgb.size() == std::size_t(image.width) * std::size_t(image.height) * 3,
          "an image has three bytes per pixel");
}

}  // namespace saccade::fuzz
