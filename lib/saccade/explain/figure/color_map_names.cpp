#include "saccade/explain/figure/color_map.h"
#include "saccade/io/enum_names.h"

namespace saccade {
namespace {

constexpr EnumName<ColorMap> kColorMaps[] = {
    {ColorMap::viridis, "viridis"}, {ColorMap::inferno, "inferno"}, {ColorMap::magma, "magma"},
    {ColorMap::plasma, "plasma"},   {ColorMap::cividis, "cividis"}, {ColorMap::grey, "grey"},
};

}  // namespace

const char* to_string(ColorMap map) { return name_of(kColorMaps, map); }

ColorMap color_map_from_string(const std::string& name) {
  return value_of(kColorMaps, name, "color map");
}

std::vector<std::string> color_map_names() { return all_names(kColorMaps); }

}  // namespace saccade
