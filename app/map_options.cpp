#include "map_options.h"

#include <algorithm>
#include <sstream>
#include <string>

namespace saccade::app {

void add_map_option(Arguments& arguments) {
  arguments.add()("map", "map shown for each word: " + joined(map_kind_names(), ", "),
                  cxxopts::value<std::string>()->default_value("alpha"), "NAME");
  arguments.choices("map", map_kind_names());
}

MapKind map_option(const Arguments& arguments) {
  return map_kind_from_string(arguments.get<std::string>("map"));
}

HeatmapFormats heatmap_formats(const Arguments& arguments) {
  HeatmapFormats formats;
  std::istringstream list(arguments.get<std::string>("format"));
  for (std::string name; std::getline(list, name, ',');) {
    if (name == "html") {
      formats.page = true;
    } else if (name == "gif") {
      formats.animation = true;
    } else if (name == "png" || name == "jpeg" || name == "jpg" || name == "webp") {
      const PictureFormat format = name == "png"    ? PictureFormat::png
                                   : name == "webp" ? PictureFormat::webp
                                                    : PictureFormat::jpeg;
      formats.pictures.push_back(format);
    } else {
      throw UsageError("option --format: unknown format \"" + name +
                       "\"; expected one of png, jpeg, webp, gif, html, separated by commas");
    }
  }
  std::sort(formats.pictures.begin(), formats.pictures.end());
  formats.pictures.erase(std::unique(formats.pictures.begin(), formats.pictures.end()),
                         formats.pictures.end());
  if (formats.pictures.empty() && !formats.page && !formats.animation) {
    throw UsageError("option --format is empty; expected one of png, jpeg, webp, gif, html");
  }
  return formats;
}

}  // namespace saccade::app
