#pragma once

#include <string>

#include <ATen/core/Tensor.h>

#include "saccade/search/word_batch.h"

namespace saccade {

// The terms that training losses are made of. N places of captions, R captions, L cells, V words.

/// Teacher-forced cross entropy, averaged over the words of a batch.
/// @param logits   N×V, any floating type
/// @param targets  N, int64
/// @param label_smoothing  share of each target spread evenly over all words
at::Tensor cross_entropy(const at::Tensor& logits, const at::Tensor& targets,
                         double label_smoothing);

/// log p of the target at each place. @return N, fp32
at::Tensor target_log_p(const at::Tensor& logits, const at::Tensor& targets);

/// The doubly stochastic term (Xu et al. 2015, equation 14), as CoverageConfig defines it, without
/// λ.
/// @param alphas  N×L
/// @param row     N, int64: the caption of each place, 0…R−1
/// @param lengths R, int64: T of each caption, the end word counted
at::Tensor coverage(const at::Tensor& alphas, const at::Tensor& row, const at::Tensor& lengths,
                    const std::string& target);

/// What hard attention adds to the cross entropy: the part of the gradient that goes through the
/// choice of cells (Xu et al. 2015, section 4.1; REINFORCE).
struct HardAttentionTerms {
  /// Its gradient is −1/N Σ_r [ λ_r (log p(y_r|s̃_r,a) − b) ∂log p(s̃_r|a) + λ_e ∂H(s̃_r) ]: with the
  /// cross entropy per word added, minus the paper's gradient per word. A caption whose cells were
  /// not sampled (the coin) has no part in the first sum.
  at::Tensor loss;
  double log_p = 0;  ///< log p(y|s̃,a), the mean over the captions: what the baseline b follows
};

/// @param alphas   N×L
/// @param cells    N, int64: the sampled cells s̃
/// @param log_p    N: log p of the word at each place given the cells; no gradient goes through it
/// @param sampled  R, bool: captions whose cells were sampled
HardAttentionTerms hard_attention(const at::Tensor& alphas, const at::Tensor& cells,
                                  const at::Tensor& log_p, const at::Tensor& row,
                                  const at::Tensor& sampled, double baseline, double reward_weight,
                                  double entropy_weight);

/// Splits log p of each target into that among the words that may be said at all, and log of the
/// share of probability that these words have together. What is decoded with a ban on some words is
/// drawn from the former; the latter is kept at 0 by training, so that the model's own p stays what
/// it says.
/// @param banned  ids that are never said. @return each N, fp32
struct PermittedLogP {
  at::Tensor among, mass;
};
PermittedLogP permitted_log_p(const at::Tensor& logits, const at::Tensor& targets,
                              const at::Tensor& banned);

/// Self-critical training's loss (Rennie et al. 2017): −1/N Σ_n A_{row n} log p_n.
/// @param log_p      N: log p of the sampled caption's words
/// @param advantage  R: reward minus baseline
at::Tensor policy_gradient(const at::Tensor& log_p, const at::Tensor& row,
                           const at::Tensor& advantage);

}  // namespace saccade
