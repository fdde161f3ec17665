#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/model/decoder/decoder.h"
#include "saccade/search/word_batch.h"

namespace saccade {

/// log p of a word if all that a step sees of the image were one cell, for each cell i:
///   ẑ_i = β a_i,   h_i = LSTM(y_{t−1}, h_{t−1}, ẑ_i),   log p(y_t | h_i, ẑ_i, y_{t−1})
/// For hard attention this is log p(y_t | s_t = i), what the step itself would say of that cell.
/// @param state    before the step, R rows
/// @param words    R, int64: the last word of each row
/// @param targets  R, int64: the word that is asked about
/// @return R×L; one row is computed at a time, so that memory is bounded by L·V numbers
/// @throws std::invalid_argument for a decoder that sees the image once, before the first word
at::Tensor log_p_by_cell(const Decoder& decoder, const State& state, const at::Tensor& words,
                         const at::Tensor& targets);

/// Where the decoder looked once the word is known. α_t is computed before the word is chosen; by
/// Bayes' rule the word tells which cell it came from:
///   p(i | y_t) = α_ti p(y_t | i) / Σ_j α_tj p(y_t | j),   p(y_t | i) as in log_p_by_cell
/// Exact for hard attention, where one cell is seen. For soft attention, which sees a mean over all
/// cells, it is the same question of the cells one by one. The states h_{t−1} are those of the pass
/// with the glimpse, and unchanged.
/// @param words   given captions, on the processor
/// @param places  which of their N time-major words are asked about, rising
/// @return M×L, each row sums to 1, on the decoder's device
at::Tensor posterior_maps(const Decoder& decoder, const Features& features, const WordBatch& words,
                          const std::vector<std::int64_t>& places, AttentionMode mode);

}  // namespace saccade
