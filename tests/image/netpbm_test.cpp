// PNM, PAM and PFM, written here byte by byte.
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "saccade/image/image.h"

#include "image/image_files.h"

namespace saccade::test {
namespace {

using ::testing::HasSubstr;
using namespace std::string_literals;

Image read_text(const std::string& file, const LoadOptions& options = {}) {
  return decode_image(Bytes(file.begin(), file.end()), "photo.pnm", options);
}

std::string netpbm_refusal(const std::string& file) {
  try {
    read_text(file);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

std::string floats(const std::vector<float>& values, bool little_endian) {
  std::string text;
  for (const float value : values) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    const std::string big = big_endian(bits, 4);
    text += little_endian ? std::string(big.rbegin(), big.rend()) : big;
  }
  return text;
}

TEST(Netpbm, IsReadInAllKinds) {
  using Pixels = std::vector<std::vector<int>>;
  const Pixels colors{{255, 0, 0}, {0, 128, 255}}, greys{{51, 51, 51}, {204, 204, 204}};
  const Pixels black_white{{0, 0, 0}, {255, 255, 255}};
  const std::string pam = "P7\n# a comment\nWIDTH 2\nHEIGHT 1\n";
  const std::pair<std::string, Pixels> files[] = {
      {"P1\n2 1\n1 0", black_white},
      {"P1 2 1 10\n", black_white},
      {"P4\n2 1\n\x80"s, black_white},
      {"P2\n# a comment\n2 1 # another\n15\n3 12", greys},
      {"P2 2 1 1000\n200 800\n", greys},
      {"P3\n2 1\n255\n255 0 0\n0 128 255", colors},
      {"P5\n2 1\n255\n\x33\xCC"s, greys},
      {"P5\n2 1\n15\n\x03\x0C"s, greys},
      {"P5\n2 1\n1023\n"s + big_endian(205, 2) + big_endian(818, 2), greys},
      {"P5\n2 1\n65535\n"s + big_endian(51 * 257, 2) + big_endian(204 * 257, 2), greys},
      {"P6 2 1 255\n\xFF\0\0\0\x80\xFF"s, colors},
      {"P6\r\n2 1\n51\n\x33\0\0\x00\x19\x33"s, {{255, 0, 0}, {0, 125, 255}}},
      {pam + "DEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n\xFF\0\0\0\x80\xFF"s, colors},
      {pam + "DEPTH 1\nMAXVAL 1\nTUPLTYPE BLACKANDWHITE\nENDHDR\n\0\1"s, black_white},
      {pam + "DEPTH 2\nMAXVAL 255\nTUPLTYPE GRAYSCALE_ALPHA\nENDHDR\n\0\xCC\xCC\xFF"s, greys},
      {pam + "DEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n\xFF\0\0\xFF\0\x80\xFF\xFF"s,
       colors},
      {pam + "DEPTH 4\nMAXVAL 255\nTUPLTYPE CMYK\nENDHDR\n\0\xFF\xFF\0\xFF\x7F\0\0"s, colors},
      {"PF\n2 1\n-1.0\n" + floats({1, 0, 0, 0, 0.502F, 2}, true), colors},
      {"Pf 2 1 1.0\n" + floats({0.2F, 0.8F}, false), greys}};
  for (const auto& [file, expected] : files) {
    SCOPED_TRACE(file.substr(0, file.find('\n', 40)));
    const Image image = read_text(file);
    ASSERT_EQ(image.width, 2);
    ASSERT_EQ(image.height, 1);
    EXPECT_EQ(pixel(image, 0, 0), expected[0]);
    EXPECT_EQ(pixel(image, 1, 0), expected[1]);
    EXPECT_EQ(image.warning, "");
  }
}

TEST(Netpbm, StoresFloatsFromBottomToTop) {
  const Image image = read_text("Pf\n1 2\n-1\n" + floats({1, 0}, true));
  EXPECT_EQ(pixel(image, 0, 0)[0], 0);
  EXPECT_EQ(pixel(image, 0, 1)[0], 255);
}

TEST(Netpbm, PadsRowsOfBitsToBytes) {
  const Image image = read_text("P4\n9 2\n\xFF\x80\0\0"s);
  EXPECT_EQ(pixel(image, 8, 0)[0], 0);
  EXPECT_EQ(pixel(image, 8, 1)[0], 255);
}

TEST(Netpbm, IsRefusedIfTruncated) {
  for (const std::string& file :
       {"P1 2 2 101"s, "P2 2 2 255 1 2 3"s, "P3 1 1 255 1 x 3"s, "P4 9 1 \xFF"s, "P5 2 2 255 abc"s,
        "P6 1 2 65535 abcdefghijk"s, "PF 1 1 -1 abcdefghijk"s}) {
    EXPECT_THAT(netpbm_refusal(file), HasSubstr("is truncated: its PNM data end early")) << file;
    LoadOptions options;
    options.allow_truncated = true;
    const Image image = read_text(file, options);
    EXPECT_THAT(image.warning, HasSubstr("missing pixels are black")) << file;
    EXPECT_EQ(pixel(image, 0, image.height - 1), std::vector<int>(3, 0)) << file;
  }
}

TEST(Netpbm, IsRefusedIfItsHeaderIsWrong) {
  for (const std::string& file :
       {"P6\n"s, "P6 1 1 70000 abcabc"s, "P5 1 1 0 a"s, "P5 -1 1 255 a"s, "P5 1 99999999999 1 a"s,
        "P7\nWIDTH 1\nHEIGHT 1\nMAXVAL 255\nENDHDR\na"s, "P7\nWIDTH 1\n"s, "P7 332\n"s}) {
    EXPECT_THAT(netpbm_refusal(file), HasSubstr("has a size of zero")) << file;
  }
  EXPECT_THAT(netpbm_refusal("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 5\nMAXVAL 255\nENDHDR\nabcde"),
              HasSubstr("has 5 channels"));
}

}  // namespace
}  // namespace saccade::test
