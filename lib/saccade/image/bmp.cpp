// BMP. OpenCV misreads palettes of OS/2 and most masks, scales 5 bits to 8 by a shift, and does not
// read 2 bits per pixel, 24-bit runs, color profiles and embedded files.
#include "saccade/image/bmp.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "saccade/image/decode_memory.h"
#include "saccade/image/encoded_image.h"

namespace saccade {
namespace {

using Storage = BmpHeader::Storage;
using namespace std::string_view_literals;

constexpr std::size_t kInfo = 14;       // offset of the information header
constexpr std::size_t kMaskPlace = 54;  // in or after the information header
constexpr std::size_t kCoreLength = 12, kWindowsLength = 40, kOs2Length = 64, kAlphaLength = 56,
                      kProfileLength = 124;

/// Sets storage, masks and `unsupported` as the compression code says.
void read_storage(BmpHeader& header, ByteView bytes, std::size_t length, std::uint64_t code) {
  enum Code { kPlain, kRle8, kRle4, kMasks, kJpegOrRle24, kPng, kMasksWithAlpha };
  const bool os2 = length < kWindowsLength || length == kOs2Length;
  const bool file = bytes.has(header.start, "\xFF\xD8\xFF"sv) || bytes.has(header.start, "\x89PNG");
  const bool one_of_four = header.bits == 16 || header.bits == 24 || header.bits == 32;
  const auto require_bits = [&](bool right) {
    if (!right) header.unsupported = "with " + std::to_string(header.bits) + " bits per pixel";
  };
  const auto require_runs_of = [&](int bits, Storage storage) {
    header.storage = storage;
    require_bits(header.bits == bits);
  };
  if (one_of_four) {
    header.masks = header.bits == 16 ? std::array<std::uint32_t, 4>{0x7C00, 0x03E0, 0x001F, 0}
                                     : std::array<std::uint32_t, 4>{0xFF0000, 0xFF00, 0xFF, 0};
  }
  if (code == kPlain) {
    require_bits(one_of_four || header.bits == 1 || header.bits == 2 || header.bits == 4 ||
                 header.bits == 8);
  } else if (code == kRle8) {
    require_runs_of(8, Storage::rle8);
  } else if (code == kRle4) {
    require_runs_of(4, Storage::rle4);
  } else if ((code == kMasks && !os2 && header.bits != 1) || code == kMasksWithAlpha) {
    header.storage = Storage::masks;
    require_bits(one_of_four);
    for (std::size_t i = 0; i < 3; ++i) {
      header.masks[i] = std::uint32_t(bytes.little(kMaskPlace + 4 * i, 4));
    }
    const bool alpha = code == kMasksWithAlpha || length >= kAlphaLength;
    header.masks[3] = alpha ? std::uint32_t(bytes.little(kMaskPlace + 12, 4)) : 0;
    if (length == kWindowsLength) header.palette += code == kMasks ? 12 : 16;
  } else if ((code == kJpegOrRle24 || code == kPng) && file) {
    header.storage = Storage::embedded;
  } else if (code == kJpegOrRle24 && header.bits == 24) {
    header.storage = Storage::rle24;
  } else if (code == kMasks) {
    header.unsupported = "with Huffman compression";
  } else {
    header.unsupported = "with compression method " + std::to_string(code);
  }
}

/// The bits of a color in a pixel, as an 8-bit sample.
class Field {
 public:
  explicit Field(std::uint32_t mask) : mask_(mask) {
    while (mask != 0 && (mask_ >> shift_ & 1) == 0) ++shift_;
    largest_ = mask_ >> shift_;
  }
  bool empty() const { return mask_ == 0; }
  std::uint8_t of(std::uint32_t pixel) const {
    if (empty()) return 0;
    const std::uint64_t value = (pixel & mask_) >> shift_;
    return std::uint8_t((value * 255 + largest_ / 2) / largest_);
  }

 private:
  std::uint32_t mask_, largest_ = 0;
  int shift_ = 0;
};

using Rgba = std::array<std::uint8_t, 4>;

/// The colors of the palette, followed by black for indices beyond it.
std::array<Rgba, 256> palette_of(const BmpHeader& header, ByteView bytes) {
  std::array<Rgba, 256> palette;
  palette.fill({0, 0, 0, 255});
  for (std::size_t i = 0; i < header.colors; ++i) {
    const std::size_t at = header.palette + i * header.entry_bytes;
    for (std::size_t c = 0; c < 3; ++c) palette[i][c] = std::uint8_t(bytes.big(at + 2 - c, 1));
  }
  return palette;
}

/// The pixels of run-length encoding. Those that no run covers are transparent.
class Canvas {
 public:
  Canvas(const BmpHeader& header, ByteView bytes)
      : header_(header),
        bytes_(bytes),
        palette_(palette_of(header, bytes)),
        rgba_(std::size_t(header.width * header.height) * 4) {}

