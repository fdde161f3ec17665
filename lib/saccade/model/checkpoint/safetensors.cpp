#include "saccade/model/checkpoint/safetensors.h"

#include <cstdint>
#include <cstring>
#include <stdexcept>

#include <ATen/Functions.h>
#include <ATen/ops/from_blob.h>

#include "saccade/io/mapped_file.h"
#include "saccade/model/checkpoint/safetensors_header.h"
#include "saccade/model/checkpoint/scalar_type.h"

namespace saccade {
namespace {

at::Tensor make_tensor(const StoredTensor& stored, const std::shared_ptr<MappedFile>& file) {
  const at::ScalarType type = scalar_type(stored.type);
  if (stored.bytes.empty()) return at::empty(stored.shape, type);
  // The mapping may be written to; the view of it does not say so.
  char* bytes = file->data() + (stored.bytes.data() - file->data());
  if (reinterpret_cast<std::uintptr_t>(bytes) % element_size(stored.type) != 0) {
    at::Tensor copy = at::empty(stored.shape, type);
    std::memcpy(copy.data_ptr(), bytes, stored.bytes.size());
    return copy;
  }
  const auto keep_alive = [file](void*) {};
  return at::from_blob(bytes, stored.shape, keep_alive, at::TensorOptions(type));
}

}  // namespace

TensorFile read_safetensors(const std::filesystem::path& path) {
  return read_safetensors(std::make_shared<MappedFile>(path));
}

TensorFile read_safetensors(const std::shared_ptr<MappedFile>& file) {
  SafetensorsHeader header = read_safetensors_header(file->bytes(), file->path().string());
  TensorFile result;
  result.metadata = std::move(header.metadata);
  for (const auto& [name, stored] : header.tensors) {
    result.tensors.emplace(name, make_tensor(stored, file));
  }
  return result;
}

void require_finite(const TensorFile& file, const std::string& name) {
  for (const auto& [tensor_name, tensor] : file.tensors) {
    if (!tensor.is_floating_point()) continue;
    const auto bad = tensor.numel() - at::isfinite(tensor).sum().item<std::int64_t>();
    if (bad == 0) continue;
    throw std::runtime_error(name + ": tensor \"" + tensor_name + "\" holds " +
                             std::to_string(bad) + " of " + std::to_string(tensor.numel()) +
                             " values that are NaN or infinite; expected none");
  }
}

}  // namespace saccade
