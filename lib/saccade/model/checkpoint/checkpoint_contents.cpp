#include "saccade/model/checkpoint/checkpoint_contents.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "saccade/io/unicode.h"
#include "saccade/model/checkpoint/unpickler.h"
#include "saccade/model/checkpoint/zip_archive.h"

namespace saccade {
namespace {

using Storages = std::map<std::string_view, std::string_view>;  // bytes by key
using TensorReferences = std::map<std::string, const TensorReference*>;

constexpr std::string_view kZipStart = "PK\x03\x04";
constexpr std::string_view kLegacyMagic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
constexpr std::int64_t kLegacyVersion = 1001;

// Memory that a file may use per byte, besides the values in it. Real files use far less.
constexpr std::size_t kMemoryPerByte = 8;
constexpr std::size_t kMinMemory = 1 << 20;
constexpr std::size_t kBytesPerTensor = 128;
constexpr std::size_t kMinTensors = 1024;

std::size_t memory_for(std::string_view file) { return kMinMemory + kMemoryPerByte * file.size(); }

const PickleValue* find(const PickleDictionary& dictionary, std::string_view key) {
  for (const auto& [name, value] : dictionary.items) {
    const auto text = std::get_if<std::string_view>(&name);
    if (text != nullptr && *text == key) return &value;
  }
  return nullptr;
}

/// The tensors of the state dict that `root` is or holds.
TensorReferences state_dict(const PickleValue& root, std::string_view bytes,
                            const std::string& file) {
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
    if (name == nullptr || tensor == nullptr) continue;  // e.g. the epoch
    if (!tensors.emplace(*name, *tensor).second) {
      throw std::runtime_error(file + ": has tensor " + std::string(*name) + " twice");
    }
    if (tensors.size() > kMinTensors + bytes.size() / kBytesPerTensor) {
      throw std::runtime_error(file + ": is damaged: it names more tensors than it can hold");
    }
  }
  if (tensors.empty()) throw std::runtime_error(file + ": holds no dictionary of tensors");
  return tensors;
}

/// Whether the product of the sizes, with 0 counted as 1, fits into 64 bits.
bool counts_in_64_bits(const std::vector<std::int64_t>& sizes) {
  std::int64_t product = 1;
  return std::none_of(sizes.begin(), sizes.end(), [&](std::int64_t size) {
    return __builtin_mul_overflow(product, std::max<std::int64_t>(size, 1), &product);
  });
}

/// Whether a tensor lies within a storage and has no more elements than the storage.
bool fits(const TensorReference& tensor, std::int64_t available) {
  const auto& sizes = tensor.sizes;
  const auto negative = [](std::int64_t number) { return number < 0; };
  if (negative(tensor.offset) || tensor.offset > available ||
      sizes.size() != tensor.strides.size() || std::any_of(sizes.begin(), sizes.end(), negative) ||
      std::any_of(tensor.strides.begin(), tensor.strides.end(), negative)) {
    return false;
  }
  if (std::count(sizes.begin(), sizes.end(), 0) > 0) return counts_in_64_bits(sizes);
  const std::int64_t room = available - tensor.offset;
  std::int64_t elements = 1, last = 0;  // the last element of the view
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == 1) continue;
    if (sizes[i] > room / elements || tensor.strides[i] > (room - last) / (sizes[i] - 1)) {
      return false;
    }
    elements *= sizes[i];
    last += (sizes[i] - 1) * tensor.strides[i];
  }
  return last < room;
}

/// Finds the storages of tensors. Tensors that share a storage in the file refer to the same bytes.
class Resolver {
 public:
  Resolver(const Storages& storages, const std::string& file) : storages_(storages), file_(file) {}

  CheckpointContents all(const TensorReferences& references) {
    CheckpointContents tensors;
    for (const auto& [name, reference] : references) tensors[name] = one(name, *reference);
    return tensors;
  }

 private:
  [[noreturn]] void fail(const std::string& name, const std::string& what) const {
    throw std::runtime_error(file_ + ": tensor " + name + " " + what);
  }

  CheckpointTensor one(const std::string& name, const TensorReference& reference) {
    const StorageReference& stored = reference.storage;
    const std::string_view bytes = storage(name, stored);
    if (!fits(reference, stored.elements)) fail(name, "reaches beyond its storage");
    return {stored.type, reference.sizes, reference.strides, reference.offset, bytes};
  }

