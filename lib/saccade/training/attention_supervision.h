#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/data/phrases.h"
#include "saccade/image/placement.h"
#include "saccade/search/word_batch.h"

namespace saccade {

/// A word of a caption whose attention is supervised by boxes.
struct SupervisedWord {
  std::int64_t position = 0;  ///< position t in the caption, from 0
  double weight = 1;          ///< w; 1 for the head of a phrase (its last word)
  std::vector<Box> boxes;     ///< of all phrases that the word belongs to
};
using SupervisedCaption = std::vector<SupervisedWord>;  ///< by position, at most one per position

/// The supervised words of a batch's captions, indexed like WordBatch::given. Shared by the parts
/// of a batch; null: none.
using SupervisedCaptions = std::shared_ptr<const std::vector<SupervisedCaption>>;

/// The supervised words of a caption: the words of its phrases that have boxes.
/// @param other_words  w of the words of a phrase other than its head, 0…1; 0: only heads
/// @param max_words    the length to which training truncates captions
SupervisedCaption supervised_words(const std::vector<TokenPhrase>& phrases, double other_words,
                                   std::int64_t max_words);

/// The target attention of a batch's supervised words: M words with boxes within the input.
struct AttentionTargets {
  at::Tensor positions;  ///< M, int64: indices among the batch's N time-major words
  at::Tensor shares;   ///< q, M×L: the boxes' share of each cell (cell_cover), each row sums to 1
  at::Tensor inside;   ///< M×L, 1 where boxes cover at least half of the cell, else 0
  at::Tensor weights;  ///< w, M

  std::int64_t size() const { return positions.size(0); }
};

/// @param supervised  with boxes in fractions of the encoder's input
/// @return on the CPU, fp32
AttentionTargets attention_targets(const WordBatch& words,
                                   const std::vector<SupervisedCaption>& supervised,
                                   const Grid& grid);

/// Supervised attention (Liu et al. 2017, "Attention Correctness in Neural Image Captioning"): the
/// cross entropy between the target attention q and α, as a weighted mean over supervised words m,
///   Σ_m w_m (−Σ_i q_mi log α_mi) / Σ_m w_m
/// Words without a box do not contribute. β is not supervised; it learns from the captions alone.
/// @param alphas   M×L, of the supervised words
/// @param shares   q, M×L
/// @param weights  w, M
/// @return a scalar
at::Tensor attention_cross_entropy(const at::Tensor& alphas, const at::Tensor& shares,
                                   const at::Tensor& weights);

/// The weighted share of supervised words whose largest α is in a cell that is `inside`, 0…1.
double peak_in_box(const at::Tensor& alphas, const at::Tensor& inside, const at::Tensor& weights);

}  // namespace saccade
