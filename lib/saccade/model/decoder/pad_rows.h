#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace saccade {

/// The smallest number ≥ `rows` with five significant bits: there are 16 per power of two, and the
/// result is at most a sixteenth larger than `rows`.
std::int64_t padded_row_count(std::int64_t rows);

/// Appends rows of zeros to an R×N matrix, up to padded_row_count(R). Does so only where oneDNN
/// multiplies: for bfloat16 on the CPU. Differentiable.
///
/// oneDNN compiles a kernel for every new shape, which takes milliseconds and a megabyte, and
/// caches the last thousand. In training the lengths of captions differ, so that nearly every batch
/// would have new shapes. In addition, oneDNN 2.6 reads freed memory when one thread evicts a
/// kernel while another looks one up. Padding limits the number of shapes, so that nothing is
/// evicted.
at::Tensor pad_rows(const at::Tensor& x);

}  // namespace saccade
