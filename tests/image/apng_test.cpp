// Frames of animated PNG, whose pixels are known from how they were put together.
#include <algorithm>
#include <functional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/core.hpp>

#include "saccade/image/decode_memory.h"
#include "saccade/image/image.h"

#include "image/image_files.h"

namespace saccade::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

enum Dispose { kKeep, kBackground, kPrevious };
enum Blend { kSource, kOver };

const cv::Scalar kRed(0, 0, 255, 255), kGreen(0, 255, 0, 255), kBlue(255, 0, 0, 255);

struct TestFrame {
  cv::Mat pixels;
  int x = 0, y = 0;
  Dispose dispose = kKeep;
  Blend blend = kSource;
};

cv::Mat plain(int side, const cv::Scalar& color) { return cv::Mat(side, side, CV_8UC4, color); }

/// The chunks of one type of a PNG file, joined.
std::string body_of(const Bytes& png, const std::string& type) {
  std::string body;
  for (std::size_t at = 8; at + 12 <= png.size();) {
    const std::size_t length = std::size_t(png[at]) << 24 | std::size_t(png[at + 1]) << 16 |
                               std::size_t(png[at + 2]) << 8 | png[at + 3];
    const std::string chunk(png.begin() + std::ptrdiff_t(at),
                            png.begin() + std::ptrdiff_t(at + 12 + length));
    if (chunk.substr(4, 4) == type) body += chunk.substr(8, length);
    at += 12 + length;
  }
  return body;
}

std::string control(const TestFrame& frame, int number) {
  const auto big = [](int value, int count) { return big_endian(std::uint32_t(value), count); };
  return png_chunk("fcTL", big(number, 4) + big(frame.pixels.cols, 4) + big(frame.pixels.rows, 4) +
                               big(frame.x, 4) + big(frame.y, 4) + big(1, 2) + big(10, 2) +
                               big(frame.dispose, 1) + big(frame.blend, 1));
}

/// An animated PNG of the size of its first frame.
/// @param still  an image before the animation, which only other decoders show; may be empty
Bytes animation(const std::vector<TestFrame>& frames, const cv::Mat& still = {}) {
  const Bytes first = encode(".png", still.empty() ? frames.front().pixels : still);
  std::string file(first.begin(), first.begin() + 8);
  file += png_chunk("IHDR", body_of(first, "IHDR"));
  file += png_chunk("acTL", big_endian(std::uint32_t(frames.size()), 4) + big_endian(0, 4));
  if (!still.empty()) file += png_chunk("IDAT", body_of(first, "IDAT"));
  int number = 0;
  for (const TestFrame& frame : frames) {
    file += control(frame, number++);
    const std::string data = body_of(encode(".png", frame.pixels), "IDAT");
    if (number == 1 && still.empty()) {
      file += png_chunk("IDAT", data);
      continue;
    }
    // In two parts, which a decoder joins.
    const std::size_t half = data.size() / 2;
    file += png_chunk("fdAT", big_endian(std::uint32_t(number++), 4) + data.substr(0, half));
    file += png_chunk("fdAT", big_endian(std::uint32_t(number++), 4) + data.substr(half));
  }
  file += png_chunk("IEND", "");
  return Bytes(file.begin(), file.end());
}

Image frame_of(const Bytes& file, int number) {
  LoadOptions options;
  options.frame = number;
  return decode_image(file, "film.png", options);
}

