#include "saccade/io/file_format.h"

#include <filesystem>
#include <string>
#include <sys/stat.h>

#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;

std::string format_of(const std::string& bytes) {
  const char* format = image_format_of(bytes);
  return format ? format : "";
}

TEST(ImageSignature, IdentifiesTheFormatByTheFirstBytes) {
  EXPECT_EQ(format_of("\xFF\xD8\xFF\xE0"), "JPEG");
  EXPECT_EQ(format_of("\x89PNG\r\n\x1A\n"), "PNG");
  EXPECT_EQ(format_of("RIFF\x10\0\0\0WEBPVP8 "s), "WebP");
  EXPECT_EQ(format_of("II*\0\x08\0\0\0"s), "TIFF");
  EXPECT_EQ(format_of("MM\0*\0\0\0\x08"s), "TIFF");
  EXPECT_EQ(format_of("GIF89a"), "GIF");
  EXPECT_EQ(format_of("\0\0\0\x0CjP  \r\n\x87\n"s), "JPEG 2000");
  EXPECT_EQ(format_of("\0\0\0\x18"
                      "ftypheic\0\0\0\0mif1heic"s),
            "HEIC");
  EXPECT_EQ(format_of("\0\0\0\x1C"
                      "ftypmif1\0\0\0\0mif1heic"s),
            "HEIC");
  EXPECT_EQ(format_of("\0\0\0\x1C"
                      "ftypavif\0\0\0\0avifmif1"s),
            "AVIF");
  EXPECT_EQ(format_of("\xFF\x0A\x00"s), "JPEG XL");
  EXPECT_EQ(format_of("BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"s), "BMP");
  EXPECT_EQ(format_of("P6\n# a comment\n4 4 255\n"), "PNM");
  EXPECT_EQ(format_of("P5 4 4 255 "), "PNM");
  EXPECT_EQ(format_of("PF\n4 4\n-1.0\n"), "PNM");
}

TEST(ImageSignature, FindsNoneInOtherFiles) {
  for (const std::string& bytes :
       {""s, "P"s, "P4"s, "P3 is a text"s, "Pf Pfennig"s, "Photographs of 2021\n"s,
        "BMW.jpg\nBMX.jpg and more\n"s, "{\"image\":\"a.jpg\",\"caption\":\"a dog\"}\n"s,
        "\0\0\0\x20"
        "ftypisom\0\0\2\0isomiso2mp41"s,
        "RIFF\x10\0\0\0WAVEfmt "s, "%PDF-1.7"s, "\x1F\x8B\x08\0"s}) {
    EXPECT_EQ(format_of(bytes), "") << bytes;
  }
}

TEST(ImageSignature, OpensRegularFilesOnly) {
  const test::TemporaryFolder folder;
  EXPECT_STREQ(image_format_of_file(SACCADE_SOURCE_DIR "/assets/cat.jpg"), "JPEG");
  EXPECT_EQ(image_format_of_file(folder / "absent"), nullptr);
  EXPECT_EQ(image_format_of_file(folder.path()), nullptr);
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(image_format_of_file(folder / "pipe"), nullptr);
  test::write_file(folder / "empty.jpg", "");
  EXPECT_EQ(image_format_of_file(folder / "empty.jpg"), nullptr);
}

}  // namespace
}  // namespace saccade
