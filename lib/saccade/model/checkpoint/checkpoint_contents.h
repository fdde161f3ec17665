#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "saccade/model/checkpoint/tensor_type.h"

namespace saccade {

/// A tensor of a checkpoint: how it looks at a storage, within which it lies.
struct CheckpointTensor {
  TensorType type = TensorType::f32;
  std::vector<std::int64_t> sizes, strides;  ///< as many of both, none negative; in elements
  std::int64_t offset = 0;                   ///< in elements
  std::string_view storage;                  ///< of the file; the same for tensors that share one
};

using CheckpointContents = std::map<std::string, CheckpointTensor>;  // by name

/// Reads what read_checkpoint (checkpoint_reader.h) makes tensors of. Whatever the file holds, this
/// takes at most 16 times its size and 4 MB of memory; a model's takes a small part of its size.
/// @param bytes  the whole file.
/// @param file   its name, stands in the messages.
/// @return views of `bytes`.
/// @throws std::runtime_error naming the file, and the tensor where it is one's fault.
CheckpointContents read_checkpoint_contents(std::string_view bytes, const std::string& file);

}  // namespace saccade
