#include "saccade/explain/figure/color_map.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace saccade {
namespace {

/// OpenCV's number of a color map; −1 for grey, which OpenCV does not have.
int opencv_table(ColorMap map) {
  switch (map) {
    case ColorMap::viridis:
      return cv::COLORMAP_VIRIDIS;
    case ColorMap::inferno:
      return cv::COLORMAP_INFERNO;
    case ColorMap::magma:
      return cv::COLORMAP_MAGMA;
    case ColorMap::plasma:
      return cv::COLORMAP_PLASMA;
    case ColorMap::cividis:
      return cv::COLORMAP_CIVIDIS;
    case ColorMap::grey:
      return -1;
  }
  throw std::invalid_argument("unknown ColorMap");
}

using Table = std::array<Color, 256>;

Table make_table(int opencv) {
  cv::Mat ramp(1, 256, CV_8UC1), colors;
  for (int i = 0; i < 256; ++i) ramp.at<std::uint8_t>(0, i) = std::uint8_t(i);
  if (opencv < 0) {
    cv::cvtColor(ramp, colors, cv::COLOR_GRAY2BGR);
  } else {
    cv::applyColorMap(ramp, colors, opencv);
  }
  Table table;
  for (int i = 0; i < 256; ++i) {
    const auto bgr = colors.at<cv::Vec3b>(0, i);
    table[std::size_t(i)] = {bgr[2], bgr[1], bgr[0]};
  }
  return table;
}

}  // namespace

const std::array<Color, 256>& color_table(ColorMap map) {
  constexpr ColorMap kMaps[] = {ColorMap::viridis, ColorMap::inferno, ColorMap::magma,
                                ColorMap::plasma,  ColorMap::cividis, ColorMap::grey};
  static const std::array<Table, std::size(kMaps)> tables = [&] {
    std::array<Table, std::size(kMaps)> made;
    for (const ColorMap one : kMaps) made[std::size_t(one)] = make_table(opencv_table(one));
    return made;
  }();
  return tables.at(std::size_t(map));
}

Color color_of(ColorMap map, double value) {
  return color_table(map)[std::size_t(std::lround(std::clamp(value, 0.0, 1.0) * 255))];
}

}  // namespace saccade