  /// Draws all runs. @return false if the file ends before the image does
  bool draw() {
    std::size_t at = header_.start;
    while (y_ < header_.height) {
      if (!bytes_.holds(at, 2)) return y_ == header_.height - 1 && x_ >= header_.width;
      const int count = next(at), code = next(at + 1);
      at += 2;
      if (count > 0) {
        // One color, of RLE4 two that alternate.
        for (int i = 0; i < count; ++i) put(at - 1, header_.storage == Storage::rle4 ? i % 2 : 0);
        if (header_.storage == Storage::rle24) at += 2;
      } else if (code == kEndOfRow) {
        x_ = 0;
        ++y_;
      } else if (code == kEnd) {
        return true;
      } else if (code == kMove) {
        x_ += next(at);
        y_ += next(at + 1);
        at += 2;
      } else {  // that many pixels, each with its color
        const int size = (code * header_.bits + 7) / 8;
        for (int i = 0; i < code; ++i) put(at, i);
        at += std::size_t(size + size % 2);
      }
    }
    return true;
  }

  /// @param stored  in the order of the file
  const std::uint8_t* row(std::int64_t stored) const {
    return rgba_.data() + std::size_t(stored * header_.width) * 4;
  }
  bool overran() const { return overran_; }  ///< whether a run exceeds its row

 private:
  enum Escape { kEndOfRow, kEnd, kMove };

  int next(std::size_t at) const { return int(bytes_.big(at, 1)); }

  /// Draws the pixel `index` of those stored at an offset.
  void put(std::size_t at, int index) {
    const std::int64_t x = x_++;
    if (x >= header_.width || y_ >= header_.height) {
      overran_ = true;
      return;
    }
    Rgba color;
    if (header_.storage == Storage::rle24) {
      const std::size_t pixel = at + 3 * std::size_t(index);
      color = {std::uint8_t(next(pixel + 2)), std::uint8_t(next(pixel + 1)),
               std::uint8_t(next(pixel)), 255};
    } else if (header_.storage == Storage::rle8) {
      color = palette_[std::size_t(next(at + std::size_t(index)))];
    } else {
      const int pair = next(at + std::size_t(index / 2));
      color = palette_[std::size_t(index % 2 == 0 ? pair >> 4 : pair & 15)];
    }
    std::copy(color.begin(), color.end(), &rgba_[std::size_t(y_ * header_.width + x) * 4]);
  }

  const BmpHeader& header_;
  const ByteView bytes_;
  const std::array<Rgba, 256> palette_;
  std::vector<std::uint8_t> rgba_;
  std::int64_t x_ = 0, y_ = 0;
  bool overran_ = false;
};

/// Rows that are stored without runs.
class Rows {
 public:
  Rows(const BmpHeader& header, ByteView bytes)
      : header_(header), bytes_(bytes), palette_(palette_of(header, bytes)) {}

  /// @param stored  in the order of the file
  /// @return null if the file ends before the row does
  const std::uint8_t* row(std::int64_t stored) {
    const std::size_t at = header_.start + std::size_t(stored) * header_.row_bytes();
    if (!bytes_.holds(at, header_.used_bytes())) return nullptr;
    const std::uint8_t* from = bytes_.data() + at;
    if (is_bgr()) return from;
    const auto width = std::size_t(header_.width), bits = std::size_t(header_.bits);
    rgba_.resize(width * 4);
    for (std::size_t x = 0; x < width; ++x) {
      Rgba color;
      if (bits <= 8) {
        const std::size_t bit = x * bits;
        color = palette_[std::size_t(from[bit / 8] >> (8 - bits - bit % 8)) & ((1u << bits) - 1)];
      } else {
        const auto pixel = std::uint32_t(bytes_.little(at + x * bits / 8, int(bits / 8)));
        for (std::size_t c = 0; c < color.size(); ++c) color[c] = fields_[c].of(pixel);
      }
      std::copy(color.begin(), color.end(), &rgba_[4 * x]);
    }
    return rgba_.data();
  }

  PixelFormat format() const {
    PixelFormat format;
    format.channels = is_bgr() ? header_.bits / 8 : 4;
    if (is_bgr()) format.model = PixelFormat::Model::bgr;
    if (!fields_[3].empty()) format.alpha = PixelFormat::Alpha::straight;
    return format;
  }

