#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace saccade {

/// The types of tensors in files: those that every supported version of LibTorch has.
enum class TensorType { f64, f32, f16, bf16, i64, i32, i16, i8, u8, boolean };

/// Bytes of one element.
std::size_t element_size(TensorType type);

/// The name of a type in the safetensors format, e.g. "F16".
const char* tensor_type_name(TensorType type);

/// The type of a name in the safetensors format; nothing for an unknown name.
std::optional<TensorType> tensor_type_from_name(std::string_view name);

/// All names, separated by commas, for messages.
std::string tensor_type_names();

/// Whether any byte is neither 0 nor 1. Reading such a byte as a bool is undefined behaviour.
bool holds_other_than_booleans(std::string_view bytes);

}  // namespace saccade
