#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace saccade {

class MappedFile;

/// The contents of a file in the safetensors format.
struct TensorFile {
  std::map<std::string, at::Tensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// Maps the file into memory and checks all of it, see read_safetensors_header. The tensors are
/// views of the mapping, which lives as long as any of them (a misaligned tensor is copied).
/// Writing to a tensor never changes the file.
/// @throws std::runtime_error naming the file and the tensor.
TensorFile read_safetensors(const std::filesystem::path& path);
/// The same for a file that is already mapped.
TensorFile read_safetensors(const std::shared_ptr<MappedFile>& file);

/// Writes the tensors (types: see tensor_type.h) to a temporary file and renames it to `path`.
/// @throws std::runtime_error when the file cannot be written; `path` is then unchanged.
/// @throws std::invalid_argument for a tensor, name or metadata that the format does not support.
void write_safetensors(const std::filesystem::path& path, const TensorFile& file);

/// Checks that every floating-point tensor is finite.
/// @param name  of the file, for messages
/// @throws std::runtime_error naming the first tensor that holds a NaN or an infinity.
void require_finite(const TensorFile& file, const std::string& name);

/// Reads the tensors of a state dict saved by PyTorch (`.pth`, `.pt`), by name: the ZIP format of
/// PyTorch 1.6 and later, or the older one. The state dict can be the value of "state_dict" or
/// "model" in a dictionary. Nothing in the file can execute: see unpickler.h. The values need as
/// much memory as the file; for the rest see checkpoint_contents.h.
/// @return tensors with the types and strides of the file, copied into new memory; tensors that
///         share a storage in the file still share one
/// @throws std::runtime_error naming the file and, where one is at fault, the tensor.
std::map<std::string, at::Tensor> read_checkpoint(const std::filesystem::path& path);

}  // namespace saccade
