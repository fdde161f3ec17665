// Kinds of TIFF that libvips does not read: tiles with separate planes, samples of 3, 5 to 7 or 9
// to 15 bits, and the obsolete form of JPEG compression.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <tiffio.h>
#include <vector>

#include "saccade/image/decode_memory.h"
#include "saccade/image/encoded_image.h"
#include "saccade/image/image_builder.h"
#include "saccade/image/row_converter.h"
#include "saccade/io/tiff_tags.h"

namespace saccade {
namespace {

/// A file in memory that libtiff reads.
struct Source {
  ByteView bytes;
  std::uint64_t at = 0;
};

tmsize_t read_bytes(thandle_t handle, void* to, tmsize_t count) {
  auto& source = *static_cast<Source*>(handle);
  const std::uint64_t left =
      source.bytes.size() - std::min<std::uint64_t>(source.at, source.bytes.size());
  const std::uint64_t part = std::min(left, std::uint64_t(count));
  if (part > 0) std::memcpy(to, source.bytes.data() + source.at, std::size_t(part));
  source.at += part;
  return tmsize_t(part);
}

tmsize_t write_bytes(thandle_t, void*, tmsize_t) { return -1; }

toff_t seek(thandle_t handle, toff_t offset, int whence) {
  auto& source = *static_cast<Source*>(handle);
  source.at = offset + (whence == SEEK_CUR   ? source.at
                        : whence == SEEK_END ? source.bytes.size()
                                             : 0);
  return source.at;
}

int close_nothing(thandle_t) { return 0; }

toff_t size_of(thandle_t handle) { return static_cast<Source*>(handle)->bytes.size(); }

/// libtiff reads the bytes where they are. Reading uncompressed tiles with separate planes by
/// read_bytes fails in libtiff 4.5.
int map_bytes(thandle_t handle, void** base, toff_t* size) {
  const ByteView bytes = static_cast<Source*>(handle)->bytes;
  *base = const_cast<std::uint8_t*>(bytes.data());
  *size = bytes.size();
  return 1;
}

void unmap_nothing(thandle_t, void*, toff_t) {}

int say_nothing(TIFF*, void*, const char*, const char*, va_list) { return 1; }

using TiffPointer = std::unique_ptr<TIFF, void (*)(TIFF*)>;

TiffPointer open_tiff(Source& source) {
  const std::unique_ptr<TIFFOpenOptions, void (*)(TIFFOpenOptions*)> options(
      ::TIFFOpenOptionsAlloc(), &::TIFFOpenOptionsFree);
  ::TIFFOpenOptionsSetErrorHandlerExtR(options.get(), &say_nothing, nullptr);
  ::TIFFOpenOptionsSetWarningHandlerExtR(options.get(), &say_nothing, nullptr);
  ::TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), tmsize_t(decode_memory()));
  return {::TIFFClientOpenExt("image", "r", &source, &read_bytes, &write_bytes, &seek,
                              &close_nothing, &size_of, &map_bytes, &unmap_nothing, options.get()),
          &::TIFFClose};
}

[[noreturn]] void refuse_damaged(const EncodedImage& encoded) {
  refuse(encoded,
         "cannot be decoded: its TIFF data are damaged, truncated or of an unsupported kind");
}

int field(TIFF* tiff, ttag_t tag) {
  std::uint16_t value = 0;
  ::TIFFGetFieldDefaulted(tiff, tag, &value);
  return value;
}

bool is_usual_depth(std::uint64_t bits) {
  return bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits >= 16;
}

/// Pixels in rows, and how they are laid out.
struct Pixels {
  std::vector<std::uint8_t> bytes;
  std::size_t row_bytes = 0;
  PixelFormat format;
  bool complete = true;
};

