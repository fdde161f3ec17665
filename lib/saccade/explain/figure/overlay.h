#pragma once

#include "saccade/explain/figure/color_map.h"
#include "saccade/explain/maps/attention_map.h"
#include "saccade/image/image.h"

namespace saccade {

/// How attention is drawn over an image.
struct OverlayOptions {
  Upsampling upsampling = Upsampling::gaussian;
  ColorMap color_map = ColorMap::inferno;
  double opacity = 0.6;  ///< 0: only the image … 1: only the map
  bool contour = false;  ///< around the smallest region that holds half of the attention
};

/// Draws the map over the image: (1 − opacity) · image + opacity · color(value / maximum). Each map
/// is thus shown from 0 to its own maximum, and a uniform map looks uniform. Parts outside the
/// encoder's input become pale grey. The contour is drawn last, if requested.
/// @param photograph  the original image or a scaled copy; the map is scaled to its size.
/// @throws std::invalid_argument for an opacity outside 0…1 or an empty image.
Image draw_overlay(const Image& photograph, const AttentionMap& map, const OverlayOptions& options);

/// The threshold of the smallest region of the image that holds `share` of the attention: the
/// region is all points whose value is at least the threshold. It is computed on 256 × 256 points
/// spread evenly over the image.
/// @param share  0…1.
/// @throws std::invalid_argument for a share outside 0…1.
float region_threshold(const AttentionMap& map, double share);

/// Draws the contour of that region into the image, as a light line with dark edges. Draws nothing
/// if the map is 0 everywhere.
/// @throws std::invalid_argument for a share outside 0…1.
void draw_region(Image& photograph, const AttentionMap& map, double share);

/// Outlines a cell of the grid with a dashed line, to mark the cell that hard attention chose.
/// @param cell  0…L − 1, row-major.
/// @throws std::invalid_argument for a cell outside the grid.
void draw_cell(Image& photograph, const Grid& grid, const Placement& placement, std::int64_t cell);

/// The colors from 0 to the maximum, left to right, blended with a middle grey at the overlay's
/// opacity.
/// @param width, height  in pixels, > 0.
Image color_bar(int width, int height, const OverlayOptions& options);

/// Draws the color scale into the lower left corner of a word's overlay, from 0 to the maximum. The
/// maximum is shown as a percentage of the word's attention per cell of the grid. Images with a
/// side below 240 pixels have no room for the scale and stay unchanged.
/// @param maximum  of the map, see AttentionMap::maximum.
void draw_scale_bar(Image& picture, double maximum, const OverlayOptions& options);

/// The image scaled to width × height: area averaging when it shrinks, cubic interpolation when it
/// grows.
/// @throws std::invalid_argument for an empty image or a size below 1.
Image resize_to(const Image& photograph, int width, int height);

/// The image scaled down so that its longer side is at most `side` pixels. It is never enlarged.
Image shrink_to(const Image& photograph, int side);

}  // namespace saccade
