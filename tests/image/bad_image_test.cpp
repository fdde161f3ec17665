#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/core.hpp>

#include "saccade/image/image.h"

#include "image/image_files.h"
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

TEST(BadImage, AbsentFileIsNamed) {
  EXPECT_THAT(loading("/nowhere/photo.jpg"),
              AllOf(HasSubstr("/nowhere/photo.jpg"), HasSubstr("not exist")));
}

TEST(BadImage, FolderIsNamed) {
  TemporaryFolder folder;
  EXPECT_THAT(loading(folder.path()),
              AllOf(HasSubstr(folder.path().string()), HasSubstr("folder")));
}

TEST(BadImage, EmptyFileIsNamed) {
  TemporaryFolder folder;
  write_file(folder / "empty.jpg", "");
  EXPECT_THAT(loading(folder / "empty.jpg"), AllOf(HasSubstr("empty.jpg"), HasSubstr("0 bytes")));
}

TEST(BadImage, TextIsNoImageWhateverItsName) {
  TemporaryFolder folder;
  write_file(folder / "note.jpg",
             "This is a letter, and it is long enough to hold any header at all.");
  EXPECT_THAT(loading(folder / "note.jpg"),
              AllOf(HasSubstr("note.jpg"), HasSubstr("not an image")));
}

TEST(BadImage, NonsenseBytesAreRefused) {
  EXPECT_THAT(decoding(Bytes(100, 0x5A)),
              AllOf(HasSubstr("photo.x"), HasSubstr("cannot be decoded")));
}

TEST(BadImage, CutOffFilesAreRefusedWhereverTheyAreCut) {
  for (const char* extension : {".jpg", ".png", ".bmp", ".tiff", ".webp"}) {
    const Bytes whole = encode(extension, noise());
    for (const double share : {0.02, 0.3, 0.9, 0.99}) {
      const Bytes part(whole.begin(), whole.begin() + std::ptrdiff_t(double(whole.size()) * share));
      EXPECT_THAT(decoding(part), HasSubstr("photo.x")) << extension << " cut at " << share;
    }
    const Bytes all_but_one(whole.begin(), whole.end() - 1);
    if (std::string(extension) != ".tiff") {  // whose last bytes are tags, not pixels
      EXPECT_THAT(decoding(all_but_one), HasSubstr("cut off")) << extension;
    }
  }
}

TEST(BadImage, CutOffProgressiveJpegIsRefused) {
  const Bytes whole = encode(".jpg", noise(), {cv::IMWRITE_JPEG_PROGRESSIVE, 1});
  const Bytes half(whole.begin(), whole.begin() + std::ptrdiff_t(whole.size() / 2));
  EXPECT_THAT(decoding(half), HasSubstr("cut off"));
}

TEST(BadImage, CutOffJpegIsRefusedThoughItsThumbnailIsWhole) {
  const Bytes thumbnail = encode(".jpg", noise());
  const std::string body =
      std::string("Exif\0\0", 6) + exif_block(1) + std::string(thumbnail.begin(), thumbnail.end());
  const Bytes whole =
      insert(encode(".jpg", noise()), 2,
             std::string("\xFF\xE1") + big_endian(std::uint32_t(body.size() + 2), 2) + body);
  EXPECT_EQ(decode_image(whole, "photo.jpg").width, 80);
  EXPECT_THAT(decoding(Bytes(whole.begin(), whole.end() - 200)), HasSubstr("cut off"));
}

TEST(BadImage, DamagedPngIsRefused) {
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

TEST(BadImage, HugeImagesAreRefusedBeforeDecoding) {
  // None of these holds a single pixel: only the header can have told their size.
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

TEST(BadImage, ZeroSizeIsRefused) {
  EXPECT_THAT(decoding(png_of_size(0, 10)), HasSubstr("size of zero"));
  EXPECT_THAT(decoding(png_of_size(10, 0)), HasSubstr("size of zero"));
}

}  // namespace
}  // namespace saccade::test
