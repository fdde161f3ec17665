#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/model/decoder/decoder.h"
#include "saccade/model/encoder/encoder.h"

namespace saccade {

// Other lights on a word than attention: what its log p, given the words before it, hangs on.

/// ∂ log p(y_t | y_<t, a) / ∂a for every word of a sentence. In the type of the features.
/// @param features  1×L×D. @param ids  T words. @return T×L×D.
/// @throws std::invalid_argument for a sentence without words.
at::Tensor annotation_gradients(const Decoder& decoder, const Features& features,
                                const std::vector<std::int64_t>& ids, AttentionMode mode);

/// ∂ log p(y_t | y_<t, x) / ∂x for the pixels x of the encoder's input.
/// @param pixels  1×3×S×S. @return T×3×S×S.
at::Tensor pixel_gradients(const Encoder& encoder, const Decoder& decoder, const at::Tensor& pixels,
                           const std::vector<std::int64_t>& ids, AttentionMode mode);

/// How far each word's log p falls when the square of cells within `radius` rows and columns of a
/// cell is replaced by the image's mean annotation, for every cell.
/// @param features       1×L×D.
/// @param views_at_once  views of the image that are held in memory together; 0: as many as
///                       `occlusion_views_at_once` says
/// @return T×L, float; negative where hiding raises log p.
at::Tensor occlusion_falls(const Decoder& decoder, const Features& features,
                           const std::vector<std::int64_t>& ids, AttentionMode mode,
                           std::int64_t radius, std::int64_t views_at_once = 0);

/// How many views fit into 256 MiB, at least one. A view takes L annotations and keys, and a
/// distribution over the V words for each of T words.
std::int64_t occlusion_views_at_once(const DecoderConfig& config, std::int64_t cells,
                                     std::int64_t words);

}  // namespace saccade
