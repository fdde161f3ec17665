#include <stdexcept>
#include <utility>

#include "saccade/explain/figure/color_map.h"

namespace saccade {
namespace {

constexpr std::pair<ColorMap, const char*> kColorMaps[] = {
    {ColorMap::viridis, "viridis"}, {ColorMap::inferno, "inferno"}, {ColorMap::magma, "magma"},
    {ColorMap::plasma, "plasma"},   {ColorMap::cividis, "cividis"}, {ColorMap::grey, "grey"},
};

}  // namespace

const char* to_string(ColorMap map) {
  for (const auto& [value, name] : kColorMaps) {
    if (value == map) return name;
  }
  throw std::invalid_argument("unknown ColorMap");
}

ColorMap color_map_from_string(const std::string& name) {
  std::string names;
  for (const auto& [value, known] : kColorMaps) {
    if (name == known) return value;
    names += std::string(names.empty() ? "" : ", ") + known;
  }
  throw std::invalid_argument("unknown color map \"" + name + "\": expected one of " + names);
}

std::vector<std::string> color_map_names() {
  std::vector<std::string> names;
  for (const auto& entry : kColorMaps) names.emplace_back(entry.second);
  return names;
}

}  // namespace saccade
