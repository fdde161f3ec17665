#include "saccade/explain/figure/imagequant_palette.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <libimagequant.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace saccade {
namespace {

struct ReleaseImagequant {
  void operator()(liq_attr* value) const { liq_attr_destroy(value); }
  void operator()(liq_image* value) const { liq_image_destroy(value); }
  void operator()(liq_result* value) const { liq_result_destroy(value); }
};
template <typename T>
using HeldByImagequant = std::unique_ptr<T, ReleaseImagequant>;

constexpr int kSpeed = 10;  // 1 (best quality) … 10 (fastest)

[[noreturn]] void fail_to_reduce(const std::string& what) {
  throw std::runtime_error("cannot encode a GIF: " + what);
}

}  // namespace

IndexedImage reduce_colors_by_imagequant(const Image& image) {
  const std::size_t count = std::size_t(image.width) * std::size_t(image.height);
  std::vector<std::uint8_t> rgba(count * 4, 255);
  for (std::size_t i = 0; i < count; ++i) {
    std::copy_n(image.rgb.data() + 3 * i, 3, rgba.data() + 4 * i);
  }
  const HeldByImagequant<liq_attr> settings(liq_attr_create());
  if (!settings) fail_to_reduce("libimagequant failed to start");
  liq_set_speed(settings.get(), kSpeed);
  const HeldByImagequant<liq_image> source(
      liq_image_create_rgba(settings.get(), rgba.data(), image.width, image.height, 0));
  liq_result* made = nullptr;
  if (!source || liq_image_quantize(source.get(), settings.get(), &made) != LIQ_OK) {
    fail_to_reduce("libimagequant failed to choose the colors");
  }
  const HeldByImagequant<liq_result> result(made);
  liq_set_dithering_level(result.get(), 0.8f);
  IndexedImage out;
  out.pixels.resize(count);
  if (liq_write_remapped_image(result.get(), source.get(), out.pixels.data(), count) != LIQ_OK) {
    fail_to_reduce("libimagequant failed to map the pixels to colors");
  }
  const liq_palette* palette = liq_get_palette(result.get());
  for (unsigned i = 0; i < palette->count; ++i) {
    const liq_color& color = palette->entries[i];
    out.colors.push_back({color.r, color.g, color.b});
  }
  return out;
}

}  // namespace saccade
