#include "saccade/explain/figure/picture_file.h"

#include <cmath>
#include <stdexcept>

#include <gtest/gtest.h>

#include "explain/made_up_caption.h"

namespace saccade::test {
namespace {

/// Smooth colors, as in photographs.
Image gradient(int width, int height) {
  Image image = plain(width, height, 0);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      std::uint8_t* pixel =
          image.rgb.data() + 3 * (std::size_t(y) * std::size_t(width) + std::size_t(x));
      pixel[0] = std::uint8_t(255 * x / width);
      pixel[1] = std::uint8_t(255 * y / height);
      pixel[2] = 80;
    }
  }
  return image;
}

Image decoded(const std::string& bytes) {
  return decode_image(std::vector<std::uint8_t>(bytes.begin(), bytes.end()), "test");
}

double mean_difference(const Image& a, const Image& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.rgb.size(); ++i) sum += std::abs(int(a.rgb[i]) - int(b.rgb[i]));
  return sum / double(a.rgb.size());
}

TEST(EncodePicture, DecodesToTheSameImage) {
  const Image image = gradient(160, 90);
  EXPECT_EQ(decoded(encode_picture(image, PictureFormat::png)).rgb, image.rgb);
  for (const auto format : {PictureFormat::jpeg, PictureFormat::webp}) {
    const Image read = decoded(encode_picture(image, format));
    ASSERT_EQ(read.width, 160) << extension(format);
    ASSERT_EQ(read.height, 90);
    EXPECT_LT(mean_difference(read, image), 3) << extension(format);
  }
}

TEST(EncodePicture, StartsWithTheSignatureOfItsFormat) {
  const Image image = gradient(16, 16);
  EXPECT_EQ(encode_picture(image, PictureFormat::png).substr(1, 3), "PNG");
  EXPECT_EQ(encode_picture(image, PictureFormat::jpeg).substr(0, 3), "\xFF\xD8\xFF");
  EXPECT_EQ(encode_picture(image, PictureFormat::webp).substr(8, 4), "WEBP");
}

TEST(EncodePicture, RefusesImagesThatAFormatDoesNotSupport) {
  EXPECT_THROW(encode_picture(Image{}, PictureFormat::png), std::invalid_argument);
  EXPECT_THROW(encode_picture(plain(2, 2, 0), PictureFormat::jpeg, 0), std::invalid_argument);
  EXPECT_THROW(encode_picture(plain(16'384, 1, 0), PictureFormat::webp), std::runtime_error);
  EXPECT_THROW(encode_picture(plain(65'536, 1, 0), PictureFormat::jpeg), std::runtime_error);
  EXPECT_EQ(decoded(encode_picture(plain(65'536, 1, 7), PictureFormat::png)).width, 65'536);
}

}  // namespace
}  // namespace saccade::test
