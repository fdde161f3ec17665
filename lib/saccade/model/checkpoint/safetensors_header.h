#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "saccade/model/checkpoint/tensor_type.h"

namespace saccade {

/// A tensor in a safetensors file: row-major and dense.
struct StoredTensor {
  TensorType type = TensorType::f32;
  std::vector<std::int64_t> shape;
  std::string_view bytes;  ///< its values, in the file
};

/// The tensors and the metadata of a safetensors file.
struct SafetensorsHeader {
  std::map<std::string, StoredTensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// Checks a whole file in the safetensors format: the length and JSON of the header, types, shapes
/// against byte ranges, no overlap, no gap, nothing after the last tensor, no duplicate name,
/// booleans 0 or 1.
/// @param file  the whole file
/// @param name  of the file, for messages
/// @return views of `file`
/// @throws std::runtime_error naming the file and the tensor.
SafetensorsHeader read_safetensors_header(std::string_view file, const std::string& name);

}  // namespace saccade