/// All pixels as 8-bit RGB with premultiplied alpha, as libtiff converts them.
Pixels read_converted(TIFF* tiff, const EncodedImage& encoded, int width, int height) {
  Pixels pixels;
  pixels.row_bytes = std::size_t(width) * 4;
  pixels.bytes.resize(pixels.row_bytes * std::size_t(height));
  pixels.format.channels = 4;
  if (encoded.header.extra_samples != 0) pixels.format.alpha = PixelFormat::Alpha::associated;
  char reason[1024];
  TIFFRGBAImage image{};
  if (!::TIFFRGBAImageOK(tiff, reason) ||
      !::TIFFRGBAImageBegin(&image, tiff, encoded.options.allow_truncated ? 0 : 1, reason)) {
    refuse_damaged(encoded);
  }
  image.req_orientation = image.orientation;  // the rows as they are stored
  std::vector<std::uint32_t> raster(std::size_t(width) * std::size_t(height));
  pixels.complete =
      ::TIFFRGBAImageGet(&image, raster.data(), std::uint32_t(width), std::uint32_t(height)) != 0;
  ::TIFFRGBAImageEnd(&image);
  std::uint8_t* to = pixels.bytes.data();
  for (const std::uint32_t pixel : raster) {
    for (int shift = 0; shift < 32; shift += 8) *to++ = std::uint8_t(pixel >> shift);
  }
  return pixels;
}

/// The samples of a row, packed without gaps, most significant bit first.
class PackedSamples {
 public:
  PackedSamples(const std::uint8_t* bytes, int bits) : bytes_(bytes), bits_(bits) {}

  std::uint16_t next() {
    while (held_ < bits_) {
      buffer_ = buffer_ << 8 | *bytes_++;
      held_ += 8;
    }
    held_ -= bits_;
    return std::uint16_t(buffer_ >> held_ & ((1u << bits_) - 1));
  }

 private:
  const std::uint8_t* bytes_;
  const int bits_;
  std::uint32_t buffer_ = 0;
  int held_ = 0;
};

/// Gray or RGB pixels of an unusual depth, in strips, as 16-bit samples.
Pixels read_packed(TIFF* tiff, const EncodedImage& encoded, int width, int height) {
  const int bits = field(tiff, TIFFTAG_BITSPERSAMPLE);
  const int channels = field(tiff, TIFFTAG_SAMPLESPERPIXEL);
  const int photometric = field(tiff, TIFFTAG_PHOTOMETRIC);
  const bool planes = field(tiff, TIFFTAG_PLANARCONFIG) == PLANARCONFIG_SEPARATE;
  const bool grey = photometric == PHOTOMETRIC_MINISBLACK || photometric == PHOTOMETRIC_MINISWHITE;
  if ((!grey && photometric != PHOTOMETRIC_RGB) || channels < (grey ? 1 : 3) || channels > 5 ||
      bits < 1 || bits > 16 || ::TIFFIsTiled(tiff)) {
    refuse(encoded, "has samples of " + std::to_string(bits) +
                        " bits of an unsupported kind; convert it to 8 or 16 bits");
  }
  Pixels pixels;
  pixels.format.model = grey ? PixelFormat::Model::grey : PixelFormat::Model::rgb;
  pixels.format.sample = PixelFormat::Sample::u16;
  pixels.format.channels = channels;
  pixels.format.white = (1 << bits) - 1;
  if (channels > pixels.format.colors() && encoded.header.extra_samples != 0) {
    pixels.format.alpha = encoded.header.extra_samples == EXTRASAMPLE_ASSOCALPHA
                              ? PixelFormat::Alpha::associated
                              : PixelFormat::Alpha::straight;
  }
  const std::size_t row_samples = std::size_t(width) * std::size_t(channels);
  const int per_scanline = planes ? width : width * channels;
  std::vector<std::uint16_t> samples(row_samples * std::size_t(height));
  std::vector<std::uint8_t> scanline(
      std::max(std::size_t(::TIFFScanlineSize(tiff)),
               (std::size_t(per_scanline) * std::size_t(bits) + 7) / 8));
  const int inverted = photometric == PHOTOMETRIC_MINISWHITE ? (1 << bits) - 1 : 0;
  for (int plane = 0; plane < (planes ? channels : 1); ++plane) {
    for (int y = 0; y < height && pixels.complete; ++y) {
      pixels.complete =
          ::TIFFReadScanline(tiff, scanline.data(), std::uint32_t(y), std::uint16_t(plane)) == 1;
      if (!pixels.complete) break;
      PackedSamples packed(scanline.data(), bits);
      std::uint16_t* to = samples.data() + std::size_t(y) * row_samples + plane;
      for (int i = 0; i < per_scanline; ++i, to += planes ? channels : 1) {
        *to = std::uint16_t(packed.next() ^ inverted);
      }
    }
  }
  pixels.row_bytes = row_samples * sizeof(std::uint16_t);
  pixels.bytes.resize(samples.size() * sizeof(std::uint16_t));
  std::memcpy(pixels.bytes.data(), samples.data(), pixels.bytes.size());
  return pixels;
}

