#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace saccade {

/// The least number from `rows` on that has five significant bits: 16 in every octave, at most a
/// sixteenth more.
std::int64_t padded_row_count(std::int64_t rows);

/// R×N with rows of zeros added up to padded_row_count(R), where oneDNN is to multiply it: bfloat16
/// on a processor. Differentiable.
///
/// oneDNN compiles a product for every shape that it has not seen, which takes milliseconds and a
/// megabyte, and keeps the last thousand. Training has captions of all lengths: every batch would
/// be of another shape. And when oneDNN 2.6 drops one while another thread looks one up, it reads
/// what was freed. With even rows there are few shapes, and none is dropped.
at::Tensor pad_rows(const at::Tensor& x);

}  // namespace saccade
