#include "saccade/evaluate/non_photographs.h"

#include <random>
#include <string>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace saccade {
namespace {

constexpr int kSide = 320;

class Draughtsman {
 public:
  explicit Draughtsman(std::uint64_t seed) : random_(seed) {}

  cv::Mat noise() {
    cv::Mat picture(kSide, kSide, CV_8UC3);
    const int grain = 1 << number(0, 5);  // side of a block of one color, pixels
    for (int y = 0; y < kSide; y += grain) {
      for (int x = 0; x < kSide; x += grain) {
        cv::rectangle(picture, {x, y, grain, grain}, colour(), cv::FILLED);
      }
    }
    return picture;
  }

  cv::Mat gradient() {
    cv::Mat picture(kSide, kSide, CV_8UC3);
    const cv::Scalar from = colour(), to = colour();
    const double right = number(0, 100) / 100.0;
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        const double share = (right * x + (1 - right) * y) / kSide;
        for (int c = 0; c < 3; ++c) {
          picture.at<cv::Vec3b>(y, x)[c] =
              cv::saturate_cast<uchar>((1 - share) * from[c] + share * to[c]);
        }
      }
    }
    return picture;
  }

  cv::Mat drawing() {
    cv::Mat picture(kSide, kSide, CV_8UC3, cv::Scalar(255, 255, 255));
    const bool filled = number(0, 1) == 1, coloured = number(0, 1) == 1;
    for (int i = number(4, 14); i > 0; --i) {
      const cv::Scalar ink = coloured ? colour() : cv::Scalar(20, 20, 20);
      const int thickness = filled ? cv::FILLED : number(1, 5);
      switch (number(0, 2)) {
        case 0:
          cv::line(picture, point(), point(), ink, number(1, 5), cv::LINE_AA);
          break;
        case 1:
          cv::circle(picture, point(), number(8, 70), ink, thickness, cv::LINE_AA);
          break;
        default:
          cv::rectangle(picture, point(), point(), ink, thickness, cv::LINE_AA);
      }
    }
    return picture;
  }

  cv::Mat document() {
    cv::Mat picture(kSide, kSide, CV_8UC3, cv::Scalar(255, 255, 255));
    const int line = number(12, 26), margin = number(8, 40);
    for (int y = margin + line; y < kSide - margin; y += line) {
      write(picture, {margin, y}, kSide - 2 * margin, line, cv::Scalar(30, 30, 30));
      if (number(0, 5) == 0) y += line;
    }
    return picture;
  }

  cv::Mat window() {
    cv::Mat picture(kSide, kSide, CV_8UC3, grey(200, 255));
    cv::rectangle(picture, {0, 0, kSide, number(18, 40)}, colour(), cv::FILLED);
    for (int i = number(3, 8); i > 0; --i) {
      const cv::Rect box(number(0, kSide - 80), number(40, kSide - 40), number(40, 200),
                         number(20, 120));
      cv::rectangle(picture, box, grey(160, 255), cv::FILLED);
      cv::rectangle(picture, box, grey(60, 160), 1);
      write(picture, {box.x + 6, box.y + 15}, box.width - 12, 15, grey(0, 80));
    }
    return picture;
  }

 private:
  int number(int low,
             int high) {  // without std distributions, whose results differ between libraries
    return low + static_cast<int>(random_() % static_cast<std::uint64_t>(high - low + 1));
  }
  cv::Scalar colour() {
    const int r = number(0, 255), g = number(0, 255), b = number(0, 255);
    return cv::Scalar(r, g, b);
  }
  cv::Scalar grey(int low, int high) { return cv::Scalar::all(number(low, high)); }
  cv::Point point() {
    const int x = number(0, kSide - 1), y = number(0, kSide - 1);
    return {x, y};
  }
  void write(cv::Mat& picture, cv::Point at, int width, int height, const cv::Scalar& ink) {
    const double scale = height / 32.0;
    std::string text;
    while (static_cast<int>(static_cast<double>(text.size()) * 19 * scale) < width) {
      text += number(0, 5) == 0 ? ' ' : static_cast<char>('a' + number(0, 25));
    }
    cv::putText(picture, text, at, cv::FONT_HERSHEY_SIMPLEX, scale, ink, 1, cv::LINE_AA);
  }

  std::mt19937_64 random_;
};

}  // namespace

Image non_photograph(std::uint64_t seed) {
  Draughtsman draughtsman(seed);
  cv::Mat picture;
  switch (seed % 5) {
    case 0:
      picture = draughtsman.noise();
      break;
    case 1:
      picture = draughtsman.gradient();
      break;
    case 2:
      picture = draughtsman.drawing();
      break;
    case 3:
      picture = draughtsman.document();
      break;
    default:
      picture = draughtsman.window();
  }
  Image image;
  image.width = picture.cols;
  image.height = picture.rows;
  image.rgb.assign(picture.datastart, picture.dataend);
  return image;
}

}  // namespace saccade
