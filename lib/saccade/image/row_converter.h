#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace saccade {

/// How a decoder lays out a pixel.
struct PixelFormat {
  enum class Model { grey, rgb, bgr, cmyk, inverted_cmyk };  ///< inverted: the maximum is no ink
  enum class Sample { u8, u16, f32, f64 };
  enum class Alpha { none, straight, associated };  ///< associated: colours are multiplied by it

  Model model = Model::rgb;
  Sample sample = Sample::u8;
  Alpha alpha = Alpha::none;  ///< the channel after the colours
  int channels = 3;           ///< samples per pixel; those that mean nothing here are passed over
  double white = 255;         ///< the sample's maximum

  int colors() const { return model == Model::grey ? 1 : model <= Model::bgr ? 3 : 4; }
};

/// Turns a decoder's rows into 8-bit sRGB: samples are brought to 8 bits by rounding, colours are
/// converted from their ICC profile, and what is transparent is laid on white.
class RowConverter {
 public:
  /// @param icc_profile  empty for sRGB; one that cannot be used, or is of another colour model, is
  ///                     passed over. CMYK without a profile is R = (1 − C)(1 − K).
  RowConverter(const PixelFormat& format, const std::vector<std::uint8_t>& icc_profile);
  ~RowConverter();
  RowConverter(const RowConverter&) = delete;
  RowConverter& operator=(const RowConverter&) = delete;

  /// @param from  width × channels samples; @param to  width × 3 bytes, RGB.
  void convert(const void* from, int width, std::uint8_t* to);

 private:
  struct Colors;

  PixelFormat format_;
  std::unique_ptr<Colors> colors_;  // null: the colours are sRGB
};

}  // namespace saccade
