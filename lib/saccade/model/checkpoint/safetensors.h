#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace saccade {

class MappedFile;

/// Named tensors in name order, as a file of the safetensors format holds them.
struct TensorFile {
  std::map<std::string, at::Tensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// Maps the file into memory and checks it whole: header length and JSON, types, shapes against
/// byte ranges, no overlap, no gap, nothing beyond the end, no name twice. The tensors are views of
/// the mapping, which lives as long as any of them; writing to one never changes the file.
/// @throws std::runtime_error naming the file and the tensor.
TensorFile read_safetensors(const std::filesystem::path& path);
/// The same of a file that is mapped already.
TensorFile read_safetensors(const std::shared_ptr<MappedFile>& file);

/// Writes F32, F16, BF16, F64, I64, I32, I16, I8, U8 and BOOL tensors beside `path`, then renames.
/// @throws std::runtime_error when the file cannot be written; `path` is then as it was.
void write_safetensors(const std::filesystem::path& path, const TensorFile& file);

/// @throws std::runtime_error naming the first tensor that holds a NaN or an infinity.
void require_finite(const TensorFile& file, const std::string& name);

}  // namespace saccade
