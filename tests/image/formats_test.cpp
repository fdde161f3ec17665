// All supported formats and variants, compared with independent pixels.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <thread>
#include <zlib.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "saccade/image/image.h"

#include "image/image_files.h"
#include "image/vips_files.h"
#include "temporary_folder.h"

namespace saccade::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Difference {
  int largest = 255;
  double mean = 255;
};

Difference difference(const Image& a, const Image& b) {
  if (a.width != b.width || a.height != b.height) {
    ADD_FAILURE() << a.width << "x" << a.height << " and " << b.width << "x" << b.height;
    return {};
  }
  Difference found{0, 0};
  for (std::size_t i = 0; i < a.rgb.size(); ++i) {
    const int one = std::abs(int(a.rgb[i]) - int(b.rgb[i]));
    found.largest = std::max(found.largest, one);
    found.mean += one / double(a.rgb.size());
  }
  return found;
}

/// The image in the fixtures, from a PNG.
Image shown() { return decode_image(fixture("what-the-pictures-show.png"), "shown.png"); }

Image read(const std::string& name) { return decode_image(fixture(name), name); }

/// A smooth image of 96×64 pixels, which lossy codecs preserve well.
cv::Mat smooth() {
  cv::Mat bgr(64, 96, CV_8UC3);
  for (int y = 0; y < bgr.rows; ++y) {
    for (int x = 0; x < bgr.cols; ++x) {
      bgr.at<cv::Vec3b>(y, x) =
          cv::Vec3b(std::uint8_t(40 + 2 * y), std::uint8_t(30 + 2 * x), std::uint8_t(220 - x - y));
    }
  }
  return bgr;
}

Image as_image(const cv::Mat& bgr) {
  Image image;
  image.width = bgr.cols;
  image.height = bgr.rows;
  image.rgb.resize(std::size_t(bgr.cols) * std::size_t(bgr.rows) * 3);
  cv::Mat rgb(bgr.rows, bgr.cols, CV_8UC3, image.rgb.data());
  cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
  return image;
}

TEST(Formats, ReadsFormatsThatOpenCvDoesNot) {
  const VipsPointer image = to_vips(smooth());
  const Image expected = as_image(smooth());
  const std::pair<const char*, double> kinds[] = {{".tif[compression=lzw]", 0},
                                                  {".tif[tile,compression=deflate]", 0},
                                                  {".tif[bigtiff]", 0},
                                                  {".jp2[lossless]", 0},
                                                  {".jxl[lossless]", 0},
                                                  {".jxl[Q=95]", 3},
                                                  {".avif[Q=95,effort=0]", 3},
                                                  {".heic[Q=95]", 3},
                                                  {".gif", 12},
                                                  {".jpg[Q=98]", 3},
                                                  {".webp[lossless]", 0},
                                                  {".png[interlace]", 0},
                                                  {".ppm", 0},
                                                  {".tif[compression=jpeg,Q=98]", 3}};
  for (const auto& [suffix, tolerance] : kinds) {
    const Difference found = difference(decode_image(save(image.get(), suffix), suffix), expected);
    EXPECT_LE(found.mean, tolerance) << suffix;
    if (tolerance == 0) {
      EXPECT_EQ(found.largest, 0) << suffix;
    }
  }
}

TEST(Formats, ReadsTiffWithSeparatePlanes) {
  EXPECT_LE(difference(read("tiff-16bit-separate-planes.tif"), shown()).largest, 3);
}

TEST(Formats, RotatesATiledTiff) {
  const Image expected = shown();
  const Image turned = read("tiff-tiled-orientation6.tif");
  ASSERT_EQ(turned.width, expected.height);
  ASSERT_EQ(turned.height, expected.width);
  int largest = 0;
  for (int y = 0; y < turned.height; ++y) {
    for (int x = 0; x < turned.width; ++x) {  // stored row 0 is the right edge
      const auto a = pixel(turned, x, y), b = pixel(expected, y, expected.height - 1 - x);
      for (std::size_t c = 0; c < 3; ++c) largest = std::max(largest, std::abs(a[c] - b[c]));
    }
  }
  EXPECT_LE(largest, 3);
}

TEST(Formats, ReadsTheColorsOfAOneBitPalette) {
  const Bytes file =
      fixture("tiff-1bit-palette-colour.tif");  // one uncompressed strip at offset 146
  const Image image = decode_image(file, "palette.tif");
  ASSERT_EQ(image.width, 120);
  for (int y = 0; y < 80; ++y) {
    for (int x = 0; x < 120; ++x) {
      const bool set = file[std::size_t(146 + y * 15 + x / 8)] >> (7 - x % 8) & 1;
      EXPECT_EQ(pixel(image, x, y),
                (set ? std::vector<int>{255, 208, 32} : std::vector<int>{0, 48, 160}));
    }
  }
}

