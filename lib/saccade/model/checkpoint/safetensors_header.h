#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "saccade/model/checkpoint/tensor_type.h"

namespace saccade {

/// A tensor of a safetensors file: row-major and dense.
struct StoredTensor {
  TensorType type = TensorType::f32;
  std::vector<std::int64_t> shape;
  std::string_view bytes;  ///< of the file
};

struct SafetensorsHeader {
  std::map<std::string, StoredTensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// Checks a file of the safetensors format whole: header length and JSON, types, shapes against
/// byte ranges, no overlap, no gap, nothing beyond the end, no name twice, booleans 0 or 1.
/// @param name  of the file, stands in the messages.
/// @return views of `file`.
/// @throws std::runtime_error naming the file and the tensor.
SafetensorsHeader read_safetensors_header(std::string_view file, const std::string& name);

}  // namespace saccade
