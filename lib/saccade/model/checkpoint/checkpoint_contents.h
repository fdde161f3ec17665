#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "saccade/model/checkpoint/tensor_type.h"

namespace saccade {

/// A tensor of a checkpoint: a view of a storage. Checked to lie within it.
struct CheckpointTensor {
  TensorType type = TensorType::f32;
  std::vector<std::int64_t> sizes, strides;  ///< of equal length, ≥ 0; strides in elements
  std::int64_t offset = 0;                   ///< ≥ 0, in elements
  std::string_view storage;                  ///< bytes of the file; tensors can share a storage
};

using CheckpointContents = std::map<std::string, CheckpointTensor>;  // by name

/// Reads a PyTorch checkpoint without LibTorch, see read_checkpoint in tensor_file.h. Needs
/// at most 16 times the file's size plus 4 MB of memory, whatever the file holds; for a model, a
/// small part of its size.
/// @param bytes  the whole file
/// @param file   its name, for messages
/// @return views of `bytes`
/// @throws std::runtime_error naming the file and, where one is at fault, the tensor.
CheckpointContents read_checkpoint_contents(std::string_view bytes, const std::string& file);

}  // namespace saccade
