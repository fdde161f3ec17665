#include <algorithm>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/core.hpp>

#include "saccade/image/image.h"

#include "image/image_files.h"
#include "image/vips_files.h"
#include "temporary_folder.h"

namespace saccade::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string message_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

std::string loading(const std::filesystem::path& path) {
  return message_of([&] { load_image(path); });
}

std::string decoding(const Bytes& bytes) {
  return message_of([&] { decode_image(bytes, "photo.x"); });
}

cv::Mat noise() {
  cv::Mat pixels(60, 80, CV_8UC3);
  cv::RNG(1).fill(pixels, cv::RNG::UNIFORM, 0, 256);
  return pixels;
}

TEST(BadImage, NamesAMissingFile) {
  EXPECT_THAT(loading("/nowhere/photo.jpg"),
              AllOf(HasSubstr("/nowhere/photo.jpg"), HasSubstr("not exist")));
}

TEST(BadImage, NamesAFolder) {
  TemporaryFolder folder;
  EXPECT_THAT(loading(folder.path()),
              AllOf(HasSubstr(folder.path().string()), HasSubstr("folder")));
}

TEST(BadImage, NamesAnEmptyFile) {
  TemporaryFolder folder;
  write_file(folder / "empty.jpg", "");
  EXPECT_THAT(loading(folder / "empty.jpg"), AllOf(HasSubstr("empty.jpg"), HasSubstr("0 bytes")));
}

TEST(BadImage, RefusesTextWithAnImageFileName) {
  TemporaryFolder folder;
  write_file(folder / "note.jpg",
             "This is a letter, and it is long enough to hold any header at all.");
  EXPECT_THAT(loading(folder / "note.jpg"),
              AllOf(HasSubstr("note.jpg"), HasSubstr("not an image")));
}

TEST(BadImage, RefusesRandomBytes) {
  EXPECT_THAT(decoding(Bytes(100, 0x5A)),
              AllOf(HasSubstr("photo.x"), HasSubstr("is not an image")));
}

TEST(BadImage, RefusesFilesTruncatedAnywhere) {
  for (const char* extension : {".jpg", ".png", ".bmp", ".tiff", ".webp"}) {
    const Bytes whole = encode(extension, noise());
    for (const double share : {0.02, 0.3, 0.9, 0.99}) {
      const Bytes part(whole.begin(), whole.begin() + std::ptrdiff_t(double(whole.size()) * share));
      EXPECT_THAT(decoding(part), HasSubstr("photo.x")) << extension << " truncated at " << share;
    }
    const Bytes all_but_one(whole.begin(), whole.end() - 1);
    // The last bytes of TIFF are tags, not pixels, and those of JPEG are a marker.
    if (std::string(extension) != ".tiff" && std::string(extension) != ".jpg") {
      EXPECT_THAT(decoding(all_but_one), HasSubstr("truncated")) << extension;
    }
  }
}

TEST(BadImage, RefusesATruncatedProgressiveJpeg) {
  const Bytes whole = encode(".jpg", noise(), {cv::IMWRITE_JPEG_PROGRESSIVE, 1});
  const Bytes half(whole.begin(), whole.begin() + std::ptrdiff_t(whole.size() / 2));
  EXPECT_THAT(decoding(half), HasSubstr("truncated"));
}

TEST(BadImage, RefusesATruncatedJpegWithACompleteThumbnail) {
  const Bytes thumbnail = encode(".jpg", noise());
  const std::string body =
      std::string("Exif\0\0", 6) + exif_block(1) + std::string(thumbnail.begin(), thumbnail.end());
  const Bytes whole =
      insert(encode(".jpg", noise()), 2,
             std::string("\xFF\xE1") + big_endian(std::uint32_t(body.size() + 2), 2) + body);
  EXPECT_EQ(decode_image(whole, "photo.jpg").width, 80);
  EXPECT_THAT(decoding(Bytes(whole.begin(), whole.end() - 200)), HasSubstr("truncated"));
}

