#include "saccade/image/png_decoder.h"

#include <csetjmp>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <new>
#include <png.h>
#include <stdexcept>
#include <vector>

namespace saccade {
namespace {

struct PngSource {
  const std::uint8_t* at;
  std::size_t left;
  char reason[256] = "";
};

[[noreturn]] void on_png_error(png_structp png, png_const_charp message) {
  PngSource& source = *static_cast<PngSource*>(png_get_error_ptr(png));
  std::snprintf(source.reason, sizeof source.reason, "%s", message);
  png_longjmp(png, 1);
}

void on_png_warning(png_structp, png_const_charp) {}

void take_png_bytes(png_structp png, png_bytep to, std::size_t count) {
  PngSource& source = *static_cast<PngSource*>(png_get_io_ptr(png));
  if (count > source.left) png_error(png, "the data end early");
  std::memcpy(to, source.at, count);
  source.at += count;
  source.left -= count;
}

/// Decodes one file. On errors, libpng is left by longjmp, so the functions that call it must not
/// hold objects with destructors.
class PngReader {
 public:
  explicit PngReader(ByteView bytes) : source_{bytes.data(), bytes.size()} {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source_, on_png_error, on_png_warning);
    if (png_) info_ = png_create_info_struct(png_);
    if (!info_) {
      png_destroy_read_struct(&png_, nullptr, nullptr);
      throw std::bad_alloc();
    }
    png_set_read_fn(png_, &source_, take_png_bytes);
  }
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  bool start() {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_read_info(png_, info_);
    png_set_expand(png_);
    png_set_bgr(png_);
    if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) png_set_swap(png_);
    const int color = png_get_color_type(png_, info_);
    const bool transparent = png_get_valid(png_, info_, PNG_INFO_tRNS) != 0;
    // Grayscale with alpha becomes BGRA.
    if (color == PNG_COLOR_TYPE_GRAY_ALPHA || (color == PNG_COLOR_TYPE_GRAY && transparent)) {
      png_set_gray_to_rgb(png_);
    }
    png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    return true;
  }
  bool read(png_bytepp rows) {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_read_image(png_, rows);
    png_read_end(png_, nullptr);
    return true;
  }

  int width() const { return int(png_get_image_width(png_, info_)); }
  int height() const { return int(png_get_image_height(png_, info_)); }
  int type() const {
    const int depth = png_get_bit_depth(png_, info_) == 16 ? CV_16U : CV_8U;
    return CV_MAKETYPE(depth, png_get_channels(png_, info_));
  }
  const char* reason() const { return source_.reason; }

 private:
  PngSource source_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

}  // namespace

cv::Mat decode_png(ByteView bytes) {
  PngReader reader(bytes);
  if (!reader.start()) throw std::runtime_error(reader.reason());
  cv::Mat pixels(reader.height(), reader.width(), reader.type());
  std::vector<png_bytep> rows;
  for (int y = 0; y < pixels.rows; ++y) rows.push_back(pixels.ptr(y));
  if (!reader.read(rows.data())) throw std::runtime_error(reader.reason());
  return pixels;
}

}  // namespace saccade
