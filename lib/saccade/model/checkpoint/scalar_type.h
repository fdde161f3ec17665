#pragma once

#include <optional>

#include <c10/core/ScalarType.h>

#include "saccade/model/checkpoint/tensor_type.h"

namespace saccade {

/// LibTorch's type for a type in files.
at::ScalarType scalar_type(TensorType type);

/// The type in files for LibTorch's type; nothing for a type that files cannot have.
std::optional<TensorType> tensor_type_of(at::ScalarType type);

}  // namespace saccade
