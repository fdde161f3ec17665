#pragma once

#include <vector>

#include "saccade/explain/figure/picture_file.h"
#include "saccade/explain/maps/map_kind.h"

#include "arguments.h"

namespace saccade::app {

/// --map: the kind of map shown for each word.
void add_map_option(Arguments& arguments);
/// @throws std::invalid_argument for an unknown kind
MapKind map_option(const Arguments& arguments);

/// The outputs of `saccade heatmap --format`.
struct HeatmapFormats {
  std::vector<PictureFormat> pictures;  ///< without duplicates, in ascending order
  bool page = false;
  bool animation = false;
};

/// @throws UsageError for an unknown format or an empty list
HeatmapFormats heatmap_formats(const Arguments& arguments);

}  // namespace saccade::app
