#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <stdexcept>
#include <streambuf>
#include <string>
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>

#include "saccade/image/encoded_image.h"
#include "saccade/image/image.h"
#include "saccade/image/png_decoder.h"

namespace saccade {
namespace {

thread_local bool is_quiet = false;

/// Forwards the output of all threads that are not quiet.
class Filter : public std::streambuf {
 public:
  explicit Filter(std::streambuf* next) : next_(next) {}

 protected:
  int overflow(int character) override {
    if (is_quiet || character == traits_type::eof()) return traits_type::not_eof(character);
    return next_->sputc(traits_type::to_char_type(character));
  }
  std::streamsize xsputn(const char* text, std::streamsize count) override {
    return is_quiet ? count : next_->sputn(text, count);
  }
  int sync() override { return is_quiet ? 0 : next_->pubsync(); }

 private:
  std::streambuf* next_;
};

/// If silence_codecs was called, suppresses the output of its thread to std::cerr during its
/// lifetime. OpenCV's decoders print errors there, without the file name, that they also throw or
/// return.
class QuietThread {
 public:
  QuietThread() : before_(is_quiet) { is_quiet = true; }
  ~QuietThread() { is_quiet = before_; }
  QuietThread(const QuietThread&) = delete;
  QuietThread& operator=(const QuietThread&) = delete;

 private:
  bool before_;
};

cv::Mat decode_pixels(const EncodedImage& encoded) {
  const ByteView bytes = encoded.bytes;
  cv::Mat decoded;
  std::string reason;
  try {
    if (encoded.header.format == FileFormat::png) return decode_png(bytes);
    const QuietThread quiet;
    const cv::Mat buffer(1, int(bytes.size()), CV_8U, const_cast<std::uint8_t*>(bytes.data()));
    // Saccade itself handles orientation, alpha and 16 bits, which OpenCV would drop.
    decoded = cv::imdecode(buffer, cv::IMREAD_UNCHANGED);
  } catch (const cv::Exception&) {  // handled like an empty result
  } catch (const std::runtime_error& error) {
    reason = " (" + std::string(error.what()) + ")";
  }
  if (decoded.empty()) {
    refuse(encoded, "cannot be decoded: its " + std::string(to_string(encoded.header.format)) +
                        " data are damaged or of an unsupported kind" + reason);
  }
  return decoded;
}

PixelFormat format_of(const EncodedImage& encoded, const cv::Mat& pixels) {
  PixelFormat format;
  format.channels = pixels.channels();
  if (format.channels > 4) {
    refuse(encoded, "has " + std::to_string(format.channels) + " channels; 1 to 4 are supported");
  }
  format.model = format.channels < 3 ? PixelFormat::Model::grey : PixelFormat::Model::bgr;
  if (format.channels % 2 == 0) format.alpha = PixelFormat::Alpha::straight;
  switch (pixels.depth()) {
    case CV_8U:
      break;
    case CV_16U:
      format.sample = PixelFormat::Sample::u16;
      format.white = 65535;
      break;
    case CV_32F:
      format.sample = PixelFormat::Sample::f32;
      format.white = 1;
      break;
    case CV_64F:
      format.sample = PixelFormat::Sample::f64;
      format.white = 1;
      break;
    default:
      refuse(encoded, "has signed integer samples; convert it to 8 or 16 bits unsigned");
  }
  return format;
}

}  // namespace

void silence_codecs() {
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  // Never destroyed, because std::cerr is used until the process ends.
  static Filter* const filter = new Filter(std::cerr.rdbuf());
  std::cerr.rdbuf(filter);
}

std::int64_t opencv_bytes(const EncodedImage& encoded) {
  constexpr std::int64_t kResult = 3;
  std::int64_t decoded = 4;
  switch (encoded.header.format) {
    case FileFormat::png: {
      const bool deep = encoded.bytes.big(24, 1) == 16;
      const bool alpha = (encoded.bytes.big(25, 1) & 4) != 0 || encoded.bytes.big(25, 1) == 3;
      decoded = (alpha ? 4 : 3) * (deep ? 2 : 1);
      break;
    }
    case FileFormat::webp:  // the planes of the codec and a copy of them
      decoded = 12;
      break;
    case FileFormat::other:
      decoded = 12;
      break;
    default:
      break;
  }
  return encoded.header.width * encoded.header.height * (decoded + kResult);
}

Image read_with_opencv(const EncodedImage& encoded) {
  const DecodeShare share(checked_share(encoded, opencv_bytes(encoded)));
  const cv::Mat pixels = decode_pixels(encoded);
  check_size(encoded, pixels.cols, pixels.rows);
  const int reduction = reduction_of(encoded, pixels.cols, pixels.rows, encoded.header.orientation);
  return image_of_rows(encoded, pixels.cols, pixels.rows, reduction, format_of(encoded, pixels),
                       [&](int y) { return pixels.ptr(y); });
}

}  // namespace saccade