  std::string_view storage(const std::string& name, const StorageReference& reference) {
    const auto found = storages_.find(reference.key);
    if (found == storages_.end()) {
      fail(name, "refers to storage " + std::string(reference.key) + ", which is not in the file");
    }
    const std::string_view bytes = found->second;
    const std::size_t item = element_size(reference.type);
    if (bytes.size() % item != 0 || reference.elements < 0 ||
        bytes.size() / item != std::uint64_t(reference.elements)) {
      fail(name, "has a storage of " + std::to_string(bytes.size()) + " bytes, expected " +
                     std::to_string(reference.elements) + " elements of " + std::to_string(item));
    }
    const auto [known, is_new] = types_.emplace(reference.key, reference.type);
    if (known->second != reference.type) fail(name, "shares a storage with one of another type");
    if (is_new && reference.type == TensorType::boolean && holds_other_than_booleans(bytes)) {
      fail(name, "is boolean but holds a byte that is neither 0 nor 1");
    }
    return bytes;
  }

  const Storages& storages_;
  const std::string& file_;
  std::map<std::string_view, TensorType> types_;
};

/// Reads the ZIP format: FOLDER/data.pkl, FOLDER/data/KEY for every storage, and metadata.
CheckpointContents read_archive(std::string_view bytes, const std::string& file) {
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
  if (pickle.empty())
    throw std::runtime_error(file + ": not a PyTorch archive: it has no data.pkl");

  const std::string prefix = folder + "data/";
  Storages storages;
  for (const auto& [name, contents] : entries) {
    if (name.rfind(prefix, 0) == 0) {
      storages[std::string_view(name).substr(prefix.size())] = contents;
    }
  }
  Unpickler unpickler(pickle, file, memory_for(bytes));
  const PickleValue root = unpickler.load();
  return Resolver(storages, file).all(state_dict(root, bytes, file));
}

/// The storages of the old format: for each the number of elements, then its bytes. The element
/// size is known only from the pickle before them.
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
    const std::size_t item = element_size(type->second);
    std::int64_t elements = 0;
    if (bytes.size() < sizeof elements) throw std::runtime_error(file + ": ends too early");
    std::memcpy(&elements, bytes.data(), sizeof elements);
    bytes.remove_prefix(sizeof elements);
    if (elements < 0 || std::uint64_t(elements) > bytes.size() / item) {
      throw std::runtime_error(file + ": ends too early, in storage " + std::string(*key));
    }
    const std::size_t size = std::size_t(elements) * item;
    if (!storages.emplace(*key, bytes.substr(0, size)).second) {
      throw std::runtime_error(file + ": is damaged: it has storage " + std::string(*key) +
                               " twice");
    }
    bytes.remove_prefix(size);
  }
  return storages;
}

/// Reads the old format: five pickles (a magic number, a version, the machine, the state dict and
/// the keys of the storages), then the storages.
CheckpointContents read_legacy(std::string_view bytes, const std::string& file) {
  Unpickler unpickler(bytes, file, memory_for(bytes));
  const PickleValue magic = unpickler.load();
  const auto long_magic = std::get_if<PickleLong>(&magic);
  if (long_magic == nullptr || long_magic->bytes != kLegacyMagic) {
    throw std::runtime_error(file + ": is a pickle, but not one that PyTorch saved");
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
  const TensorReferences tensors = state_dict(unpickler.load(), bytes, file);
  const PickleValue keys = unpickler.load();
  const auto key_list = std::get_if<PickleSequence*>(&keys);
  if (key_list == nullptr) throw std::runtime_error(file + ": is damaged: it lists no storages");
  const Storages storages =
      read_legacy_storages(bytes.substr(unpickler.position()), **key_list, unpickler, file);
  return Resolver(storages, file).all(tensors);
}

}  // namespace

CheckpointContents read_checkpoint_contents(std::string_view bytes, const std::string& file) {
  if (bytes.substr(0, kZipStart.size()) == kZipStart) return read_archive(bytes, file);
  if (!bytes.empty() && bytes.front() == '\x80') return read_legacy(bytes, file);
  throw std::runtime_error(file + ": is not a file that PyTorch's torch.save wrote");
}

}  // namespace saccade
