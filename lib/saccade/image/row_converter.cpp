#include "saccade/image/row_converter.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <lcms2.h>

namespace saccade {
namespace {

using Model = PixelFormat::Model;
using Sample = PixelFormat::Sample;
using Alpha = PixelFormat::Alpha;

std::uint8_t to_byte(double value) {  // NaN becomes black
  return std::uint8_t(std::clamp(std::isnan(value) ? 0.0 : value, 0.0, 255.0) + 0.5);
}

/// Calls `act` with a pointer to samples of the right type.
template <typename Act>
void with_samples(Sample sample, const void* from, const Act& act) {
  switch (sample) {
    case Sample::u8:
      return act(static_cast<const std::uint8_t*>(from));
    case Sample::u16:
      return act(static_cast<const std::uint16_t*>(from));
    case Sample::f32:
      return act(static_cast<const float*>(from));
    case Sample::f64:
      return act(static_cast<const double*>(from));
  }
}

/// The RGB values of one pixel, in units of the samples.
template <typename T>
void rgb_of(const T* pixel, Model model, double white, double rgb[3]) {
  switch (model) {
    case Model::grey:
      rgb[0] = rgb[1] = rgb[2] = double(pixel[0]);
      return;
    case Model::rgb:
      for (int c = 0; c < 3; ++c) rgb[c] = double(pixel[c]);
      return;
    case Model::bgr:
      for (int c = 0; c < 3; ++c) rgb[c] = double(pixel[2 - c]);
      return;
    case Model::cmyk:
      for (int c = 0; c < 3; ++c) {
        rgb[c] = (white - double(pixel[c])) * (white - double(pixel[3])) / white;
      }
      return;
    case Model::inverted_cmyk:
      for (int c = 0; c < 3; ++c) rgb[c] = double(pixel[c]) * double(pixel[3]) / white;
      return;
  }
}

template <typename T>
void convert_samples(const T* from, const PixelFormat& format, int width, std::uint8_t* to) {
  const double scale = 255.0 / format.white;
  const int alpha_at = format.colors();
  double rgb[3] = {};
  for (int x = 0; x < width; ++x, from += format.channels, to += 3) {
    rgb_of(from, format.model, format.white, rgb);
    if (format.alpha == Alpha::none) {
      for (int c = 0; c < 3; ++c) to[c] = to_byte(rgb[c] * scale);
    } else {
      const double alpha = double(from[alpha_at]);
      const double share = format.alpha == Alpha::associated ? 1.0 : alpha / format.white;
      for (int c = 0; c < 3; ++c) {
        to[c] = to_byte((rgb[c] * share + format.white - alpha) * scale);
      }
    }
  }
}

/// Converts the most common layouts without arithmetic. @return false for all others.
bool convert_plain(const void* from, const PixelFormat& format, int width, std::uint8_t* to) {
  if (format.sample != Sample::u8 || format.alpha != Alpha::none || format.white != 255) {
    return false;
  }
  const auto* bytes = static_cast<const std::uint8_t*>(from);
  if (format.model == Model::rgb && format.channels == 3) {
    std::memcpy(to, bytes, std::size_t(width) * 3);
  } else if (format.model == Model::bgr) {
    for (int x = 0; x < width; ++x, bytes += format.channels, to += 3) {
      to[0] = bytes[2], to[1] = bytes[1], to[2] = bytes[0];
    }
  } else if (format.model == Model::grey) {
    for (int x = 0; x < width; ++x, bytes += format.channels, to += 3) {
      to[0] = to[1] = to[2] = bytes[0];
    }
  } else {
    return false;
  }
  return true;
}

struct CloseProfile {
  void operator()(void* profile) const { cmsCloseProfile(profile); }
};
using Profile = std::unique_ptr<void, CloseProfile>;

/// Whether the transform of 16-bit RGB changes no color by more than one 8-bit step.
bool is_identity(cmsHTRANSFORM transform) {
  for (int i = 0; i < 125; ++i) {
    const int levels[3] = {i % 5, i / 5 % 5, i / 25};
    std::uint16_t in[3];
    for (int c = 0; c < 3; ++c) in[c] = std::uint16_t(levels[c] * 65535 / 4);
    std::uint8_t out[3];
    cmsDoTransform(transform, in, out, 1);
    for (int c = 0; c < 3; ++c) {
      if (std::abs(out[c] - int(std::lround(in[c] / 257.0))) > 1) return false;
    }
  }
  return true;
}

}  // namespace

/// Converts colors to sRGB with lcms. All samples are converted to 16 bits first.
struct RowConverter::Colors {
  cmsHTRANSFORM transform = nullptr;
  std::vector<std::uint16_t> row;

