#include <algorithm>
#include <zlib.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "saccade/image/image.h"

#include "image/image_files.h"
#include "image/vips_files.h"

namespace saccade::test {
namespace {

// The stored image, 16 × 8, one color per quarter:    r g
//                                                      b w
cv::Mat stored() {
  cv::Mat bgr(8, 16, CV_8UC3);
  bgr(cv::Rect(0, 0, 8, 4)).setTo(cv::Scalar(0, 0, 255));
  bgr(cv::Rect(8, 0, 8, 4)).setTo(cv::Scalar(0, 255, 0));
  bgr(cv::Rect(0, 4, 8, 4)).setTo(cv::Scalar(255, 0, 0));
  bgr(cv::Rect(8, 4, 8, 4)).setTo(cv::Scalar(255, 255, 255));
  return bgr;
}

/// The colors of the quarters: upper left, upper right, lower left, lower right.
std::string quarters(const Image& image) {
  std::string letters;
  for (const auto& [x, y] : {std::pair{1, 1}, {3, 1}, {1, 3}, {3, 3}}) {
    const auto rgb = pixel(image, image.width * x / 4, image.height * y / 4);
    const bool red = rgb[0] > 127, green = rgb[1] > 127, blue = rgb[2] > 127;
    letters += red && green && blue ? 'w' : red ? 'r' : green ? 'g' : blue ? 'b' : '?';
  }
  return letters;
}

// The displayed quarters for each EXIF orientation, according to the EXIF specification.
const char* const kSeen[9] = {"", "rgbw", "grwb", "wbgr", "bwrg", "rbgw", "brwg", "wgbr", "gwrb"};

void expect_upright(const Bytes& bytes, int orientation, const std::string& name) {
  const Image image = decode_image(bytes, name);
  EXPECT_EQ(quarters(image), kSeen[orientation]) << name << " with orientation " << orientation;
  EXPECT_EQ(image.width, orientation < 5 ? 16 : 8) << name << " with orientation " << orientation;
  EXPECT_EQ(image.height, orientation < 5 ? 8 : 16) << name << " with orientation " << orientation;
}

TEST(Orientation, AppliesAllOrientationsToJpeg) {
  const Bytes jpeg = encode(".jpg", stored(), {cv::IMWRITE_JPEG_QUALITY, 100});
  for (int o = 1; o <= 8; ++o) expect_upright(jpeg_with_orientation(jpeg, o), o, "photo.jpg");
}

TEST(Orientation, AppliesAllOrientationsToPng) {
  const Bytes png = encode(".png", stored());
  for (int o = 1; o <= 8; ++o) expect_upright(png_with_orientation(png, o), o, "photo.png");
}

TEST(Orientation, AppliesAllOrientationsToWebp) {
  const Bytes simple = encode(".webp", stored(), {cv::IMWRITE_WEBP_QUALITY, 101});
  for (int o = 1; o <= 8; ++o) {
    // The extended format: a VP8X chunk with the EXIF flag (8) and the size minus one.
    const std::string exif = exif_block(o);
    std::string body =
        std::string("VP8X\x0A\0\0\0\x08\0\0\0", 12) + std::string("\x0F\0\0\x07\0\0", 6);
    body.append(simple.begin() + 12, simple.end());
    body += "EXIF" + std::string{char(exif.size()), 0, 0, 0} + exif;
    Bytes webp;
    const std::uint32_t length = std::uint32_t(body.size() + 4);
    append(webp, "RIFF" + std::string{char(length), char(length >> 8), 0, 0} + "WEBP" + body);
    expect_upright(webp, o, "photo.webp");
  }
}

TEST(Orientation, AppliesAllOrientationsToTiff) {
  // A little-endian TIFF with one uncompressed strip, built by hand because OpenCV does not write
  // orientations.
  cv::Mat rgb;
  cv::cvtColor(stored(), rgb, cv::COLOR_BGR2RGB);
  const auto number = [](std::uint32_t value, int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += char(value >> (8 * i) & 0xFF);
    return text;
  };
  for (int o = 1; o <= 8; ++o) {
    const std::uint32_t entries[][4] = {{256, 3, 1, 16},
                                        {257, 3, 1, 8},
                                        {258, 3, 1, 8},
                                        {259, 3, 1, 1},
                                        {262, 3, 1, 2},
                                        {273, 4, 1, 134},
                                        {274, 3, 1, std::uint32_t(o)},
                                        {277, 3, 1, 3},
                                        {278, 3, 1, 8},
                                        {279, 4, 1, 384}};
    std::string file = std::string("II*\0", 4) + number(8, 4) + number(10, 2);
    for (const auto& entry : entries) {
      file += number(entry[0], 2) + number(entry[1], 2) + number(entry[2], 4) + number(entry[3], 4);
    }
    file += number(0, 4);
    ASSERT_EQ(file.size(), 134u);
    file.append(rgb.datastart, rgb.dataend);
    expect_upright(Bytes(file.begin(), file.end()), o, "photo.tiff");
  }
}

TEST(Orientation, IsReadFromRawProfilesAndXmpInPng) {
  const Bytes png = encode(".png", stored());
  for (int o = 1; o <= 8; ++o) {
    const std::string exif = std::string("Exif\0\0", 6) + exif_block(o);
    std::string raw = "\nexif\n      " + std::to_string(exif.size()) + "\n";
    for (const char c : exif) {
      raw += "0123456789abcdef"[std::uint8_t(c) >> 4];
      raw += "0123456789abcdef"[std::uint8_t(c) & 15];
    }
    std::string packed(compressBound(uLong(raw.size())), '\0');
    uLongf size = uLongf(packed.size());
    compress(reinterpret_cast<Bytef*>(packed.data()), &size,
             reinterpret_cast<const Bytef*>(raw.data()), uLong(raw.size()));
    packed.resize(size);
    const std::string keyword("Raw profile type exif\0", 22);
    const std::string number = std::to_string(o);
    const std::string xmp("XML:com.adobe.xmp\0\0\0\0\0", 22);
    for (const std::string& chunk :
         {png_chunk("tEXt", keyword + raw), png_chunk("zTXt", keyword + '\0' + packed),
          png_chunk("iTXt",
                    xmp + "<x:xmpmeta><rdf:Description tiff:Orientation=\"" + number + "\"/>"),
          png_chunk("iTXt",
                    xmp + "<x:xmpmeta><tiff:Orientation>" + number + "</tiff:Orientation>")}) {
      expect_upright(insert(png, kPngAfterHeader, chunk), o, "photo.png");
    }
  }
}

/// The fixture with an added property that rotates the image clockwise by 90°. Its boxes: meta at
/// 28, iloc at 87, iprp at 156 with ipco at 164 and ipma at 328.
Bytes turned_heic() {
  Bytes heic = fixture("photo.heic");
  heic[28 + 3] = std::uint8_t(heic[28 + 3] + 10);  // 322 is 0x142, so adding 10 does not carry
  heic[156 + 3] = std::uint8_t(heic[156 + 3] + 10);
  heic[164 + 3] = std::uint8_t(heic[164 + 3] + 9);
  heic[328 + 3] = std::uint8_t(heic[328 + 3] + 1);
  heic[113 + 3] = std::uint8_t(heic[113 + 3] + 10);  // offset of the data
  heic[346] = 4;                                     // number of the image's properties
  heic = insert(heic, 350, "\x84");                  // the fourth, essential
  return insert(heic, 328, std::string("\0\0\0\x09irot\x03", 9));
}

TEST(Orientation, IsAppliedOnceInHeic) {
  const Image stored = decode_image(fixture("photo.heic"), "photo.heic");
  const Image turned = decode_image(turned_heic(), "turned.heic");
  ASSERT_EQ(turned.width, stored.height);
  ASSERT_EQ(turned.height, stored.width);
  for (int y = 0; y < turned.height; ++y) {
    for (int x = 0; x < turned.width; ++x) {
      ASSERT_EQ(pixel(turned, x, y), pixel(stored, y, stored.height - 1 - x)) << x << " " << y;
    }
  }
}

TEST(Orientation, IgnoresExifInHeic) {
  const VipsPointer image = to_vips(stored());
  vips_image_set_int(image.get(), VIPS_META_ORIENTATION, 6);
  const Bytes heic = save(image.get(), ".heic[lossless]");
  // Since 8.16, libvips stores the orientation as a property of the image as well.
  const std::string property = "irot";
  const bool turns =
      std::search(heic.begin(), heic.end(), property.begin(), property.end()) != heic.end();
  EXPECT_EQ(quarters(decode_image(heic, "photo.heic")), kSeen[turns ? 6 : 1]);
}

TEST(Orientation, TreatsInvalidNumbersAsUpright) {
  const Bytes png = encode(".png", stored());
  for (const int o : {0, 9, 4000}) {
    EXPECT_EQ(quarters(decode_image(png_with_orientation(png, o), "odd.png")), "rgbw") << o;
  }
}

}  // namespace
}  // namespace saccade::test
