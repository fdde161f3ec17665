#include "saccade/explain/animation.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <gif_lib.h>
#include <libimagequant.h>
#include <memory>
#include <stdexcept>
#include <vector>

namespace saccade {
namespace {

struct Release {
  void operator()(liq_attr* value) const { liq_attr_destroy(value); }
  void operator()(liq_image* value) const { liq_image_destroy(value); }
  void operator()(liq_result* value) const { liq_result_destroy(value); }
  void operator()(ColorMapObject* value) const { GifFreeMapObject(value); }
};
template <typename T>
using Held = std::unique_ptr<T, Release>;

constexpr int kSpeed = 10;  // of 1 (best) … 10

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error("a GIF cannot be encoded: " + what);
}

struct Indexed {
  std::vector<GifByteType> pixels;
  Held<ColorMapObject> colors;
};

/// The picture in the 256 colours that suit it best, dithered.
Indexed quantize(const Image& image) {
  const std::size_t count = std::size_t(image.width) * std::size_t(image.height);
  std::vector<std::uint8_t> rgba(count * 4, 255);
  for (std::size_t i = 0; i < count; ++i) {
    std::copy_n(image.rgb.data() + 3 * i, 3, rgba.data() + 4 * i);
  }
  const Held<liq_attr> settings(liq_attr_create());
  if (!settings) fail("libimagequant does not start");
  liq_set_speed(settings.get(), kSpeed);
  const Held<liq_image> source(
      liq_image_create_rgba(settings.get(), rgba.data(), image.width, image.height, 0));
  liq_result* made = nullptr;
  if (!source || liq_image_quantize(source.get(), settings.get(), &made) != LIQ_OK) {
    fail("its colours cannot be chosen");
  }
  const Held<liq_result> result(made);
  liq_set_dithering_level(result.get(), 0.8f);
  Indexed out;
  out.pixels.resize(count);
  if (liq_write_remapped_image(result.get(), source.get(), out.pixels.data(), count) != LIQ_OK) {
    fail("its pixels cannot be given colours");
  }
  const liq_palette* palette = liq_get_palette(result.get());
  out.colors.reset(GifMakeMapObject(256, nullptr));
  if (!out.colors) fail("out of memory");
  for (unsigned i = 0; i < palette->count; ++i) {
    const liq_color& color = palette->entries[i];
    out.colors->Colors[i] = {color.r, color.g, color.b};
  }
  return out;
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
    if (file_ == nullptr) fail("giflib does not start");
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
    const Indexed indexed = quantize(image);
    const GraphicsControlBlock control{DISPOSE_DO_NOT, false, hundredths, NO_TRANSPARENT_COLOR};
    GifByteType packed[4];
    EGifGCBToExtension(&control, packed);
    check(EGifPutExtension(file_, GRAPHICS_EXT_FUNC_CODE, sizeof packed, packed));
    check(EGifPutImageDesc(file_, 0, 0, image.width, image.height, false, indexed.colors.get()));
    for (int y = 0; y < image.height; ++y) {
      // giflib asks for a pointer that is not const, and masks what it writes.
      auto* row = const_cast<GifByteType*>(indexed.pixels.data()) +
                  std::size_t(y) * std::size_t(image.width);
      check(EGifPutLine(file_, row, image.width));
    }
  }

  void end() {
    int error = 0;
    GifFileType* file = file_;
    file_ = nullptr;
    if (EGifCloseFile(file, &error) != GIF_OK) fail("giflib cannot end it");
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
    throw std::invalid_argument("a frame of a GIF stands for up to 600 seconds, not " +
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
        throw std::invalid_argument("a GIF cannot have " + std::to_string(width) + "x" +
                                    std::to_string(height) + " pixels");
      }
      writer.begin(width, height);
    } else if (image.width != width || image.height != height) {
      throw std::invalid_argument("the frames of a GIF must be of one size");
    }
    writer.add(image, std::max(1, int(std::lround(seconds * 100))));
  }
  writer.end();
  return bytes;
}

}  // namespace saccade
