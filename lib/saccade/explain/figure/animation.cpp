#include "saccade/explain/figure/animation.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <gif_lib.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "saccade/image/palette.h"
#ifdef SACCADE_WITH_IMAGEQUANT
#include <libimagequant.h>
#endif

namespace saccade {
namespace {

struct GifRelease {
  void operator()(ColorMapObject* value) const { GifFreeMapObject(value); }
};
template <typename T>
using Held = std::unique_ptr<T, GifRelease>;

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error("cannot encode a GIF: " + what);
}

#ifdef SACCADE_WITH_IMAGEQUANT
struct ReleaseImagequant {
  void operator()(liq_attr* value) const { liq_attr_destroy(value); }
  void operator()(liq_image* value) const { liq_image_destroy(value); }
  void operator()(liq_result* value) const { liq_result_destroy(value); }
};
template <typename T>
using HeldByImagequant = std::unique_ptr<T, ReleaseImagequant>;

constexpr int kSpeed = 10;  // 1 (best quality) … 10 (fastest)

/// Like reduce_colors, but with libimagequant. It is licensed under the GPL, and so is a program
/// linked with it.
IndexedImage indexed(const Image& image) {
  const std::size_t count = std::size_t(image.width) * std::size_t(image.height);
  std::vector<std::uint8_t> rgba(count * 4, 255);
  for (std::size_t i = 0; i < count; ++i) {
    std::copy_n(image.rgb.data() + 3 * i, 3, rgba.data() + 4 * i);
  }
  const HeldByImagequant<liq_attr> settings(liq_attr_create());
  if (!settings) fail("libimagequant failed to start");
  liq_set_speed(settings.get(), kSpeed);
  const HeldByImagequant<liq_image> source(
      liq_image_create_rgba(settings.get(), rgba.data(), image.width, image.height, 0));
  liq_result* made = nullptr;
  if (!source || liq_image_quantize(source.get(), settings.get(), &made) != LIQ_OK) {
    fail("libimagequant failed to choose the colors");
  }
  const HeldByImagequant<liq_result> result(made);
  liq_set_dithering_level(result.get(), 0.8f);
  IndexedImage out;
  out.pixels.resize(count);
  if (liq_write_remapped_image(result.get(), source.get(), out.pixels.data(), count) != LIQ_OK) {
    fail("libimagequant failed to map the pixels to colors");
  }
  const liq_palette* palette = liq_get_palette(result.get());
  for (unsigned i = 0; i < palette->count; ++i) {
    const liq_color& color = palette->entries[i];
    out.colors.push_back({color.r, color.g, color.b});
  }
  return out;
}
#else
IndexedImage indexed(const Image& image) { return reduce_colors(image); }
#endif

Held<ColorMapObject> color_map(const std::vector<Color>& colors) {
  Held<ColorMapObject> map(GifMakeMapObject(256, nullptr));
  if (!map) fail("out of memory");
  for (std::size_t i = 0; i < colors.size(); ++i) {
    map->Colors[i] = {colors[i][0], colors[i][1], colors[i][2]};
  }
  return map;
}

int append(GifFileType* file, const GifByteType* bytes, int count) {
  static_cast<std::string*>(file->UserData)
      ->append(reinterpret_cast<const char*>(bytes), std::size_t(count));
  return count;
}

class Writer {
 public:
  explicit Writer(std::string& out) {
    int error = 0;
    file_ = EGifOpen(&out, append, &error);
    if (file_ == nullptr) fail("giflib failed to start");
  }
  ~Writer() {
    int ignored = 0;
    if (file_ != nullptr) EGifCloseFile(file_, &ignored);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void begin(int width, int height) {
    EGifSetGifVersion(file_, true);
    check(EGifPutScreenDesc(file_, width, height, 8, 0, nullptr));
    const GifByteType forever[] = {1, 0, 0};
    check(EGifPutExtensionLeader(file_, APPLICATION_EXT_FUNC_CODE));
    check(EGifPutExtensionBlock(file_, 11, "NETSCAPE2.0"));
    check(EGifPutExtensionBlock(file_, sizeof forever, forever));
    check(EGifPutExtensionTrailer(file_));
  }

  void add(const Image& image, int hundredths) {
    const IndexedImage picture = indexed(image);
    const Held<ColorMapObject> colors = color_map(picture.colors);
    const GraphicsControlBlock control{DISPOSE_DO_NOT, false, hundredths, NO_TRANSPARENT_COLOR};
    GifByteType packed[4];
    EGifGCBToExtension(&control, packed);
    check(EGifPutExtension(file_, GRAPHICS_EXT_FUNC_CODE, sizeof packed, packed));
    check(EGifPutImageDesc(file_, 0, 0, image.width, image.height, false, colors.get()));
    for (int y = 0; y < image.height; ++y) {
      // giflib takes a non-const pointer and masks the bytes in place.
      auto* row = const_cast<GifByteType*>(picture.pixels.data()) +
                  std::size_t(y) * std::size_t(image.width);
      check(EGifPutLine(file_, row, image.width));
    }
  }

  void end() {
    int error = 0;
    GifFileType* file = file_;
    file_ = nullptr;
    if (EGifCloseFile(file, &error) != GIF_OK) fail("giflib failed to finish the file");
  }

 private:
  void check(int status) const {
    if (status != GIF_OK) fail(GifErrorString(file_->Error));
  }
  GifFileType* file_ = nullptr;
};

}  // namespace

std::string encode_gif(int frames, const std::function<Image(int)>& frame, double seconds) {
  if (frames < 1) throw std::invalid_argument("a GIF needs at least one frame");
  if (!(seconds > 0 && seconds < 600)) {
    throw std::invalid_argument(
        "a GIF frame must last more than 0 and less than 600 seconds, not " +
        std::to_string(seconds));
  }
  std::string bytes;
  Writer writer(bytes);
  int width = 0, height = 0;
  for (int i = 0; i < frames; ++i) {
    const Image image = frame(i);
    if (i == 0) {
      width = image.width;
      height = image.height;
      if (width < 1 || height < 1 || std::max(width, height) > 65'535) {
        throw std::invalid_argument("a GIF cannot be " + std::to_string(width) + "x" +
                                    std::to_string(height) +
                                    " pixels; each side must be 1 to 65535 pixels");
      }
      writer.begin(width, height);
    } else if (image.width != width || image.height != height) {
      throw std::invalid_argument("all frames of a GIF must have the same size");
    }
    writer.add(image, std::max(1, int(std::lround(seconds * 100))));
  }
  writer.end();
  return bytes;
}

}  // namespace saccade
