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

/// Every word's map under one light, over the cells of the caption's grid: values ≥ 0 that sum to 1
/// as α does, so that all are drawn alike. A map that is 0 everywhere becomes even.
/// @param caption  of this photograph by this model; the maps of `alpha` are its own.
/// @return T maps of L values.
/// @throws std::invalid_argument for a caption without words.
std::vector<std::vector<float>> word_maps(const Captioner& captioner, const Image& image,
                                          const Caption& caption, MapKind kind);

/// The same for some words of given captions of a batch of photographs, in their model's own pass.
/// @param pixels    B×3×S×S, @param features  theirs
/// @param words     the captions, on the processor
/// @param places    which of their N time-major words (Places), rising; none is a caption's end
/// @return M×L, float, on the processor
at::Tensor maps_of_places(const Bundle& bundle, const at::Tensor& pixels, const Features& features,
                          const WordBatch& words, const std::vector<std::int64_t>& places,
                          MapKind kind);

/// Spearman's rank correlation of two maps, −1…1, equal values sharing their mean rank; 0 where one
/// of them is even.
/// @throws std::invalid_argument for maps of different sizes or none.
double rank_correlation(const std::vector<float>& a, const std::vector<float>& b);

}  // namespace saccade
