#include "saccade/explain/color_map.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace saccade {
namespace {

struct Entry {
  ColorMap map;
  const char* name;
  int opencv;  // −1: grey, which OpenCV has no table for
};

constexpr Entry kMaps[] = {
    {ColorMap::viridis, "viridis", cv::COLORMAP_VIRIDIS},
    {ColorMap::inferno, "inferno", cv::COLORMAP_INFERNO},
    {ColorMap::magma, "magma", cv::COLORMAP_MAGMA},
    {ColorMap::plasma, "plasma", cv::COLORMAP_PLASMA},
    {ColorMap::cividis, "cividis", cv::COLORMAP_CIVIDIS},
    {ColorMap::grey, "grey", -1},
};

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

const char* to_string(ColorMap map) {
  for (const Entry& entry : kMaps) {
    if (entry.map == map) return entry.name;
  }
  throw std::invalid_argument("unknown ColorMap");
}

ColorMap color_map_from_string(const std::string& name) {
  std::string names;
  for (const Entry& entry : kMaps) {
    if (name == entry.name) return entry.map;
    names += std::string(names.empty() ? "" : ", ") + entry.name;
  }
  throw std::invalid_argument("unknown color map \"" + name + "\": expected one of " + names);
}

std::vector<std::string> color_map_names() {
  std::vector<std::string> names;
  for (const Entry& entry : kMaps) names.emplace_back(entry.name);
  return names;
}

const std::array<Color, 256>& color_table(ColorMap map) {
  static const std::array<Table, std::size(kMaps)> tables = [] {
    std::array<Table, std::size(kMaps)> made;
    for (const Entry& entry : kMaps) made[std::size_t(entry.map)] = make_table(entry.opencv);
    return made;
  }();
  return tables.at(std::size_t(map));
}

Color color_of(ColorMap map, double value) {
  return color_table(map)[std::size_t(std::lround(std::clamp(value, 0.0, 1.0) * 255))];
}

}  // namespace saccade