/// The nibbles, one per pixel, of a fixture with a single zlib-compressed strip.
std::vector<int> nibbles(const Bytes& file, std::size_t packed) {
  Bytes bytes(60 * 80);
  uLongf size = uLongf(bytes.size());
  EXPECT_EQ(uncompress(bytes.data(), &size, file.data() + 8, uLong(packed)), Z_OK);
  std::vector<int> values;
  for (const std::uint8_t byte : bytes) values.insert(values.end(), {byte >> 4, byte & 15});
  return values;
}

TEST(Formats, ReadsFourBitTiff) {
  const Bytes grey_file = fixture("tiff-grey-4bit.tif");
  const std::vector<int> grey = nibbles(grey_file, 2658);
  const Image grey_image = decode_image(grey_file, "grey.tif");
  const Bytes palette_file = fixture("tiff-palette-4bit.tif");
  const std::vector<int> index = nibbles(palette_file, 3718);
  const Image palette_image = decode_image(palette_file, "palette.tif");
  for (int i = 0; i < 120 * 80; ++i) {
    EXPECT_EQ(grey_image.rgb[std::size_t(i) * 3], grey[std::size_t(i)] * 17);
    for (int c = 0; c < 3; ++c) {  // 16-bit palette at offset 3924, channel by channel
      const std::size_t high = 3924 + std::size_t(2 * (16 * c + index[std::size_t(i)])) + 1;
      EXPECT_EQ(palette_image.rgb[std::size_t(3 * i + c)], palette_file[high]);
    }
  }
}

TEST(Formats, ReadsTwoBitTiff) {
  VipsPointer ramp = to_vips(cv::Mat(1, 1, CV_8UC3));
  const std::uint8_t values[] = {0, 85, 170, 255, 0, 85, 170, 255};
  ramp.reset(vips_image_new_from_memory_copy(values, sizeof values, 8, 1, 1, VIPS_FORMAT_UCHAR));
  const Image image = decode_image(save(ramp.get(), ".tif[bitdepth=2]"), "two.tif");
  for (int x = 0; x < 8; ++x) EXPECT_THAT(pixel(image, x, 0)[0], values[x]);
}

TEST(Formats, ReadsSixteenBitCmyk) {
  EXPECT_LE(difference(read("tiff-cmyk-16bit.tif"), shown()).largest, 3);
}

TEST(Formats, ReadsTwelveBitJpeg2000) {
  EXPECT_LE(difference(read("jp2-12bit.jp2"), shown()).largest, 3);
}

TEST(Formats, RefusesJpeg2000WithAPalette) {
  Bytes file = encode(".jp2", cv::Mat(48, 64, CV_8UC1, cv::Scalar(1)));
  const auto box = [](const std::string& type, const std::string& body) {
    return big_endian(std::uint32_t(body.size() + 8), 4) + type + body;
  };
  // Two entries of three 8-bit channels, and the channels that they become.
  const std::string palette = box("pclr", std::string("\0\2\3\7\7\7\0\0\0\1\2\3", 12)) +
                              box("cmap", std::string("\0\0\1\0\0\0\1\1\0\0\1\2", 12));
  const auto place = [&](const std::string& type) {
    return std::search(file.begin(), file.end(), type.begin(), type.end()) - file.begin() - 4;
  };
  const auto header = place("jp2h"), color = place("colr");
  file[std::size_t(header) + 3] = std::uint8_t(file[std::size_t(header) + 3] + palette.size());
  file = insert(file, std::size_t(color), palette);
  try {
    decode_image(file, "palette.jp2");
    ADD_FAILURE() << "it was read";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("is a JPEG 2000 image with a palette"));
  }
}

TEST(Formats, ReadsTheFirstFrameOfAnimations) {
  EXPECT_LE(difference(read("webp-animated.webp"), shown()).mean, 4);
  EXPECT_LE(difference(read("palette.gif"), shown()).mean, 4);
}

TEST(Formats, ReadsAChosenFrame) {
  const VipsPointer red = to_vips(cv::Mat(8, 8, CV_8UC3, cv::Scalar(0, 0, 255)));
  const VipsPointer blue = to_vips(cv::Mat(8, 8, CV_8UC3, cv::Scalar(255, 0, 0)));
  VipsImage* frames[] = {red.get(), blue.get()};
  VipsImage* joined = nullptr;
  ASSERT_EQ(vips_arrayjoin(frames, &joined, 2, "across", 1, nullptr), 0);
  VipsImage* copy = nullptr;
  ASSERT_EQ(vips_copy(joined, &copy, nullptr), 0);
  g_object_unref(joined);
  const VipsPointer film(copy);
  vips_image_set_int(film.get(), VIPS_META_PAGE_HEIGHT, 8);
  vips_image_set_int(film.get(), VIPS_META_N_PAGES, 2);
  for (const char* suffix : {".gif", ".webp[lossless]", ".tif"}) {
    const Bytes bytes = save(film.get(), suffix);
    LoadOptions options;
    const Image first = decode_image(bytes, suffix, options);
    options.frame = 2;
    const Image second = decode_image(bytes, suffix, options);
    ASSERT_EQ(second.height, 8) << suffix;
    EXPECT_THAT(pixel(first, 4, 4), ElementsAre(255, 0, 0)) << suffix;
    EXPECT_THAT(pixel(second, 4, 4), ElementsAre(0, 0, 255)) << suffix;
    options.frame = 3;
    EXPECT_THROW(decode_image(bytes, suffix, options), std::runtime_error) << suffix;
  }
  LoadOptions options;
  options.frame = 2;
  EXPECT_THROW(decode_image(encode(".png", smooth()), "one.png", options), std::runtime_error);
}

