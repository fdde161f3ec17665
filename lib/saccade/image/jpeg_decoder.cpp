#include "saccade/image/jpeg_decoder.h"

#include <csetjmp>
#include <cstddef>
#include <cstdio>
#include <jerror.h>
#include <jpeglib.h>
#include <stdexcept>

#include "saccade/image/image.h"

namespace saccade {
namespace {

/// libjpeg's error manager, and what it was told.
struct JpegErrors {
  jpeg_error_mgr manager;
  std::jmp_buf jump;
  char fatal[JMSG_LENGTH_MAX] = "";
  char damage[JMSG_LENGTH_MAX] = "";  // the first
};

JpegErrors& errors_of(j_common_ptr info) { return *reinterpret_cast<JpegErrors*>(info->err); }

[[noreturn]] void on_jpeg_error(j_common_ptr info) {
  JpegErrors& errors = errors_of(info);
  info->err->format_message(info, errors.fatal);
  std::longjmp(errors.jump, 1);
}

/// Damage of the pixels; other warnings are about markers that nobody needs.
bool is_damage(int code) {
  switch (code) {
    case JWRN_BOGUS_PROGRESSION:
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_JPEG_EOF:
    case JWRN_MUST_RESYNC:
    case JWRN_NOT_SEQUENTIAL:
      return true;
    default:
      return false;
  }
}

void on_jpeg_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  JpegErrors& errors = errors_of(info);
  if (errors.damage[0] == '\0' && is_damage(info->err->msg_code)) {
    info->err->format_message(info, errors.damage);
  }
}

void print_nothing(j_common_ptr) {}

/// One file being decoded. libjpeg jumps out of its functions where it cannot go on; each is
/// therefore called from a function that holds nothing to be destroyed.
class JpegReader {
 public:
  explicit JpegReader(const std::vector<std::uint8_t>& bytes) {
    info_.err = jpeg_std_error(&errors_.manager);
    errors_.manager.error_exit = on_jpeg_error;
    errors_.manager.emit_message = on_jpeg_message;
    errors_.manager.output_message = print_nothing;
    if (setjmp(errors_.jump) != 0) return;
    jpeg_create_decompress(&info_);
    jpeg_mem_src(&info_, bytes.data(), static_cast<unsigned long>(bytes.size()));
  }
  ~JpegReader() { jpeg_destroy_decompress(&info_); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  bool start() {
    if (setjmp(errors_.jump) != 0) return false;
    if (errors_.fatal[0] != '\0') return false;
    jpeg_read_header(&info_, TRUE);
    if (std::int64_t(info_.image_width) * std::int64_t(info_.image_height) > kMaxPixels) {
      std::snprintf(errors_.fatal, sizeof errors_.fatal, "it has too many pixels");
      return false;
    }
    if (info_.num_components == 4) {
      info_.out_color_space = JCS_CMYK;
    } else if (info_.jpeg_color_space != JCS_GRAYSCALE) {
      info_.out_color_space = JCS_EXT_BGR;
    }
    jpeg_start_decompress(&info_);
    return true;
  }
  /// All rows, into the memory that the first row starts.
  bool read(std::uint8_t* pixels, std::size_t stride) {
    if (setjmp(errors_.jump) != 0) return false;
    while (info_.output_scanline < info_.output_height) {
      JSAMPROW row = pixels + std::size_t(info_.output_scanline) * stride;
      jpeg_read_scanlines(&info_, &row, 1);
    }
    return true;
  }
  /// What follows the pixels can spoil nothing any more, but may be worth a word.
  void finish() {
    if (setjmp(errors_.jump) != 0) return;
    jpeg_finish_decompress(&info_);
  }

  int width() const { return int(info_.output_width); }
  int height() const { return int(info_.output_height); }
  int channels() const { return info_.output_components; }
  const JpegErrors& errors() const { return errors_; }

 private:
  jpeg_decompress_struct info_{};
  JpegErrors errors_{};
};

/// As Adobe's programs write it, with 255 for no ink.
cv::Mat bgr_of_cmyk(const cv::Mat& cmyk) {
  cv::Mat bgr(cmyk.rows, cmyk.cols, CV_8UC3);
  for (int y = 0; y < cmyk.rows; ++y) {
    const std::uint8_t* from = cmyk.ptr(y);
    std::uint8_t* to = bgr.ptr(y);
    for (int x = 0; x < cmyk.cols; ++x, from += 4, to += 3) {
      const int k = from[3];
      for (int c = 0; c < 3; ++c) to[2 - c] = std::uint8_t(k - ((255 - from[c]) * k >> 8));
    }
  }
  return bgr;
}

}  // namespace

cv::Mat decode_jpeg(const std::vector<std::uint8_t>& bytes, std::string& damage) {
  JpegReader reader(bytes);
  if (!reader.start()) throw std::runtime_error(reader.errors().fatal);
  cv::Mat pixels(reader.height(), reader.width(), CV_8UC(reader.channels()));
  if (!reader.read(pixels.data, pixels.step)) throw std::runtime_error(reader.errors().fatal);
  reader.finish();
  if (reader.errors().damage[0] != '\0') damage = reader.errors().damage;
  return pixels.channels() == 4 ? bgr_of_cmyk(pixels) : pixels;
}

}  // namespace saccade
