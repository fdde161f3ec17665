#include "saccade/model/checkpoint/tensor_file.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <utility>

#include <ATen/Functions.h>
#include <ATen/ops/from_blob.h>
#include <nlohmann/json.hpp>

#include "saccade/io/durable_file.h"
#include "saccade/io/json.h"
#include "saccade/io/mapped_file.h"
#include "saccade/model/checkpoint/checkpoint_contents.h"
#include "saccade/model/checkpoint/safetensors_header.h"

namespace saccade {
namespace {

struct Pair {
  TensorType file;
  at::ScalarType torch;
};

constexpr Pair kPairs[] = {
    {TensorType::f64, at::kDouble},    {TensorType::f32, at::kFloat}, {TensorType::f16, at::kHalf},
    {TensorType::bf16, at::kBFloat16}, {TensorType::i64, at::kLong},  {TensorType::i32, at::kInt},
    {TensorType::i16, at::kShort},     {TensorType::i8, at::kChar},   {TensorType::u8, at::kByte},
    {TensorType::boolean, at::kBool},
};

/// LibTorch's type for a type in files.
at::ScalarType scalar_type(TensorType type) {
  return std::find_if(std::begin(kPairs), std::end(kPairs),
                      [&](const Pair& pair) { return pair.file == type; })
      ->torch;
}

/// The type in files for LibTorch's type; nothing for a type that files cannot have.
std::optional<TensorType> tensor_type_of(at::ScalarType type) {
  for (const Pair& pair : kPairs) {
    if (pair.torch == type) return pair.file;
  }
  return std::nullopt;
}

at::Tensor make_tensor(const StoredTensor& stored, const std::shared_ptr<MappedFile>& file) {
  const at::ScalarType type = scalar_type(stored.type);
  if (stored.bytes.empty()) return at::empty(stored.shape, type);
  // The mapping is writable, although the view is const.
  char* bytes = file->data() + (stored.bytes.data() - file->data());
  if (reinterpret_cast<std::uintptr_t>(bytes) % element_size(stored.type) != 0) {
    at::Tensor copy = at::empty(stored.shape, type);
    std::memcpy(copy.data_ptr(), bytes, stored.bytes.size());
    return copy;
  }
  const auto keep_alive = [file](void*) {};
  return at::from_blob(bytes, stored.shape, keep_alive, at::TensorOptions(type));
}

using Named = std::pair<std::string, at::Tensor>;

/// Dense tensors in file order: larger elements first, then by name. So every tensor is aligned to
/// its element size.
std::vector<Named> in_file_order(const TensorFile& file) {
  std::vector<Named> ordered;
  for (const auto& [name, tensor] : file.tensors) {
    if (name == "__metadata__") {
      throw std::invalid_argument("the safetensors format reserves the name __metadata__");
    }
    if (!tensor.defined() || !tensor_type_of(tensor.scalar_type())) {
      throw std::invalid_argument("tensor \"" + name + "\" is undefined or has a type other than " +
                                  tensor_type_names());
    }
    ordered.emplace_back(name, tensor.detach().cpu().contiguous());
  }
  std::stable_sort(ordered.begin(), ordered.end(), [](const Named& a, const Named& b) {
    return a.second.element_size() > b.second.element_size();
  });
  return ordered;
}

std::string make_header(const std::vector<Named>& tensors,
                        const std::map<std::string, std::string>& metadata) {
  auto json = nlohmann::ordered_json::object();
  if (!metadata.empty()) json["__metadata__"] = metadata;
  std::uint64_t begin = 0;
  for (const auto& [name, tensor] : tensors) {
    const std::uint64_t end = begin + tensor.nbytes();
    json[name] = {{"dtype", tensor_type_name(*tensor_type_of(tensor.scalar_type()))},
                  {"shape", tensor.sizes().vec()},
                  {"data_offsets", {begin, end}}};
    begin = end;
  }
  std::string header;
  try {
    header = json.dump();
  } catch (const nlohmann::json::exception& error) {
    throw std::invalid_argument(std::string("a tensor's name or metadata is not UTF-8: ") +
                                json_reason(error));
  }
  header.resize((header.size() + 7) / 8 * 8, ' ');
  return header;
}

at::Tensor copy_of(std::string_view storage, TensorType type) {
  const auto elements = static_cast<std::int64_t>(storage.size() / element_size(type));
  at::Tensor numbers = at::empty({elements}, scalar_type(type));
  if (!storage.empty()) std::memcpy(numbers.data_ptr(), storage.data(), storage.size());
  return numbers;
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

void write_safetensors(const std::filesystem::path& path, const TensorFile& file) {
  const auto tensors = in_file_order(file);
  const std::string header = make_header(tensors, file.metadata);
  std::string length;
  for (int byte = 0; byte < 8; ++byte) {
    length.push_back(static_cast<char>(std::uint64_t{header.size()} >> (8 * byte) & 0xff));
  }
  DurableFile out(path);
  out.write(length);
  out.write(header);
  for (const auto& [name, tensor] : tensors) out.write(tensor.data_ptr(), tensor.nbytes());
  out.commit();
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
