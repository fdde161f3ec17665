#pragma once

#include <optional>

#include <c10/core/ScalarType.h>

#include "saccade/model/checkpoint/tensor_type.h"

namespace saccade {

/// LibTorch's name of a type that files have.
at::ScalarType scalar_type(TensorType type);

/// @return nothing for a type that no file can have.
std::optional<TensorType> tensor_type_of(at::ScalarType type);

}  // namespace saccade
