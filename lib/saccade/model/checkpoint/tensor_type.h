#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace saccade {

/// The types that tensors have in files: those that every LibTorch we build with can hold.
enum class TensorType { f64, f32, f16, bf16, i64, i32, i16, i8, u8, boolean };

/// Bytes of one element.
std::size_t element_size(TensorType type);

/// The safetensors format's name of a type, e.g. "F16".
const char* tensor_type_name(TensorType type);

/// @return nothing for a name that is none of tensor_type_name's.
std::optional<TensorType> tensor_type_from_name(std::string_view name);

/// All of the names, for messages.
std::string tensor_type_names();

/// A byte that no boolean has: any but 0 and 1. To read one as a bool is undefined behaviour.
bool holds_other_than_booleans(std::string_view bytes);

}  // namespace saccade
