#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/model/decoder/decoder.h"

namespace saccade {

/// The captions of a batch as a teacher-forced pass takes them, the longest first: R captions of B
/// images, at most T words each.
struct WordBatch {
  CaptionRows inputs;               ///< kStart, w_1, …, filled with kPad
  at::Tensor targets;               ///< R×T, w_1, …, kEnd, filled with kPad
  at::Tensor lengths;               ///< R, T of each caption, the end counted
  std::vector<std::int64_t> given;  ///< R, the number of each caption as they were given
  std::int64_t images = 0;          ///< B
};

/// Per image its captions, each the words to be said: w_1, …, kEnd (a caption that was cut off has
/// no kEnd). None is empty.
using Targets = std::vector<std::vector<std::vector<std::int64_t>>>;

/// Captions of one length stay in the order they are given in, image by image.
/// @throws std::invalid_argument for no image, one without captions, or an empty caption.
WordBatch make_word_batch(const Targets& targets);

/// Some images of a batch with all their captions; they are counted anew in the order given.
WordBatch of_images(const WordBatch& batch, const std::vector<std::int64_t>& images);

/// The batch with its tensors on a device; they are made on the processor.
WordBatch on_device(WordBatch batch, at::Device device);

/// The batch's images in as many parts, with about as many images and as many words in each.
std::vector<std::vector<std::int64_t>> even_parts(const WordBatch& batch, std::int64_t parts);

/// A batch's N words in time-major order.
struct Places {
  at::Tensor targets;  ///< N, int64, the word at the place
  at::Tensor row;  ///< N, int64, its caption, 0 … R − 1; on the batch's device, like targets
};
Places places_of(const WordBatch& words);

}  // namespace saccade
