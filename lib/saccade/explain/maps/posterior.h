#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "saccade/model/decoder/decoder.h"
#include "saccade/search/word_batch.h"

namespace saccade {

/// log p of a word if the step attended to one cell only, for each cell i:
///   ẑ_i = β a_i,   h_i = LSTM(y_{t−1}, h_{t−1}, ẑ_i),   log p(y_t | h_i, ẑ_i, y_{t−1})
/// For hard attention this is log p(y_t | s_t = i), the step's own prediction for that cell.
/// @param state    before the step, R rows
/// @param words    R, int64: the previous word of each row
/// @param targets  R, int64: the word whose log p is computed
/// @return R×L. Rows are computed one at a time, so memory is bounded by L·V numbers.
/// @throws std::invalid_argument for a decoder that sees the image only at the first step
at::Tensor log_p_by_cell(const Decoder& decoder, const State& state, const at::Tensor& words,
                         const at::Tensor& targets);

/// Attention given the word. α_t is computed before the word is chosen; Bayes' rule gives the
/// distribution over cells after the word is known:
///   p(i | y_t) = α_ti p(y_t | i) / Σ_j α_tj p(y_t | j),   p(y_t | i) as in log_p_by_cell
/// This is exact for hard attention, which attends to one cell. Soft attention uses a mean over all
/// cells, so there the formula evaluates the cells one by one. The states h_{t−1} are those of the
/// ordinary pass with `mode`.
/// @param words   reference captions, on the CPU
/// @param positions  positions among their N time-major words, ascending: M of them
/// @return M×L, each row sums to 1, on the decoder's device
at::Tensor posterior_maps(const Decoder& decoder, const Features& features, const WordBatch& words,
                          const std::vector<std::int64_t>& positions, AttentionMode mode);

}  // namespace saccade
