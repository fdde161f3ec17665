#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/training/training_config.h"

namespace saccade {

/// Teacher-forced cross entropy, averaged over the words of a batch.
/// @param logits   N×V, any floating type
/// @param targets  N, int64
/// @param label_smoothing  share of each target spread evenly over all words
at::Tensor cross_entropy(const at::Tensor& logits, const at::Tensor& targets,
                         double label_smoothing);

/// The doubly stochastic term (Xu et al. 2015, equation 14), as CoverageConfig defines it, without
/// λ.
/// @param alphas  N×L in time-major order
/// @param valid   N, bool: the place belongs to a caption, not to the filling after its end
/// @param row     N, int64: the caption of each place, 0…R−1
/// @param lengths R, int64: T of each caption, the end word counted
at::Tensor coverage(const at::Tensor& alphas, const at::Tensor& valid, const at::Tensor& row,
                    const at::Tensor& lengths, const std::string& target);

}  // namespace saccade