TEST(BadImage, RefusesADamagedPng) {
  Bytes png = encode(".png", noise());
  for (std::size_t i = png.size() / 2; i < png.size() / 2 + 30; ++i) png[i] ^= 0x5A;
  EXPECT_THAT(decoding(png), HasSubstr("damaged"));
}

Bytes png_of_size(std::uint32_t width, std::uint32_t height) {
  Bytes bytes;
  append(bytes, "\x89PNG\r\n\x1A\n" +
                    png_chunk("IHDR", big_endian(width, 4) + big_endian(height, 4) +
                                          std::string("\x08\x02\0\0\0", 5)) +
                    png_chunk("IEND", ""));
  return bytes;
}

TEST(BadImage, RefusesHugeImagesBeforeDecoding) {
  // These files contain no pixels, so the size can only come from the header.
  Bytes jpeg = encode(".jpg", noise());
  for (std::size_t i = 0; i + 8 < jpeg.size(); ++i) {
    if (jpeg[i] == 0xFF && jpeg[i + 1] == 0xC0) {
      for (std::size_t j = 5; j < 9; ++j) jpeg[i + j] = 0xEA;
      break;
    }
  }
  Bytes pnm;
  append(pnm, "P6\n# a comment 12\n60000 60000\n255\n");
  for (const Bytes& bytes : {png_of_size(20000, 15001), jpeg, pnm}) {
    EXPECT_THAT(decoding(bytes),
                AllOf(HasSubstr("photo.x"), HasSubstr("too large"), HasSubstr("300")));
  }
  EXPECT_THAT(decoding(png_of_size(20000, 15000)), Not(HasSubstr("too large")));
}

TEST(BadImage, WarnsAboutACompleteJpegWithoutAnEndMarker) {
  for (const int progressive : {0, 1}) {
    const Bytes whole = encode(".jpg", noise(), {cv::IMWRITE_JPEG_PROGRESSIVE, progressive});
    const Image expected = decode_image(whole, "photo.jpg");
    EXPECT_EQ(expected.warning, "");
    const Image image = decode_image(Bytes(whole.begin(), whole.end() - 2), "photo.jpg");
    EXPECT_EQ(image.rgb, expected.rgb);
    EXPECT_THAT(image.warning, AllOf(HasSubstr("photo.jpg"), HasSubstr("no end marker")));
    for (std::size_t cut = 12; cut < 60; cut += 7) {
      EXPECT_THAT(decoding(Bytes(whole.begin(), whole.end() - std::ptrdiff_t(cut))),
                  HasSubstr("truncated"))
          << cut;
    }
  }
}

TEST(BadImage, TreatsAProgressiveJpegWithoutItsLastScanAsTruncated) {
  const Bytes whole = encode(".jpg", noise(), {cv::IMWRITE_JPEG_PROGRESSIVE, 1});
  std::size_t last = 0;
  for (std::size_t i = 0; i + 1 < whole.size(); ++i) {
    if (whole[i] == 0xFF && whole[i + 1] == 0xDA) last = i;
  }
  EXPECT_THAT(decoding(Bytes(whole.begin(), whole.begin() + std::ptrdiff_t(last))),
              HasSubstr("truncated"));
}

TEST(BadImage, WarnsAboutDamageInsideAJpeg) {
  Bytes jpeg = encode(".jpg", noise());
  for (std::size_t i = jpeg.size() / 2; i < jpeg.size() / 2 + 40; ++i) jpeg[i] = 0xFF;
  ::testing::internal::CaptureStderr();
  const Image image = decode_image(jpeg, "photo.jpg");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  EXPECT_THAT(image.warning, AllOf(HasSubstr("photo.jpg"), HasSubstr("damaged")));
}

