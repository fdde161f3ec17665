// Kinds of TIFF that libvips does not read.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <tiffio.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "saccade/image/image.h"

#include "image/image_files.h"
#include "temporary_folder.h"

namespace saccade::test {
namespace {

using ::testing::HasSubstr;

constexpr int kWidth = 37, kHeight = 21;

/// The layout of a file to write.
struct Kind {
  int bits = 8;
  int channels = 3;
  bool tiles = false;
  bool planes = false;
  int compression = COMPRESSION_NONE;
  int photometric = PHOTOMETRIC_RGB;
  int orientation = 1;
};

/// A sample of the picture that all files show, 0…1.
double sample(int x, int y, int channel) {
  return channel == 0 ? x / double(kWidth - 1) : channel == 1 ? y / double(kHeight - 1) : 0.25;
}

/// Packs samples without gaps, most significant bit first, as TIFF has them; 16 bits in the
/// machine's order, which libtiff expects.
class Packer {
 public:
  explicit Packer(int bits) : bits_(bits) {}

  void add(std::uint32_t value) {
    if (bits_ == 16) {
      bytes.push_back(std::uint8_t(value)), bytes.push_back(std::uint8_t(value >> 8));
      return;
    }
    for (int bit = bits_ - 1; bit >= 0; --bit, ++used_) {
      if (used_ % 8 == 0) bytes.push_back(0);
      bytes.back() = std::uint8_t(bytes.back() | ((value >> bit & 1) << (7 - used_ % 8)));
    }
  }
  void end_row() { used_ = 0; }

  Bytes bytes;

 private:
  const int bits_;
  int used_ = 0;
};

Bytes write_tiff(const TemporaryFolder& folder, const Kind& kind) {
  const std::filesystem::path path = folder / "written.tif";
  std::unique_ptr<TIFF, void (*)(TIFF*)> tiff(::TIFFOpen(path.c_str(), "w"), &::TIFFClose);
  const auto set = [&](ttag_t tag, int value) {
    EXPECT_TRUE(::TIFFSetField(tiff.get(), tag, value));
  };
  set(TIFFTAG_IMAGEWIDTH, kWidth), set(TIFFTAG_IMAGELENGTH, kHeight);
  set(TIFFTAG_BITSPERSAMPLE, kind.bits), set(TIFFTAG_SAMPLESPERPIXEL, kind.channels);
  set(TIFFTAG_PLANARCONFIG, kind.planes ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);
  set(TIFFTAG_PHOTOMETRIC, kind.photometric), set(TIFFTAG_COMPRESSION, kind.compression);
  set(TIFFTAG_ORIENTATION, kind.orientation);
  constexpr int kTile = 16;
  if (kind.tiles) {
    set(TIFFTAG_TILEWIDTH, kTile), set(TIFFTAG_TILELENGTH, kTile);
  } else {
    set(TIFFTAG_ROWSPERSTRIP, 4);
  }
  const int width = kind.tiles ? kTile : kWidth, height = kind.tiles ? kTile : 1;
  const bool inverted = kind.photometric == PHOTOMETRIC_MINISWHITE;
  for (int plane = 0; plane < (kind.planes ? kind.channels : 1); ++plane) {
    for (int top = 0; top < kHeight; top += height) {
      for (int left = 0; left < kWidth; left += width) {
        Packer packer(kind.bits);
        for (int y = top; y < top + height; ++y) {
          for (int x = left; x < left + width; ++x) {
            for (int c = 0; c < (kind.planes ? 1 : kind.channels); ++c) {
              const double value = std::min(1.0, sample(x, y, plane + c));
              const double white = (1 << kind.bits) - 1;
              packer.add(std::uint32_t((inverted ? 1 - value : value) * white + 0.5));
            }
          }
          packer.end_row();
        }
        if (kind.tiles) {
          EXPECT_GT(::TIFFWriteTile(tiff.get(), packer.bytes.data(), std::uint32_t(left),
                                    std::uint32_t(top), 0, std::uint16_t(plane)),
                    0);
        } else {
          EXPECT_EQ(::TIFFWriteScanline(tiff.get(), packer.bytes.data(), std::uint32_t(top),
                                        std::uint16_t(plane)),
                    1);
        }
      }
    }
  }
  tiff.reset();
  const std::string bytes = read_file(path);
  return {bytes.begin(), bytes.end()};
}

void expect_the_picture(const Image& image, const Kind& kind, int tolerance) {
  ASSERT_EQ(image.width, kWidth);
  ASSERT_EQ(image.height, kHeight);
  int largest = 0;
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const auto found = pixel(image, x, y);
      for (int c = 0; c < 3; ++c) {
        const double expected = 255 * sample(x, y, kind.channels == 1 ? 0 : c);
        largest = std::max(largest, int(std::abs(found[std::size_t(c)] - expected)));
      }
    }
  }
  EXPECT_LE(largest, tolerance) << kind.bits << " bits, " << kind.channels << " channels";
}

