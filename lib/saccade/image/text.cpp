#include "saccade/image/text.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <pango/pangocairo.h>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
// Fontconfig keeps loaded fonts until the process ends, which is not a leak of Saccade.
extern "C" __attribute__((weak)) const char* __lsan_default_suppressions() {
  return "leak:libfontconfig\n";
}
#endif

namespace saccade {
namespace {

struct PangoRelease {
  void operator()(PangoContext* context) const { g_object_unref(context); }
  void operator()(PangoLayout* layout) const { g_object_unref(layout); }
  void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
  void operator()(cairo_font_options_t* options) const { cairo_font_options_destroy(options); }
  void operator()(char* text) const { g_free(text); }
};

template <typename T>
using Held = std::unique_ptr<T, PangoRelease>;

Held<PangoLayout> lay_out(const std::string& text, const TextStyle& style, int width) {
  // Pango keeps one default font map per thread.
  const Held<PangoContext> context(
      pango_font_map_create_context(pango_cairo_font_map_get_default()));
  const Held<cairo_font_options_t> options(cairo_font_options_create());
  cairo_font_options_set_antialias(options.get(), CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(context.get(), options.get());

  Held<PangoLayout> layout(pango_layout_new(context.get()));
  const Held<PangoFontDescription> font(pango_font_description_new());
  pango_font_description_set_family(font.get(), "DejaVu Sans, sans-serif");
  pango_font_description_set_absolute_size(font.get(), style.size * PANGO_SCALE);
  if (style.bold) pango_font_description_set_weight(font.get(), PANGO_WEIGHT_BOLD);
  pango_layout_set_font_description(layout.get(), font.get());
  pango_layout_set_single_paragraph_mode(layout.get(), TRUE);
  pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
  pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
  pango_layout_set_alignment(layout.get(), style.centered ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT);
  pango_layout_set_width(layout.get(), std::max(width, 1) * PANGO_SCALE);
  pango_layout_set_height(layout.get(),
                          -std::max(style.max_lines, 1));  // negative: number of lines
  const Held<char> valid(g_utf8_make_valid(text.data(), gssize(text.size())));
  pango_layout_set_text(layout.get(), valid.get(), -1);
  return layout;
}

}  // namespace

TextSize measure_text(const std::string& text, const TextStyle& style, int width) {
  if (text.empty()) return {};
  PangoRectangle logical;
  pango_layout_get_pixel_extents(lay_out(text, style, width).get(), nullptr, &logical);
  return {logical.width, logical.height};
}

void draw_text(Image& image, const std::string& text, const TextStyle& style,
               const PixelRect& box) {
  if (text.empty() || box.width < 1 || box.height < 1) return;
  const Held<cairo_surface_t> surface(
      cairo_image_surface_create(CAIRO_FORMAT_A8, box.width, box.height));
  {
    const Held<cairo_t> cairo(cairo_create(surface.get()));
    const Held<PangoLayout> layout = lay_out(text, style, box.width);
    pango_cairo_show_layout(cairo.get(), layout.get());
  }
  cairo_surface_flush(surface.get());
  const unsigned char* coverage = cairo_image_surface_get_data(surface.get());
  if (coverage == nullptr) return;
  const int stride = cairo_image_surface_get_stride(surface.get());
  const int left = std::max(box.x, 0), right = std::min(box.x + box.width, image.width);
  const int top = std::max(box.y, 0), bottom = std::min(box.y + box.height, image.height);
  for (int y = top; y < bottom; ++y) {
    for (int x = left; x < right; ++x) {
      const double share = coverage[(y - box.y) * stride + (x - box.x)] / 255.0;
      std::uint8_t* pixel =
          image.rgb.data() + (std::size_t(y) * std::size_t(image.width) + std::size_t(x)) * 3;
      for (std::size_t c = 0; c < 3; ++c) {
        pixel[c] = std::uint8_t(std::lround(pixel[c] + (style.color[c] - pixel[c]) * share));
      }
    }
  }
}

}  // namespace saccade
