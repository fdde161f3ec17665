#include "saccade/model/checkpoint/checkpoint_reader.h"

#include <cstring>

#include <ATen/Functions.h>

#include "saccade/io/mapped_file.h"
#include "saccade/model/checkpoint/checkpoint_contents.h"
#include "saccade/model/checkpoint/scalar_type.h"

namespace saccade {
namespace {

at::Tensor copy_of(std::string_view storage, TensorType type) {
  const auto elements = static_cast<std::int64_t>(storage.size() / element_size(type));
  at::Tensor numbers = at::empty({elements}, scalar_type(type));
  if (!storage.empty()) std::memcpy(numbers.data_ptr(), storage.data(), storage.size());
  return numbers;
}

}  // namespace

std::map<std::string, at::Tensor> read_checkpoint(const std::filesystem::path& path) {
  const MappedFile file(path);
  std::map<std::string, at::Tensor> tensors;
  std::map<const char*, at::Tensor> storages;  // by address in the mapped file
  for (const auto& [name, stored] : read_checkpoint_contents(file.bytes(), path.string())) {
    at::Tensor& storage = storages[stored.storage.data()];
    if (!storage.defined()) storage = copy_of(stored.storage, stored.type);
    tensors[name] = storage.as_strided(stored.sizes, stored.strides, stored.offset);
  }
  return tensors;
}

}  // namespace saccade
