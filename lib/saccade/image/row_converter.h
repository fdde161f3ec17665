#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace saccade {

/// The pixel layout of a decoder.
struct PixelFormat {
  enum class Model { grey, rgb, bgr, cmyk, inverted_cmyk };  ///< inverted: maximum means no ink
  enum class Sample { u8, u16, f32, f64 };
  enum class Alpha { none, straight, associated };  ///< associated: colors are premultiplied

  Model model = Model::rgb;
  Sample sample = Sample::u8;
  Alpha alpha = Alpha::none;  ///< the channel after the colors
  int channels = 3;           ///< samples per pixel; unused ones are ignored
  double white = 255;         ///< maximum of a sample

  int colors() const { return model == Model::grey ? 1 : model <= Model::bgr ? 3 : 4; }
};

/// Converts a decoder's rows to 8-bit sRGB: rounds samples to 8 bits, converts colors from their
/// ICC profile, and composites transparency on white.
class RowConverter {
 public:
  /// @param icc_profile  empty for sRGB; an invalid profile or one for another color model is
  ///                     ignored. CMYK without a profile is converted by R = (1 − C)(1 − K).
  RowConverter(const PixelFormat& format, const std::vector<std::uint8_t>& icc_profile);
  ~RowConverter();
  RowConverter(const RowConverter&) = delete;
  RowConverter& operator=(const RowConverter&) = delete;

  /// @param from  width × channels samples
  /// @param to    width × 3 bytes, RGB
  void convert(const void* from, int width, std::uint8_t* to);

 private:
  struct Colors;

  PixelFormat format_;
  std::unique_ptr<Colors> colors_;  // null: the colors are sRGB
};

}  // namespace saccade
