#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "saccade/caption/caption.h"
#include "saccade/caption/captioner.h"
#include "saccade/explain/maps/map_kind.h"
#include "saccade/image/image.h"
#include "saccade/search/word_batch.h"

namespace saccade {

/// The map of one kind for every word, over the cells of the caption's grid. Values are ≥ 0 and sum
/// to 1 as α does, so that all kinds can be drawn the same way. A map that is 0 everywhere becomes
/// uniform.
/// @param caption  of this image by this model; for MapKind::alpha its own maps are returned.
/// @return T maps of L values.
/// @throws std::invalid_argument for a caption without words.
std::vector<std::vector<float>> word_maps(const Captioner& captioner, const Image& image,
                                          const Caption& caption, MapKind kind);

/// The same for some words of reference captions of a batch of images.
/// @param pixels    B×3×S×S
/// @param features  the annotations of `pixels`
/// @param words     the captions, on the CPU
/// @param positions    positions among their N time-major words (see Positions), ascending: M of
/// them;
///                  none is the end token of a caption
/// @return M×L, fp32, on the CPU
at::Tensor maps_of_positions(const Bundle& bundle, const at::Tensor& pixels,
                             const Features& features, const WordBatch& words,
                             const std::vector<std::int64_t>& positions, MapKind kind);

/// Spearman's rank correlation of two maps, −1…1. Equal values share their mean rank. 0 if one of
/// the maps is uniform.
/// @throws std::invalid_argument for maps of different sizes or without values.
double rank_correlation(const std::vector<float>& a, const std::vector<float>& b);

}  // namespace saccade