 private:
  /// Whether pixels are stored as the RowConverter takes them.
  bool is_bgr() const { return header_.storage == Storage::plain && header_.bits >= 24; }

  const BmpHeader& header_;
  const ByteView bytes_;
  const std::array<Rgba, 256> palette_;
  const std::array<Field, 4> fields_{Field(header_.masks[0]), Field(header_.masks[1]),
                                     Field(header_.masks[2]), Field(header_.masks[3])};
  std::vector<std::uint8_t> rgba_;
};

}  // namespace

BmpHeader read_bmp_header(ByteView bytes) {
  BmpHeader header;
  const auto length = std::size_t(bytes.little(kInfo, 4));
  const auto field = [&](std::size_t at, int count) {  // 0 beyond the information header
    return at + std::size_t(count) <= kInfo + length ? bytes.little(at, count) : 0;
  };
  const auto signed_field = [&](std::size_t at) {
    return std::int64_t(std::int32_t(std::uint32_t(field(at, 4))));
  };
  header.start = std::size_t(bytes.little(10, 4));
  header.palette = kInfo + length;
  std::uint64_t used = 0;
  if (length == kCoreLength) {
    header.width = std::int64_t(field(18, 2));
    header.height = std::int64_t(field(20, 2));
    header.bits = int(field(24, 2));
    header.entry_bytes = 3;
  } else {
    header.width = signed_field(18);
    header.height = std::llabs(signed_field(22));
    header.top_down = signed_field(22) < 0;
    header.bits = int(field(28, 2));
    used = field(46, 4);
  }
  read_storage(header, bytes, length, length == kCoreLength ? 0 : field(30, 4));
  if (header.bits <= 8) {
    const std::size_t most = std::size_t(1) << header.bits;
    header.colors = used > 0 ? std::min(most, std::size_t(used)) : most;
    if (header.start > header.palette) {
      header.colors = std::min(header.colors, (header.start - header.palette) / header.entry_bytes);
    } else {  // some programs write the offset of the palette
      header.start = header.palette + header.colors * header.entry_bytes;
    }
  }
  if (length >= kProfileLength && bytes.has(70, "DEBM")) {  // 'MBED'
    header.icc_profile =
        bytes.slice(kInfo + std::size_t(field(126, 4)), std::size_t(field(130, 4)));
  }
  return header;
}

bool is_complete(const BmpHeader& header, ByteView bytes) {
  if (header.has_runs() || !header.unsupported.empty() || header.width < 1) return true;
  if (header.height < 1) return true;
  // The padding of the last row may be missing.
  return bytes.holds(header.start,
                     header.row_bytes() * std::size_t(header.height - 1) + header.used_bytes());
}

ByteView embedded_file(ByteView bytes) {
  if (identify_format(bytes) != FileFormat::bmp) return bytes;
  const BmpHeader header = read_bmp_header(bytes);
  return header.storage == Storage::embedded ? bytes.slice(header.start, bytes.size()) : bytes;
}

Image read_bmp(const EncodedImage& encoded) {
  const BmpHeader header = read_bmp_header(encoded.bytes);
  if (!header.unsupported.empty()) {
    refuse(encoded, "is a BMP image " + header.unsupported +
                        ", which is not supported; convert it to PNG first");
  }
  const int width = int(header.width), height = int(header.height);
  const int reduction = reduction_of(encoded, width, height, 1);
  const auto stored = [&](int y) { return header.top_down ? y : height - 1 - y; };
  const std::int64_t pixels = header.width * header.height;
  const DecodeShare share(checked_share(
      encoded, pixels * 3 / reduction / reduction + (header.has_runs() ? pixels * 4 : 0)));
  if (!header.has_runs()) {
    Rows rows(header, encoded.bytes);
    return image_of_rows(encoded, width, height, reduction, rows.format(),
                         [&](int y) { return rows.row(stored(y)); });
  }
  Canvas canvas(header, encoded.bytes);
  const bool complete = canvas.draw();
  if (!complete && !encoded.options.allow_truncated) refuse_truncated(encoded);
  PixelFormat format;
  format.channels = 4;
  format.alpha = PixelFormat::Alpha::straight;
  Image image = image_of_rows(encoded, width, height, reduction, format,
                              [&](int y) { return canvas.row(stored(y)); });
  if (!complete) {
    image.warning = about(encoded, "is truncated; missing pixels are white");
  } else if (canvas.overran()) {
    image.warning = about(encoded, "is damaged (a run of pixels exceeds its row)");
  }
  return image;
}

}  // namespace saccade
