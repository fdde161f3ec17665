#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/model/decoder/decoder.h"

namespace saccade {

/// The captions of a batch for a teacher-forced pass, the longest first: R captions of B images, of
/// at most T words.
struct WordBatch {
  CaptionRows inputs;               ///< kStart, w_1, …, padded with kPad
  at::Tensor targets;               ///< R×T, int64: w_1, …, kEnd, padded with kPad
  at::Tensor lengths;               ///< R, int64: the words of each caption, including the end word
  std::vector<std::int64_t> given;  ///< R, the index of each caption in the order given
  std::int64_t images = 0;          ///< B
};

/// The target words of the captions of each image: w_1, …, kEnd. A truncated caption has no kEnd.
using Targets = std::vector<std::vector<std::vector<std::int64_t>>>;

/// Captions of equal length stay in the order given, image by image.
/// @throws std::invalid_argument for no image, an image without captions, or an empty caption.
WordBatch make_word_batch(const Targets& targets);

/// Some images of a batch with all their captions. The images are renumbered in the order given.
/// @throws std::invalid_argument for no image.
WordBatch of_images(const WordBatch& batch, const std::vector<std::int64_t>& images);

/// The batch with its tensors on a device; make_word_batch creates them on the CPU.
WordBatch on_device(WordBatch batch, at::Device device);

/// Divides the images of a batch into parts with about equal numbers of images and words.
/// @return `parts` lists of image indices
std::vector<std::vector<std::int64_t>> even_parts(const WordBatch& batch, std::int64_t parts);

/// The N words of a batch in time-major order, on the device of the batch.
struct Positions {
  at::Tensor targets;  ///< N, int64: the word
  at::Tensor row;      ///< N, int64: its caption, 0 … R − 1
};
Positions positions_of(const WordBatch& words);

}  // namespace saccade
