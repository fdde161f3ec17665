#pragma once

#include <filesystem>
#include <map>
#include <string>

#include <ATen/core/Tensor.h>

namespace saccade {

/// The tensors of a state dict that PyTorch saved (`.pth`, `.pt`), by name: the archive format of
/// PyTorch 1.6 and later, and the older one. A dictionary that holds the state dict under
/// "state_dict" or "model" is looked into. Nothing in the file can execute: see unpickler.h.
/// The numbers take the file's size once more; for the rest see checkpoint_contents.h.
/// @return tensors in the types and strides of the file, in memory of their own; those that shared
///         a storage share it still.
/// @throws std::runtime_error naming the file, and the tensor where it is one's fault.
std::map<std::string, at::Tensor> read_checkpoint(const std::filesystem::path& path);

}  // namespace saccade