std::vector<std::uint8_t> profile_of(TIFF* tiff) {
  std::uint32_t size = 0;
  const std::uint8_t* data = nullptr;
  if (!::TIFFGetField(tiff, TIFFTAG_ICCPROFILE, &size, &data) || data == nullptr) return {};
  return {data, data + size};
}

}  // namespace

bool needs_libtiff(const EncodedImage& encoded) {
  const auto tag = [&](TiffTag name, std::uint64_t otherwise) {
    return read_tiff_tag(encoded.bytes, name).value_or(otherwise);
  };
  const bool tiles = tag(TiffTag::tile_length, 0) != 0;
  return (tiles && tag(TiffTag::planar_configuration, 0) == PLANARCONFIG_SEPARATE) ||
         tag(TiffTag::compression, 0) == COMPRESSION_OJPEG ||
         !is_usual_depth(tag(TiffTag::bits_per_sample, 1));
}

Image read_with_libtiff(const EncodedImage& encoded) {
  Source source{encoded.bytes};
  const TiffPointer tiff = open_tiff(source);
  std::uint32_t width = 0, height = 0;
  if (!tiff || !::TIFFSetDirectory(tiff.get(), tdir_t(encoded.options.frame - 1)) ||
      !::TIFFGetField(tiff.get(), TIFFTAG_IMAGEWIDTH, &width) ||
      !::TIFFGetField(tiff.get(), TIFFTAG_IMAGELENGTH, &height)) {
    refuse_damaged(encoded);
  }
  check_size(encoded, width, height);
  constexpr std::int64_t kMost = 5 * 4 + 3;  // bytes per pixel: samples twice, and the result
  const DecodeShare share(checked_share(encoded, std::int64_t(width) * height * kMost));
  const bool packed = !is_usual_depth(std::uint64_t(field(tiff.get(), TIFFTAG_BITSPERSAMPLE)));
  const Pixels pixels = packed ? read_packed(tiff.get(), encoded, int(width), int(height))
                               : read_converted(tiff.get(), encoded, int(width), int(height));
  if (!pixels.complete && !encoded.options.allow_truncated) refuse_damaged(encoded);
  const int orientation = encoded.header.orientation;
  ImageBuilder builder(int(width), int(height), orientation, 1,
                       reduction_of(encoded, int(width), int(height), orientation));
  RowConverter converter(pixels.format, profile_of(tiff.get()));
  std::vector<std::uint8_t> rgb(std::size_t(width) * 3);
  for (std::size_t y = 0; y < height; ++y) {
    converter.convert(pixels.bytes.data() + y * pixels.row_bytes, int(width), rgb.data());
    builder.add_row(rgb.data());
  }
  Image image = builder.finish();
  if (!pixels.complete) image.warning = about(encoded, "is truncated; missing pixels are black");
  return image;
}

}  // namespace saccade
