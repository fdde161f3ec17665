// What the stack machine may build: dictionaries and references to tensors.
#include <optional>

#include "saccade/model/checkpoint/unpickler.h"

namespace saccade {
namespace {

constexpr std::size_t kMostDimensions = 16;
constexpr std::size_t kStorageEntry = 80;  // of the map, with its own fields
constexpr std::size_t kLongestKey = 256;   // PyTorch's are a few digits

struct NamedType {
  std::string_view name;
  TensorType type;
};
constexpr NamedType kStorages[] = {
    {"FloatStorage", TensorType::f32}, {"DoubleStorage", TensorType::f64},
    {"HalfStorage", TensorType::f16},  {"BFloat16Storage", TensorType::bf16},
    {"LongStorage", TensorType::i64},  {"IntStorage", TensorType::i32},
    {"ShortStorage", TensorType::i16}, {"CharStorage", TensorType::i8},
    {"ByteStorage", TensorType::u8},   {"BoolStorage", TensorType::boolean},
};

std::optional<TensorType> storage_type(const PickleGlobal& global) {
  if (global.module != "torch") return std::nullopt;
  for (const NamedType& storage : kStorages) {
    if (global.name == storage.name) return storage.type;
  }
  return std::nullopt;
}

bool is(const PickleGlobal& global, std::string_view module, std::string_view name) {
  return global.module == module && global.name == name;
}

bool is_ordered_dictionary(const PickleGlobal& global) {
  return is(global, "collections", "OrderedDict");
}

bool is_tensor_maker(const PickleGlobal& global) {
  return is(global, "torch._utils", "_rebuild_tensor") ||
         is(global, "torch._utils", "_rebuild_tensor_v2");
}

bool is_parameter_maker(const PickleGlobal& global) {
  return is(global, "torch._utils", "_rebuild_parameter");
}

}  // namespace

PickleValue Unpickler::global(std::string_view module, std::string_view name) const {
  const PickleGlobal global{module, name};
  if (!is_ordered_dictionary(global) && !is_tensor_maker(global) && !is_parameter_maker(global) &&
      !storage_type(global)) {
    fail("asks for " + std::string(module) + "." + std::string(name) +
         ", which no state dict needs; only plain dictionaries of tensors are read");
  }
  return global;
}

PickleValue Unpickler::reduce(const PickleGlobal& function, const Items& arguments) {
  if (is_ordered_dictionary(function)) return ordered_dictionary(arguments);
  if (is_tensor_maker(function)) return tensor(arguments);
  if (is_parameter_maker(function) && !arguments.empty() &&
      std::holds_alternative<const TensorReference*>(arguments[0])) {
    return arguments[0];
  }
  fail("is damaged: it calls " + std::string(function.name) + " with unfit arguments");
}

/// Empty, or as Python 2 wrote it: with one list of [key, value] lists.
PickleValue Unpickler::ordered_dictionary(const Items& arguments) {
  PickleDictionary* made = dictionary();
  if (arguments.empty()) return made;
  const auto list = std::get_if<PickleSequence*>(&arguments[0]);
  if (arguments.size() != 1 || list == nullptr) fail("is damaged: an OrderedDict of no pairs");
  built_ += (*list)->items.size() * sizeof(made->items.front());
  check_memory();
  made->items.reserve((*list)->items.size());
  for (const PickleValue& item : (*list)->items) {
    const auto pair = std::get_if<PickleSequence*>(&item);
    if (pair == nullptr || (*pair)->items.size() != 2) {
      fail("is damaged: an OrderedDict of no pairs");
    }
    made->items.emplace_back((*pair)->items[0], (*pair)->items[1]);
  }
  return made;
}

/// Arguments: storage, offset, sizes, strides and some that say nothing of the values.
PickleValue Unpickler::tensor(const Items& arguments) {
  const bool fits = arguments.size() >= 4 &&
                    std::holds_alternative<StorageReference>(arguments[0]) &&
                    std::holds_alternative<std::int64_t>(arguments[1]);
  if (!fits) fail("is damaged: it describes no tensor where one belongs");
  const TensorReference& made = tensors_.emplace_back(TensorReference{
      std::get<StorageReference>(arguments[0]), std::get<std::int64_t>(arguments[1]),
      integers(arguments[2]), integers(arguments[3])});
  built_ += sizeof made + (made.sizes.capacity() + made.strides.capacity()) * sizeof(std::int64_t);
  return &made;
}

/// ("storage", type, key, device, number of elements) and in the old format a view, which is None.
PickleValue Unpickler::storage(const PickleValue& id) {
  const auto sequence = std::get_if<PickleSequence*>(&id);
  if (sequence != nullptr) {
    const Items& items = (*sequence)->items;
    const bool fits = items.size() >= 5 && std::holds_alternative<std::string_view>(items[0]) &&
                      std::get<std::string_view>(items[0]) == "storage" &&
                      std::holds_alternative<PickleGlobal>(items[1]) &&
                      std::holds_alternative<std::string_view>(items[2]) &&
                      std::holds_alternative<std::int64_t>(items[4]);
    const bool no_view = items.size() < 6 || std::holds_alternative<std::monostate>(items[5]);
    const auto type = fits ? storage_type(std::get<PickleGlobal>(items[1])) : std::nullopt;
    if (type && no_view) {
      const auto key = std::get<std::string_view>(items[2]);
      if (key.size() > kLongestKey) fail("is damaged: a storage's key is too long");
      built_ += storages_.count(key) == 0 ? kStorageEntry : 0;
      storages_[key] = *type;
      return StorageReference{*type, key, std::get<std::int64_t>(items[4])};
    }
  }
  fail("is damaged: it describes no storage where one belongs");
}

std::vector<std::int64_t> Unpickler::integers(const PickleValue& value) const {
  std::vector<std::int64_t> numbers;
  const auto sequence = std::get_if<PickleSequence*>(&value);
  if (sequence == nullptr || (*sequence)->items.size() > kMostDimensions) {
    fail("is damaged: a tensor's shape is no short tuple");
  }
  for (const PickleValue& item : (*sequence)->items) {
    const auto number = std::get_if<std::int64_t>(&item);
    if (number == nullptr) fail("is damaged: a tensor's shape is not of integers");
    numbers.push_back(*number);
  }
  return numbers;
}

}  // namespace saccade
