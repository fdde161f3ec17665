#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/model/decoder/decoder.h"
#include "saccade/model/encoder/encoder.h"

namespace saccade {

// Alternatives to attention: how the log p of a word, given the words before it, depends on the
// image.

/// ∂ log p(y_t | y_<t, a) / ∂a for every word of a sentence.
/// @param features  1×L×D. @param ids  T words.
/// @return T×L×D, in the type of the features.
/// @throws std::invalid_argument for a sentence without words.
at::Tensor annotation_gradients(const Decoder& decoder, const Features& features,
                                const std::vector<std::int64_t>& ids, AttentionMode mode);

/// ∂ log p(y_t | y_<t, x) / ∂x for the pixels x of the encoder's input.
/// @param pixels  1×3×S×S. @param ids  T words. @return T×3×S×S.
/// @throws std::invalid_argument for a sentence without words.
at::Tensor pixel_gradients(const Encoder& encoder, const Decoder& decoder, const at::Tensor& pixels,
                           const std::vector<std::int64_t>& ids, AttentionMode mode);

/// The drop of each word's log p when a square of cells is replaced by the image's mean annotation,
/// for a square centered on every cell.
/// @param features       1×L×D.
/// @param radius         of the square, in rows and columns of cells: its side is 2 · radius + 1.
/// @param views_at_once  number of views in memory at the same time; 0: the result of
///                       `occlusion_views_at_once`.
/// @return T×L, fp32, in nats; negative where hiding raises log p.
/// @throws std::invalid_argument for a sentence without words.
at::Tensor occlusion_falls(const Decoder& decoder, const Features& features,
                           const std::vector<std::int64_t>& ids, AttentionMode mode,
                           std::int64_t radius, std::int64_t views_at_once = 0);

/// The number of views that fit into 256 MiB, at least one. A view takes L annotations and keys,
/// and for each of T words a distribution over V words.
std::int64_t occlusion_views_at_once(const DecoderConfig& config, std::int64_t cells,
                                     std::int64_t words);

}  // namespace saccade
