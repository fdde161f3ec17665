#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace saccade {

/// The captions of a batch as a teacher-forced pass takes them: B images with K captions each, the
/// image with the longest caption first.
struct WordBatch {
  at::Tensor inputs;   ///< B×K×T, the word before each place: kStart, w_1, …, filled with kPad
  at::Tensor targets;  ///< B×K×T, w_1, …, kEnd, filled with kPad
  at::Tensor lengths;  ///< B×K, T of each caption, the end counted
  std::vector<std::int64_t> images;  ///< T numbers: images that are not over at step t
  std::vector<std::int64_t> order;   ///< B, which of the images that were given stands here
};

/// Per image its captions, each the words to be said: w_1, …, kEnd (a caption that was cut off has
/// no kEnd). None is empty.
using Targets = std::vector<std::vector<std::vector<std::int64_t>>>;

/// @param targets  B×K. They come to stand by falling length of an image's longest caption, equals
///                 as they are given.
/// @throws std::invalid_argument for no image, one with another number of captions, or an empty
///         caption.
WordBatch make_word_batch(const Targets& targets);

/// The images `first`, first + n, first + 2n, … of a batch, with all their captions.
WordBatch every_nth(const WordBatch& batch, std::int64_t first, std::int64_t n);

/// A batch's places in time-major order, without the filling after a caption's end.
struct Places {
  at::Tensor index;    ///< N, int64: where in the time-major order; what follows has N too
  at::Tensor targets;  ///< int64, the word at the place
  at::Tensor row;      ///< int64, its caption, b·K + k
};
Places places_of(const WordBatch& words);

}  // namespace saccade