TEST(Tiff, MayHavePlanesInTiles) {
  const TemporaryFolder folder;
  for (const int bits : {8, 16}) {
    for (const int compression : {COMPRESSION_NONE, COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE}) {
      const Kind kind{bits, 3, true, true, compression};
      expect_the_picture(decode_image(write_tiff(folder, kind), "planes.tif"), kind, 1);
    }
  }
}

TEST(Tiff, MayHaveSamplesOfAnyDepth) {
  const TemporaryFolder folder;
  for (const int bits : {3, 5, 6, 7, 9, 10, 12, 14, 15}) {
    const int tolerance = bits < 8 ? 255 / ((1 << bits) - 1) / 2 + 1 : 1;
    for (const bool planes : {false, true}) {
      const Kind kind{bits, 3, false, planes, COMPRESSION_LZW};
      expect_the_picture(decode_image(write_tiff(folder, kind), "deep.tif"), kind, tolerance);
    }
    for (const int photometric : {PHOTOMETRIC_MINISBLACK, PHOTOMETRIC_MINISWHITE}) {
      const Kind kind{bits, 1, false, false, COMPRESSION_NONE, photometric};
      expect_the_picture(decode_image(write_tiff(folder, kind), "grey.tif"), kind, tolerance);
    }
  }
}

TEST(Tiff, OfRareKindsIsRotated) {
  const TemporaryFolder folder;
  for (const Kind& upright : {Kind{8, 3, true, true}, Kind{12, 3}}) {
    Kind turned = upright;
    turned.orientation = 6;
    const Image image = decode_image(write_tiff(folder, upright), "upright.tif");
    const Image rotated = decode_image(write_tiff(folder, turned), "turned.tif");
    ASSERT_EQ(rotated.width, kHeight);
    for (int y = 0; y < kHeight; ++y) {
      EXPECT_EQ(pixel(rotated, kHeight - 1 - y, 3), pixel(image, 3, y));
    }
  }
}

TEST(Tiff, OfRareKindsIsRefusedIfTruncated) {
  const TemporaryFolder folder;
  for (const Kind& kind : {Kind{8, 3, true, true}, Kind{12, 3}, Kind{12, 3, true}}) {
    Bytes bytes = write_tiff(folder, kind);
    // The directory comes last, so the pixels are made to lie behind the end.
    bytes.erase(bytes.begin() + 8, bytes.begin() + 600);
    EXPECT_THROW(decode_image(bytes, "cut.tif"), std::runtime_error);
  }
}

TEST(Tiff, OfAnUnsupportedDepthIsNamed) {
  const TemporaryFolder folder;
  try {
    decode_image(write_tiff(folder, Kind{12, 3, true}), "tiles.tif");
    FAIL() << "expected an error";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("samples of 12 bits"));
  }
}

}  // namespace
}  // namespace saccade::test
