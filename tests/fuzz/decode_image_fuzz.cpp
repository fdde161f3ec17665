// Whole photographs, from the bytes to RGB: the project's own code around OpenCV's decoders.
#include <opencv2/imgcodecs.hpp>

#include "saccade/image/file_header.h"
#include "saccade/image/image.h"

#include "fuzz.h"

namespace saccade::fuzz {
namespace {

constexpr std::int64_t kMostPixels = 1 << 20;  // larger ones only cost time

}  // namespace

std::vector<std::string> seeds() {
  silence_codecs();
  std::vector<std::string> files;
  for (const int type : {CV_8UC1, CV_8UC3, CV_8UC4, CV_16UC3}) {
    cv::Mat pixels(3, 5, type);
    cv::randu(pixels, 0, 255);
    for (const char* ending : {".png", ".jpg", ".tiff", ".webp", ".bmp", ".ppm", ".pgm"}) {
      std::vector<std::uint8_t> bytes;
      try {
        cv::imencode(ending, pixels, bytes);
      } catch (const cv::Exception&) {  // a format that has no such pixels
      }
      if (!bytes.empty()) files.emplace_back(bytes.begin(), bytes.end());
    }
  }
  return files;
}

void run(std::string_view input) {
  static const bool silent = (silence_codecs(), true);
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  const FileHeader header = read_file_header(ByteView(bytes.data(), bytes.size()));
  // What other formats OpenCV knows is its own affair.
  if (!silent || header.format == FileFormat::unknown) return;
  if (header.width > kMostPixels || header.height > kMostPixels ||
      header.width * header.height > kMostPixels) {
    return;
  }
  Image image;
  if (!accepted(input.size(), {64, 256 << 20}, [&] { image = decode_image(bytes, "fuzz"); })) {
    return;
  }
  require(image.width > 0 && image.height > 0, "a photograph has pixels");
  require(image.rgb.size() == std::size_t(image.width) * std::size_t(image.height) * 3,
          "a photograph has three bytes a pixel");
}

}  // namespace saccade::fuzz
