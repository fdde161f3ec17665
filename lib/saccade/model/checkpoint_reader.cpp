#include "saccade/model/checkpoint_reader.h"

#include <cstring>
#include <limits>
#include <stdexcept>
#include <string_view>

#include <torch/torch.h>

#include "saccade/model/mapped_file.h"
#include "saccade/model/unpickler.h"
#include "saccade/model/zip_archive.h"

namespace saccade {
namespace {

using Storages = std::map<std::string, std::string_view>;  // bytes by key
using TensorReferences = std::map<std::string, const TensorReference*>;

constexpr std::string_view kZipStart = "PK\x03\x04";
constexpr std::string_view kLegacyMagic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
constexpr std::int64_t kLegacyVersion = 1001;

const PickleValue* find(const PickleDictionary& dictionary, std::string_view key) {
  for (const auto& [name, value] : dictionary.items) {
    const auto text = std::get_if<std::string_view>(&name);
    if (text != nullptr && *text == key) return &value;
  }
  return nullptr;
}

/// The tensors of the state dict that `root` is or holds.
TensorReferences state_dict(const PickleValue& root, const std::string& file) {
  auto dictionary = std::get_if<PickleDictionary*>(&root);
  if (dictionary == nullptr) throw std::runtime_error(file + ": holds no dictionary of tensors");
  for (const char* key : {"state_dict", "model"}) {
    const PickleValue* inner = find(**dictionary, key);
    if (inner == nullptr || !std::holds_alternative<PickleDictionary*>(*inner)) continue;
    dictionary = std::get_if<PickleDictionary*>(inner);
    break;
  }
  TensorReferences tensors;
  for (const auto& [key, value] : (*dictionary)->items) {
    const auto name = std::get_if<std::string_view>(&key);
    const auto tensor = std::get_if<const TensorReference*>(&value);
    if (name == nullptr || tensor == nullptr) continue;  // an epoch's number and the like
    if (!tensors.emplace(*name, *tensor).second) {
      throw std::runtime_error(file + ": has tensor " + std::string(*name) + " twice");
    }
  }
  if (tensors.empty()) throw std::runtime_error(file + ": holds no dictionary of tensors");
  return tensors;
}

/// Elements of a tensor and of the stretch of storage it looks at; nothing when the two do not fit
/// into `available` elements.
struct Extent {
  std::int64_t elements = 1, span = 1;
};

bool measure(const TensorReference& tensor, std::int64_t available, Extent& extent) {
  if (tensor.offset < 0 || tensor.offset > available) return false;
  if (tensor.sizes.size() != tensor.strides.size()) return false;
  for (const std::int64_t size : tensor.sizes) {
    if (size < 0) return false;
    if (size == 0) {
      extent = {0, 0};
      return true;
    }
  }
  const std::int64_t room = available - tensor.offset;
  for (std::size_t i = 0; i < tensor.sizes.size(); ++i) {
    const std::int64_t size = tensor.sizes[i], stride = tensor.strides[i];
    if (stride < 0 || size > available / extent.elements) return false;
    extent.elements *= size;
    if (size > 1 && stride > (room - extent.span) / (size - 1)) return false;
    extent.span += (size - 1) * stride;
  }
  return extent.span <= room;
}

at::Tensor materialize(const std::string& name, const TensorReference& reference,
                       const Storages& storages, const std::string& file) {
  const auto fail = [&](const std::string& what) {
    throw std::runtime_error(file + ": tensor " + name + " " + what);
  };
  const StorageReference& storage = reference.storage;
  const auto found = storages.find(std::string(storage.key));
  if (found == storages.end()) {
    fail("lies in storage " + std::string(storage.key) + ", which the file does not have");
  }
  const std::string_view bytes = found->second;
  const auto item = static_cast<std::int64_t>(c10::elementSize(storage.type));
  if (storage.elements < 0 || storage.elements > std::numeric_limits<std::int64_t>::max() / item ||
      static_cast<std::size_t>(storage.elements * item) != bytes.size()) {
    fail("has a storage of " + std::to_string(bytes.size()) + " bytes, expected " +
         std::to_string(storage.elements) + " elements of " + std::to_string(item));
  }
  Extent extent;
  if (!measure(reference, storage.elements, extent)) fail("reaches beyond its storage");
  at::Tensor flat = torch::empty({extent.span}, storage.type);
  if (extent.span > 0) {
    std::memcpy(flat.data_ptr(), bytes.data() + reference.offset * item,
                static_cast<std::size_t>(extent.span * item));
  }
  if (extent.elements == 0) return flat.view(reference.sizes);
  return flat.as_strided(reference.sizes, reference.strides).contiguous();
}

std::map<std::string, at::Tensor> materialize_all(const TensorReferences& references,
                                                  const Storages& storages,
                                                  const std::string& file) {
  std::map<std::string, at::Tensor> tensors;
  for (const auto& [name, reference] : references) {
    tensors[name] = materialize(name, *reference, storages, file);
  }
  return tensors;
}

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// An archive of FOLDER/data.pkl, FOLDER/data/KEY for every storage, and notes.
std::map<std::string, at::Tensor> read_archive(std::string_view bytes, const std::string& file) {
  const auto entries = read_zip(bytes, file);
  std::string folder;
  std::string_view pickle;
  for (const auto& [name, contents] : entries) {
    if (ends_with(name, "/constants.pkl")) {
      throw std::runtime_error(file + ": is a TorchScript program, expected a state dict");
    }
    if (ends_with(name, "/byteorder") && contents != "little") {
      throw std::runtime_error(file + ": was written on a big-endian machine");
    }
    if (ends_with(name, "/data.pkl")) {
      folder = name.substr(0, name.size() - std::string_view("data.pkl").size());
      pickle = contents;
    }
  }
  if (pickle.empty()) throw std::runtime_error(file + ": no PyTorch archive, it lacks data.pkl");

  const std::string prefix = folder + "data/";
  Storages storages;
  for (const auto& [name, contents] : entries) {
    if (name.rfind(prefix, 0) == 0) storages[name.substr(prefix.size())] = contents;
  }
  Unpickler unpickler(pickle, file);
  const PickleValue root = unpickler.load();
  return materialize_all(state_dict(root, file), storages, file);
}

/// The storages of the old format, each its number of elements and then its bytes. How large an
/// element is, only the pickle before them knows.
Storages read_legacy_storages(std::string_view bytes, const PickleSequence& keys,
                              const Unpickler& unpickler, const std::string& file) {
  Storages storages;
  for (const PickleValue& value : keys.items) {
    const auto key = std::get_if<std::string_view>(&value);
    if (key == nullptr) throw std::runtime_error(file + ": is damaged: a storage without a key");
    const auto type = unpickler.storage_types().find(*key);
    if (type == unpickler.storage_types().end()) {
      throw std::runtime_error(file + ": is damaged: storage " + std::string(*key) +
                               " belongs to no tensor");
    }
    const std::size_t item = c10::elementSize(type->second);
    std::int64_t elements = 0;
    if (bytes.size() < sizeof elements) throw std::runtime_error(file + ": ends too early");
    std::memcpy(&elements, bytes.data(), sizeof elements);
    bytes.remove_prefix(sizeof elements);
    if (elements < 0 || std::uint64_t(elements) > bytes.size() / item) {
      throw std::runtime_error(file + ": ends too early, in storage " + std::string(*key));
    }
    const std::size_t size = std::size_t(elements) * item;
    storages[std::string(*key)] = bytes.substr(0, size);
    bytes.remove_prefix(size);
  }
  return storages;
}

/// Five pickles, a magic number, a version, the machine, the state dict and the storages' keys, and
/// then the storages.
std::map<std::string, at::Tensor> read_legacy(std::string_view bytes, const std::string& file) {
  Unpickler unpickler(bytes, file);
  const PickleValue magic = unpickler.load();
  const auto long_magic = std::get_if<PickleLong>(&magic);
  if (long_magic == nullptr || long_magic->bytes != kLegacyMagic) {
    throw std::runtime_error(file + ": is a pickle, but none that PyTorch saved");
  }
  const PickleValue version = unpickler.load();
  const auto version_number = std::get_if<std::int64_t>(&version);
  if (version_number == nullptr || *version_number != kLegacyVersion) {
    throw std::runtime_error(file + ": has an unknown version of PyTorch's old format, expected " +
                             std::to_string(kLegacyVersion));
  }
  const PickleValue machine = unpickler.load();
  const auto facts = std::get_if<PickleDictionary*>(&machine);
  const PickleValue* little = facts != nullptr ? find(**facts, "little_endian") : nullptr;
  const auto is_little = little != nullptr ? std::get_if<bool>(little) : nullptr;
  if (is_little == nullptr || !*is_little) {
    throw std::runtime_error(file + ": was not written on a little-endian machine");
  }
  const TensorReferences tensors = state_dict(unpickler.load(), file);
  const PickleValue keys = unpickler.load();
  const auto key_list = std::get_if<PickleSequence*>(&keys);
  if (key_list == nullptr) throw std::runtime_error(file + ": is damaged: it lists no storages");
  const Storages storages =
      read_legacy_storages(bytes.substr(unpickler.position()), **key_list, unpickler, file);
  return materialize_all(tensors, storages, file);
}

}  // namespace

std::map<std::string, at::Tensor> read_checkpoint(const std::filesystem::path& path) {
  const MappedFile mapped(path);
  const std::string_view bytes = mapped.bytes();
  const std::string file = path.string();
  if (bytes.substr(0, kZipStart.size()) == kZipStart) return read_archive(bytes, file);
  if (!bytes.empty() && bytes.front() == '\x80') return read_legacy(bytes, file);
  throw std::runtime_error(file + ": is no file that PyTorch's torch.save wrote");
}

}  // namespace saccade
