#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/search/word_batch.h"

namespace saccade {

// The terms of the training losses. N word positions of all captions, R captions, L cells, V words
// of the vocabulary.

/// Teacher-forced cross entropy, averaged over the words of a batch.
/// @param logits           N×V, any floating type
/// @param targets          N, int64
/// @param label_smoothing  share of each target spread evenly over all words, in [0, 1)
/// @return a scalar, fp32
at::Tensor cross_entropy(const at::Tensor& logits, const at::Tensor& targets,
                         double label_smoothing);

/// log p of the target at each position. @return N, fp32; fp64 for fp64 logits
at::Tensor target_log_p(const at::Tensor& logits, const at::Tensor& targets);

/// The doubly stochastic term (Xu et al. 2015, equation 14), without λ; see CoverageConfig.
/// @param alphas   N×L
/// @param row      N, int64: the caption of each position, 0…R−1
/// @param lengths  R, int64: T of each caption, including the end token
/// @param target   "one" or "share", see CoverageConfig
/// @return a scalar
at::Tensor coverage(const at::Tensor& alphas, const at::Tensor& row, const at::Tensor& lengths,
                    const std::string& target);

/// The terms that hard attention adds to the cross entropy: the part of the gradient that flows
/// through the sampled cells (REINFORCE; Xu et al. 2015, section 4.1).
struct HardAttentionTerms {
  /// Its gradient is −1/N Σ_r [ λ_r (log p(y_r|s̃_r,a) − b) ∂log p(s̃_r|a) + λ_e ∂H(s̃_r) ].
  /// Together with the cross entropy per word, this is the negative of the paper's gradient per
  /// word. Captions whose cells were not sampled do not contribute to the first term.
  at::Tensor loss;
  double log_p = 0;  ///< the mean of log p(y|s̃,a) over captions, for the baseline b
};

/// @param alphas          N×L
/// @param cells           N, int64: the sampled cells s̃
/// @param log_p           N: log p of the word at each position given the cells; detached
/// @param row             N, int64: the caption of each position, 0…R−1
/// @param sampled         R, bool: captions whose cells were sampled
/// @param baseline        b
/// @param reward_weight   λ_r
/// @param entropy_weight  λ_e
HardAttentionTerms hard_attention(const at::Tensor& alphas, const at::Tensor& cells,
                                  const at::Tensor& log_p, const at::Tensor& row,
                                  const at::Tensor& sampled, double baseline, double reward_weight,
                                  double entropy_weight);

/// log p of each target, split into log p among the permitted words and the log of the total
/// probability of the permitted words. Decoding with banned words samples from the former. Training
/// keeps the latter at 0, so that the model's p stays consistent with decoding.
struct PermittedLogP {
  at::Tensor among, mass;  ///< N each, fp32
};
/// @param banned  int64: ids that decoding never produces
PermittedLogP permitted_log_p(const at::Tensor& logits, const at::Tensor& targets,
                              const at::Tensor& banned);

/// A thing that some steps should name.
struct SoughtWord {
  std::vector<std::int64_t> steps;  ///< at least one, 0 … N − 1
  std::vector<std::int64_t> names;  ///< ids of the words that name it, at least one
};

/// The presence loss of labels: with p_n(k) = Σ_{w names k} p_n(w), the mean over the things k of
/// −log max_n p_n(k), n over the steps of k.
/// @param logits  N×V
/// @return a scalar, fp32; fp64 for fp64 logits
at::Tensor presence_loss(const at::Tensor& logits, const std::vector<SoughtWord>& things);

/// The loss of self-critical training (Rennie et al. 2017): −1/N Σ_n A_{row n} log p_n.
/// @param log_p      N: log p of the sampled captions' words
/// @param row        N, int64: the caption of each position, 0…R−1
/// @param advantage  R: A, reward minus baseline
/// @return a scalar
at::Tensor policy_gradient(const at::Tensor& log_p, const at::Tensor& row,
                           const at::Tensor& advantage);

}  // namespace saccade
