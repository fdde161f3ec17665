#pragma once

#include <string>

#include <c10/core/ScalarType.h>

namespace saccade {

/// The safetensors format's name of a type, e.g. "F16"; null for a type it cannot hold.
const char* tensor_type_name(at::ScalarType type);

/// @return false for a name that is none of tensor_type_name's.
bool tensor_type_from_name(const std::string& name, at::ScalarType& type);

/// All of the names, for messages.
std::string tensor_type_names();

}  // namespace saccade