TEST(Formats, ReadsFilesOfPhones) {
  EXPECT_LE(difference(read("photo.heic"), shown()).mean, 4);
  EXPECT_LE(difference(read("photo.jfif"), shown()).mean, 5);
}

TEST(Formats, AreDetectedByContentRegardlessOfTheName) {
  TemporaryFolder folder;
  const Bytes bytes = save(to_vips(smooth()).get(), ".gif");
  write_file(folder / "photo.jpg", std::string(bytes.begin(), bytes.end()));
  EXPECT_EQ(load_image(folder / "photo.jpg").width, 96);
}

TEST(Formats, AreNamedIfUnsupported) {
  using namespace std::string_literals;
  const auto said = [](const std::string& start) {
    std::string file = start;
    file.resize(600, ' ');
    try {
      decode_image(Bytes(file.begin(), file.end()), "photo.x");
    } catch (const std::runtime_error& error) {
      return std::string(error.what());
    }
    return std::string("nothing was thrown");
  };
  EXPECT_THAT(said("%PDF-1.4"), HasSubstr("\"photo.x\" is a PDF document"));
  EXPECT_THAT(said("<?xml version=\"1.0\"?>\n<svg xmlns"), HasSubstr("is an SVG drawing"));
  EXPECT_THAT(said("8BPS"), HasSubstr("is a Photoshop document"));
  EXPECT_THAT(said("<!DOCTYPE html><html>"), HasSubstr("is a web page"));
  EXPECT_THAT(said("<!-- a comment --><html>"), HasSubstr("is a web page"));
  EXPECT_THAT(said("<?xml version=\"1.0\"?><Error>"), HasSubstr("is an XML document"));
  EXPECT_THAT(said("{\"error\": 404}"), HasSubstr("is JSON text"));
  EXPECT_THAT(said("\xFD\x37zXZ\0"s), HasSubstr("an xz archive"));
  EXPECT_THAT(said("\0\x05\x16\x07\0\x02"s), HasSubstr("what macOS stores beside a file"));
  EXPECT_THAT(said("\0\0\0\x08wide"s), HasSubstr("QuickTime video"));
  EXPECT_THAT(said(std::string("\0\0\0\x18"
                               "ftypmp42",
                               12)),
              HasSubstr("video"));
  EXPECT_THAT(said("FUJIFILMCCD-RAW"), HasSubstr("raw file"));
  EXPECT_THAT(said(std::string("II*\0\x10\0\0\0CR\x02\0", 12)), HasSubstr("raw file"));
  // A reduced image with further directories, as in the raw files of Nikon and Sony.
  EXPECT_THAT(
      said(
          "MM\0*\0\0\0\x08\0\x02\0\xFE\0\x04\0\0\0\x01\0\0\0\x01\x01\x4A\0\x04\0\0\0\x01\0\0\0\x40\0\0\0\0"s),
      HasSubstr("raw file"));
  EXPECT_THAT(said("PK\3\4"), HasSubstr("ZIP archive"));
  EXPECT_THAT(said("Dear all,"), HasSubstr("is not an image"));
}

TEST(Formats, WithUnfuzzedLoadersStayBlocked) {
  read("palette.gif");  // loads libvips
  VipsImage* image = nullptr;
  const std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>";
  EXPECT_NE(vips_svgload_buffer(const_cast<char*>(svg.data()), svg.size(), &image, nullptr), 0);
  const std::string pdf = "%PDF-1.4\n";
  EXPECT_NE(vips_pdfload_buffer(const_cast<char*>(pdf.data()), pdf.size(), &image, nullptr), 0);
  EXPECT_THAT(vips_error_buffer(), HasSubstr("blocked"));
  vips_error_clear();
  const Bytes bmp = encode(".bmp", smooth());
  EXPECT_NE(
      vips_magickload_buffer(const_cast<std::uint8_t*>(bmp.data()), bmp.size(), &image, nullptr),
      0);
  EXPECT_THAT(vips_error_buffer(), HasSubstr("blocked"));
  vips_error_clear();
}

TEST(Formats, AreReadCorrectlyByManyThreads) {
  const VipsPointer image = to_vips(smooth());
  std::vector<Bytes> files;
  for (const char* suffix :
       {".tif", ".gif", ".heic", ".avif[effort=0]", ".jxl", ".jp2", ".jpg", ".png"}) {
    files.push_back(save(image.get(), suffix));
  }
  std::vector<Image> expected;
  for (const Bytes& file : files) expected.push_back(decode_image(file, "photo"));
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int round = 0; round < 10; ++round) {
        for (std::size_t i = 0; i < files.size(); ++i) {
          if (decode_image(files[i], "photo").rgb != expected[i].rgb) ++wrong;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace saccade::test
