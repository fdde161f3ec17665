#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/data/dataset_phrases.h"
#include "saccade/image/grid.h"
#include "saccade/search/word_batch.h"

namespace saccade {

/// A word of a caption whose attention is drawn to boxes.
struct SupervisedWord {
  std::int64_t place = 0;  ///< t, from 0
  double weight = 1;       ///< w: 1 for the head of a phrase, its last word
  std::vector<Box> boxes;  ///< where what it names is; of all phrases that it belongs to
};
using SupervisedCaption = std::vector<SupervisedWord>;  ///< by place, each once

/// The supervised words of a batch's captions, numbered as WordBatch::given numbers them. Shared by
/// the parts of a batch; null: none.
using SupervisedCaptions = std::shared_ptr<const std::vector<SupervisedCaption>>;

/// The words of a caption's phrases that have boxes.
/// @param other_words  w of a phrase's words but its head, 0…1; those of weight 0 stay free
/// @param max_words    words from this place on are cut off in training
SupervisedCaption supervised_words(const std::vector<TokenPhrase>& phrases, double other_words,
                                   std::int64_t max_words);

/// What the attention of a batch's supervised words should be. M words whose boxes the input shows.
struct AttentionTargets {
  at::Tensor places;   ///< M, int64: which of the batch's N time-major words each is
  at::Tensor shares;   ///< q, M×L: the boxes' share of each cell (cell_cover), each row sums to 1
  at::Tensor inside;   ///< M×L, 1 where at least half of the cell lies in a box, else 0
  at::Tensor weights;  ///< w, M

  std::int64_t size() const { return places.size(0); }
};

/// @param supervised  boxes in shares of the encoder's input
/// @return on the processor, fp32
AttentionTargets attention_targets(const WordBatch& words,
                                   const std::vector<SupervisedCaption>& supervised,
                                   const Grid& grid);

/// Supervised attention (Liu et al. 2017, "Attention Correctness in Neural Image Captioning"): the
/// cross entropy between the boxes' share of each cell and α, the mean over the supervised words,
///   Σ_m w_m (−Σ_i q_mi log α_mi) / Σ_m w_m
/// Words without a box have no part in it; nor has β, which learns from the captions alone to close
/// for words that need no image.
/// @param alphas  M×L, of the supervised words
at::Tensor attention_cross_entropy(const at::Tensor& alphas, const at::Tensor& shares,
                                   const at::Tensor& weights);

/// The share of supervised words, by their weights, whose largest α lies in a cell that is inside.
double peak_in_box(const at::Tensor& alphas, const at::Tensor& inside, const at::Tensor& weights);

}  // namespace saccade
