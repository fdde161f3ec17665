#pragma once

#include <vector>

#include "saccade/explain/figure/picture_file.h"

#include "arguments.h"

namespace saccade::app {

/// The outputs of `saccade heatmap --format`.
struct HeatmapFormats {
  std::vector<PictureFormat> pictures;  ///< without duplicates, in ascending order
  bool page = false;
  bool animation = false;
};

/// @throws UsageError for an unknown format or an empty list
HeatmapFormats heatmap_formats(const Arguments& arguments);

}  // namespace saccade::app