TEST(BadImage, WarnsAboutMissingOrTooLargeTiffByteCounts) {
  const Bytes absent = fixture("tiff-without-StripByteCounts.tif");
  // The same pixels with a byte count beyond the end of the file.
  Bytes too_large = save(to_vips(noise()).get(), ".tif");
  const Image expected = decode_image(too_large, "photo.tif");
  const bool little = too_large[0] == 'I';
  const std::size_t directory = little ? too_large[4] | too_large[5] << 8 | too_large[6] << 16 : 0;
  ASSERT_GT(directory, 0u);
  for (std::size_t i = 0; i < too_large[directory]; ++i) {
    const std::size_t entry = directory + 2 + 12 * i;
    if (too_large[entry] == (279 & 0xFF) && too_large[entry + 1] == 279 >> 8) {
      ASSERT_EQ(too_large[entry + 4], 1) << "several strips";
      too_large[entry + 2] = 4;  // of 32 bits
      too_large[entry + 11] = 0x10;
    }
  }
  ::testing::internal::CaptureStderr();
  const Image first = decode_image(absent, "photo.tif"),
              second = decode_image(too_large, "photo.tif");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(first.width, 120);
  EXPECT_EQ(second.rgb, expected.rgb);
  EXPECT_THAT(first.warning, HasSubstr("photo.tif"));
  EXPECT_THAT(second.warning, HasSubstr("photo.tif"));
}

TEST(BadImage, ReadsTheAvailableRowsOfTruncatedFilesOnRequest) {
  const cv::Mat pixels = noise();
  LoadOptions options;
  options.allow_truncated = true;
  for (const char* extension : {".jpg", ".png", ".bmp"}) {
    const Bytes whole = encode(extension, pixels);
    const Image expected = decode_image(whole, extension);
    const Bytes half(whole.begin(), whole.begin() + std::ptrdiff_t(whole.size() * 6 / 10));
    const Image image = decode_image(half, extension, options);
    EXPECT_THAT(image.warning, HasSubstr("truncated")) << extension;
    const bool from_below = std::string(extension) == ".bmp";
    for (int y = 0; y < 24; ++y) {
      const int row = from_below ? 59 - y : y;
      EXPECT_TRUE(std::equal(image.row(row), image.row(row) + 240, expected.row(row)))
          << extension << " " << row;
    }
  }
}

TEST(BadImage, SuppressesCodecMessagesAboutChunks) {
  const Bytes png = insert(encode(".png", noise()), kPngAfterHeader,
                           png_chunk("iCCP", std::string("bad\0\0x", 6)) + png_chunk("gAMA", "x"));
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(decode_image(png, "photo.png").width, 80);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST(BadImage, ChecksTheSizeThatTheDecoderUses) {
  Bytes jpeg = encode(".jpg", noise());
  const Bytes second{0xFF, 0xC0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0};  // 1×1, after the pixels
  for (std::size_t i = 0; i + 8 < jpeg.size(); ++i) {
    if (jpeg[i] == 0xFF && jpeg[i + 1] == 0xC0) {
      for (std::size_t j = 5; j < 9; ++j) jpeg[i + j] = 0xEA;
      break;
    }
  }
  jpeg.insert(jpeg.end() - 2, second.begin(), second.end());
  EXPECT_THAT(decoding(jpeg), HasSubstr("too large"));
  const Bytes tiff{'I', 'I', '*', 0, 8, 0, 0, 0, 3, 0,            // three entries:
                   0,   1,   3,   0, 1, 0, 0, 0, 0, 0x80, 0, 0,   // width 32768
                   1,   1,   3,   0, 1, 0, 0, 0, 0, 0x80, 0, 0,   // height 32768
                   0,   1,   3,   0, 1, 0, 0, 0, 1, 0,    0, 0};  // width 1
  EXPECT_THAT(decoding(tiff), HasSubstr("photo.x"));
}

TEST(BadImage, RefusesASizeOfZero) {
  EXPECT_THAT(decoding(png_of_size(0, 10)), HasSubstr("size of zero"));
  EXPECT_THAT(decoding(png_of_size(10, 0)), HasSubstr("size of zero"));
}

}  // namespace
}  // namespace saccade::test
