#pragma once

#include <filesystem>
#include <map>
#include <string>

#include <ATen/core/Tensor.h>

namespace saccade {

/// Reads the tensors of a state dict saved by PyTorch (`.pth`, `.pt`), by name: the ZIP format of
/// PyTorch 1.6 and later, or the older one. The state dict can be the value of "state_dict" or
/// "model" in a dictionary. Nothing in the file can execute: see unpickler.h. The values need as
/// much memory as the file; for the rest see checkpoint_contents.h.
/// @return tensors with the types and strides of the file, copied into new memory; tensors that
///         share a storage in the file still share one
/// @throws std::runtime_error naming the file and, where one is at fault, the tensor.
std::map<std::string, at::Tensor> read_checkpoint(const std::filesystem::path& path);

}  // namespace saccade
