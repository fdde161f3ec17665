#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "saccade/caption.h"
#include "saccade/captioner.h"
#include "saccade/explain/map_kind.h"
#include "saccade/image/image.h"

namespace saccade {

/// Every word's map under one light, over the cells of the caption's grid: values ≥ 0 that sum to 1
/// as α does, so that all are drawn alike. A map that is 0 everywhere becomes even.
/// @param caption  of this photograph by this model; the maps of `alpha` are its own.
/// @return T maps of L values.
/// @throws std::invalid_argument for a caption without words.
std::vector<std::vector<float>> word_maps(const Captioner& captioner, const Image& image,
                                          const Caption& caption, MapKind kind);

/// Spearman's rank correlation of two maps, −1…1, equal values sharing their mean rank; 0 where one
/// of them is even.
/// @throws std::invalid_argument for maps of different sizes or none.
double rank_correlation(const std::vector<float>& a, const std::vector<float>& b);

}  // namespace saccade