std::string refusal(const std::function<void()>& act) {
  try {
    act();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "nothing was refused";
}

const std::vector<int> kIsRed{255, 0, 0}, kIsGreen{0, 255, 0}, kIsBlue{0, 0, 255},
    kIsWhite{255, 255, 255};

TEST(AnimatedPng, ShowsEachFrameOverThoseBefore) {
  const Bytes file =
      animation({{plain(8, kRed)}, {plain(4, kGreen), 2, 2}, {plain(2, kBlue), 0, 0}});
  EXPECT_EQ(pixel(frame_of(file, 1), 3, 3), kIsRed);
  const Image second = frame_of(file, 2), third = frame_of(file, 3);
  EXPECT_EQ(second.width, 8);
  EXPECT_EQ(pixel(second, 1, 1), kIsRed);
  EXPECT_EQ(pixel(second, 2, 2), kIsGreen);
  EXPECT_EQ(pixel(second, 5, 5), kIsGreen);
  EXPECT_EQ(pixel(second, 6, 6), kIsRed);
  EXPECT_EQ(pixel(third, 1, 1), kIsBlue);
  EXPECT_EQ(pixel(third, 3, 3), kIsGreen);
  EXPECT_EQ(decode_image(file, "film.png").rgb, frame_of(file, 1).rgb) << "the first by default";
}

TEST(AnimatedPng, DisposesOfFramesAsTheySay) {
  for (const bool previous : {false, true}) {
    const Bytes file = animation({{plain(8, kRed)},
                                  {plain(4, kGreen), 2, 2, previous ? kPrevious : kBackground},
                                  {plain(2, kBlue), 0, 0}});
    EXPECT_EQ(pixel(frame_of(file, 2), 3, 3), kIsGreen);
    EXPECT_EQ(pixel(frame_of(file, 3), 3, 3), previous ? kIsRed : kIsWhite);
    EXPECT_EQ(pixel(frame_of(file, 3), 7, 7), kIsRed);
  }
  const Bytes first = animation({{plain(8, kRed), 0, 0, kPrevious}, {plain(2, kBlue)}});
  EXPECT_EQ(pixel(frame_of(first, 2), 5, 5), kIsWhite) << "before the first frame is nothing";
}

TEST(AnimatedPng, BlendsOverOrReplaces) {
  const cv::Scalar half(255, 0, 0, 128);
  for (const Blend blend : {kSource, kOver}) {
    const Bytes file = animation({{plain(8, kRed)}, {plain(4, half), 0, 0, kKeep, blend}});
    const std::vector<int> found = pixel(frame_of(file, 2), 1, 1);
    if (blend == kOver) {
      EXPECT_THAT(found, ElementsAre(127, 0, 128));
    } else {
      EXPECT_THAT(found, ElementsAre(127, 127, 255)) << "half blue on the white page";
    }
  }
  const Bytes twice = animation({{plain(8, half)}, {plain(8, half), 0, 0, kKeep, kOver}});
  const std::vector<int> found = pixel(frame_of(twice, 2), 1, 1);
  EXPECT_NEAR(found[0], 63, 1) << "a quarter of the page remains";
  EXPECT_EQ(found[2], 255);
}

TEST(AnimatedPng, SkipsAStillImageThatIsNoFrame) {
  const Bytes file = animation({{plain(8, kGreen)}, {plain(8, kBlue)}}, plain(8, kRed));
  EXPECT_EQ(pixel(frame_of(file, 1), 3, 3), kIsGreen);
  EXPECT_EQ(pixel(frame_of(file, 2), 3, 3), kIsBlue);
}

TEST(AnimatedPng, IsAStillImageIfItsControlIsInvalid) {
  Bytes file = animation({{plain(8, kGreen)}}, plain(8, kRed));
  const auto control_of = [](std::uint32_t frames) {
    return png_chunk("acTL", big_endian(frames, 4) + big_endian(0, 4));
  };
  const auto start = file.begin() + std::ptrdiff_t(kPngAfterHeader);
  file.erase(start, start + std::ptrdiff_t(control_of(1).size()));
  const auto shown = [&](std::size_t at, const std::string& chunks) {
    return pixel(decode_image(insert(file, at, chunks), "film.png"), 1, 1);
  };
  EXPECT_EQ(shown(kPngAfterHeader, control_of(1)), kIsGreen);
  EXPECT_EQ(shown(kPngAfterHeader, control_of(0)), kIsRed);
  EXPECT_EQ(shown(kPngAfterHeader, control_of(0x80000001u)), kIsRed);
  EXPECT_EQ(shown(kPngAfterHeader, control_of(1) + control_of(1)), kIsRed);
  const std::string name = "fcTL";
  const auto late =
      std::search(file.begin(), file.end(), name.begin(), name.end()) - file.begin() - 4;
  EXPECT_EQ(shown(std::size_t(late), control_of(1)), kIsRed) << "after the pixels";
}

TEST(AnimatedPng, StartsFromTheLastFrameThatCoversAll) {
  std::vector<TestFrame> frames{
      {plain(8, kRed)}, {plain(4, kGreen), 2, 2}, {plain(8, kBlue)}, {plain(2, kRed), 1, 1}};
  Bytes file = animation(frames);
  EXPECT_EQ(pixel(frame_of(file, 4), 1, 1), kIsRed);
  EXPECT_EQ(pixel(frame_of(file, 4), 4, 4), kIsBlue);
  // If the covering frame is undone, those before it show again.
  frames[2].dispose = kPrevious;
  file = animation(frames);
  EXPECT_EQ(pixel(frame_of(file, 3), 4, 4), kIsBlue);
  EXPECT_EQ(pixel(frame_of(file, 4), 4, 4), kIsGreen);
  EXPECT_EQ(pixel(frame_of(file, 4), 7, 7), kIsRed);
}

TEST(AnimatedPng, ReadsGrayAndSixteenBits) {
  const Bytes gray = animation(
      {{cv::Mat(8, 8, CV_8UC1, cv::Scalar(10))}, {cv::Mat(4, 4, CV_8UC1, cv::Scalar(200))}});
  EXPECT_THAT(pixel(frame_of(gray, 2), 0, 0), ElementsAre(200, 200, 200));
  EXPECT_THAT(pixel(frame_of(gray, 2), 5, 5), ElementsAre(10, 10, 10));
  const Bytes deep = animation({{cv::Mat(8, 8, CV_16UC3, cv::Scalar(0, 0, 65535))},
                                {cv::Mat(4, 4, CV_16UC3, cv::Scalar(257 * 40, 0, 0))}});
  EXPECT_THAT(pixel(frame_of(deep, 2), 0, 0), ElementsAre(0, 0, 40));
  EXPECT_EQ(pixel(frame_of(deep, 2), 5, 5), kIsRed);
}

TEST(AnimatedPng, AppliesTheOrientation) {
  const Bytes file = png_with_orientation(animation({{plain(8, kRed)}, {plain(2, kBlue)}}), 6);
  const Image image = frame_of(file, 2);
  EXPECT_EQ(pixel(image, 7, 0), kIsBlue) << "the upper left corner is now the upper right";
  EXPECT_EQ(pixel(image, 0, 0), kIsRed);
}

TEST(AnimatedPng, RefusesFramesThatAreMissingOrDamaged) {
  const std::vector<TestFrame> two{{plain(8, kRed)}, {plain(4, kGreen)}};
  EXPECT_THAT(refusal([&] { frame_of(animation(two), 3); }),
              HasSubstr("has no frame 3; it contains 2 frames"));
  EXPECT_THAT(refusal([&] {
                frame_of(animation({{plain(8, kRed)}, {plain(4, kGreen), 5, 0}}), 2);
              }),
              HasSubstr("frame 2 exceeds the image"));
  Bytes damaged = animation(two);
  const std::string type = "fdAT";
  const auto data = std::search(damaged.begin(), damaged.end(), type.begin(), type.end()) + 8;
  data[0] ^= 0x55;
  EXPECT_THAT(refusal([&] { frame_of(damaged, 2); }),
              AllOf(HasSubstr("film.png"), HasSubstr("frame 2 is damaged")));
  EXPECT_EQ(pixel(frame_of(damaged, 1), 3, 3), kIsRed) << "the first frame is whole";
  EXPECT_THAT(refusal([&] { frame_of(encode(".png", plain(8, kRed)), 2); }),
              HasSubstr("contains a single image"));
}

TEST(AnimatedPng, StaysWithinTheDecodeMemory) {
  const std::int64_t before = decode_memory();
  const Bytes file = animation({{plain(600, kRed)}, {plain(4, kGreen)}});
  set_decode_memory(4 << 20);
  const std::string said = refusal([&] { frame_of(file, 2); });
  set_decode_memory(before);
  EXPECT_THAT(said, HasSubstr("--decode-memory"));
}

}  // namespace
}  // namespace saccade::test
