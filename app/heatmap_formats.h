#pragma once

#include <vector>

#include "saccade/explain/figure/picture_file.h"

#include "arguments.h"

namespace saccade::app {

/// What `saccade heatmap --format` asks for.
struct HeatmapFormats {
  std::vector<PictureFormat> pictures;  ///< each once, in ascending order
  bool page = false;
  bool animation = false;
};

/// @throws UsageError for a format that there is none of, or none at all
HeatmapFormats heatmap_formats(const Arguments& arguments);

}  // namespace saccade::app