  ~Colors() {
    if (transform) cmsDeleteTransform(transform);
  }

  static std::unique_ptr<Colors> open(const PixelFormat& format,
                                      const std::vector<std::uint8_t>& icc_profile) {
    if (icc_profile.empty()) return nullptr;
    const Profile from(
        cmsOpenProfileFromMem(icc_profile.data(), cmsUInt32Number(icc_profile.size())));
    const Profile to(cmsCreate_sRGBProfile());
    if (!from || !to) return nullptr;
    const cmsColorSpaceSignature space = cmsGetColorSpace(from.get());
    cmsUInt32Number layout = 0;
    if (format.colors() == 3 && space == cmsSigRgbData) layout = TYPE_RGB_16;
    if (format.colors() == 1 && space == cmsSigGrayData) layout = TYPE_GRAY_16;
    if (format.colors() == 4 && space == cmsSigCmykData) layout = TYPE_CMYK_16;
    if (layout == 0) return nullptr;
    auto colors = std::make_unique<Colors>();
    colors->transform = cmsCreateTransform(from.get(), layout, to.get(), TYPE_RGB_8,
                                           INTENT_PERCEPTUAL, cmsFLAGS_NOCACHE);
    if (!colors->transform) return nullptr;
    if (layout == TYPE_RGB_16 && is_identity(colors->transform)) return nullptr;
    return colors;
  }

  template <typename T>
  void convert(const T* from, const PixelFormat& format, int width, std::uint8_t* to) {
    const int count = format.colors();
    row.resize(std::size_t(width) * std::size_t(count));
    const double scale = 65535.0 / format.white;
    std::uint16_t* sample = row.data();
    const T* pixel = from;
    for (int x = 0; x < width; ++x, pixel += format.channels) {
      for (int c = 0; c < count; ++c) {
        double value = double(pixel[format.model == Model::bgr ? 2 - c : c]);
        if (format.model == Model::inverted_cmyk) value = format.white - value;
        value *= scale;
        *sample++ = std::uint16_t(std::clamp(std::isnan(value) ? 0.0 : value, 0.0, 65535.0) + 0.5);
      }
    }
    cmsDoTransform(transform, row.data(), to, cmsUInt32Number(width));
    if (format.alpha == Alpha::none) return;
    pixel = from + count;
    for (int x = 0; x < width; ++x, pixel += format.channels, to += 3) {
      const double alpha = double(*pixel) / format.white;
      const double share = format.alpha == Alpha::associated ? 1.0 : alpha;
      for (int c = 0; c < 3; ++c) to[c] = to_byte(to[c] * share + 255 * (1 - alpha));
    }
  }
};

RowConverter::RowConverter(const PixelFormat& format, const std::vector<std::uint8_t>& icc_profile)
    : format_(format), colors_(Colors::open(format, icc_profile)) {}

RowConverter::~RowConverter() = default;

void RowConverter::convert(const void* from, int width, std::uint8_t* to) {
  if (colors_) {
    with_samples(format_.sample, from,
                 [&](const auto* samples) { colors_->convert(samples, format_, width, to); });
  } else if (!convert_plain(from, format_, width, to)) {
    with_samples(format_.sample, from,
                 [&](const auto* samples) { convert_samples(samples, format_, width, to); });
  }
}

}  // namespace saccade
