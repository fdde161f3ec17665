#pragma once

#include <ATen/core/Tensor.h>

namespace saccade::test {

/// A device that is not the processor, wherever the tests run. What lies on it is out of the
/// processor's reach: to read its memory by a pointer ends the program, and an operator that is
/// given tensors of both sides throws, as on a GPU. Operators compute on the processor in the end,
/// so that results are the same.
at::Device other_device();

}  // namespace saccade::test
