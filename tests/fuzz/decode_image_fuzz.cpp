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

std::string big(std::size_t value, int count) {
  std::string text;
  for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) text += char(value >> shift & 0xFF);
  return text;
}

/// A chunk with a wrong checksum, which is not checked in the chunks of an animation.
std::string chunk(const std::string& type, const std::string& body) {
  return big(body.size(), 4) + type + body + big(0, 4);
}

/// An animation of a PNG file of 5×3 pixels: the image, and twice the image blended over it.
std::string animated(const std::string& png) {
  const std::size_t data = png.find("IDAT") - 4, end = png.find("IEND") - 4;
  const std::string pixels = png.substr(data + 8, end - data - 12);
  const auto control = [](int number) {
    return chunk("fcTL", big(std::size_t(number), 4) + big(5, 4) + big(3, 4) + big(0, 8) +
                             big(0x00010001, 4) + std::string("\2\1", 2));
  };
  std::string film = png.substr(0, data) + chunk("acTL", big(3, 4) + big(0, 4)) + control(0) +
                     png.substr(data, end - data);
  for (int number = 1; number < 5; number += 2) {
    film += control(number) + chunk("fdAT", big(std::size_t(number) + 1, 4) + pixels);
  }
  return film + png.substr(end);
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
      if (ending == std::string(".png")) files.push_back(animated(files.back()));
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
  const bool film = header.format == FileFormat::png && header.animated;
  for (int frame = 1; frame <= (film ? 3 : 1); ++frame) {
    LoadOptions options;
    options.frame = frame;
    Image image;
    const auto read = [&] { image = decode_image(bytes, "fuzz", options); };
    if (!accepted(input.size(), {64, 256 << 20}, read)) continue;
    require(image.width > 0 && image.height > 0, "an image has pixels");
    require(image.rgb.size() == std::size_t(image.width) * std::size_t(image.height) * 3,
            "an image has three bytes per pixel");
  }
}

}  // namespace saccade::fuzz
