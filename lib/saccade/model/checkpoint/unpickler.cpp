#include "saccade/model/checkpoint/unpickler.h"

#include <cstring>
#include <optional>
#include <stdexcept>

namespace saccade {
namespace {

// The opcodes, with the names of Python's pickletools.
enum Opcode : unsigned char {
  kMark = '(',
  kStop = '.',
  kPop = '0',
  kPopMark = '1',
  kDup = '2',
  kBinFloat = 'G',
  kBinInt = 'J',
  kBinInt1 = 'K',
  kBinInt2 = 'M',
  kNone = 'N',
  kBinPersistentId = 'Q',
  kReduce = 'R',
  kBinString = 'T',
  kShortBinString = 'U',
  kBinUnicode = 'X',
  kEmptyList = ']',
  kAppend = 'a',
  kBuild = 'b',
  kGlobal = 'c',
  kAppends = 'e',
  kBinGet = 'h',
  kLongBinGet = 'j',
  kBinPut = 'q',
  kLongBinPut = 'r',
  kSetItem = 's',
  kTuple = 't',
  kEmptyTuple = ')',
  kSetItems = 'u',
  kEmptyDict = '}',
  kProtocol = 0x80,
  kTuple1 = 0x85,
  kTuple2 = 0x86,
  kTuple3 = 0x87,
  kNewTrue = 0x88,
  kNewFalse = 0x89,
  kLong1 = 0x8a,
  kShortBinUnicode = 0x8c,
  kStackGlobal = 0x93,
  kMemoize = 0x94,
  kFrame = 0x95,
};

constexpr unsigned kNewestProtocol = 5;
constexpr std::size_t kMemoEntry = sizeof(PickleValue) + 56;  // including the map's node

std::string hexadecimal(unsigned char value) {
  constexpr char kDigits[] = "0123456789abcdef";
  return std::string("0x") + kDigits[value >> 4] + kDigits[value & 15];
}

}  // namespace

Unpickler::Unpickler(std::string_view bytes, std::string name, std::size_t memory)
    : bytes_(bytes), name_(std::move(name)), memory_(memory) {}

void Unpickler::fail(const std::string& what) const {
  throw std::runtime_error(name_ + ": the pickle at byte " + std::to_string(position_) + " " +
                           what);
}

void Unpickler::check_memory() const {
  const std::size_t used = (stack_.capacity() * sizeof(PickleValue)) +
                           (marks_.capacity() * sizeof(std::size_t)) + (memo_.size() * kMemoEntry) +
                           built_;
  if (used > memory_) fail("describes far more than a file of its size can hold");
}

std::string_view Unpickler::take(std::uint64_t size) {
  if (size > bytes_.size() - position_) fail("ends too early");
  const std::string_view part = bytes_.substr(position_, size);
  position_ += size;
  return part;
}

/// Little-endian.
template <typename Number>
Number Unpickler::number() {
  Number value;
  std::memcpy(&value, take(sizeof value).data(), sizeof value);
  return value;
}

std::string_view Unpickler::line() {
  const std::size_t end = bytes_.find('\n', position_);
  if (end == std::string_view::npos) fail("ends too early");
  const std::string_view text = take(end - position_);
  ++position_;
  return text;
}

PickleValue& Unpickler::top() {
  const std::size_t floor = marks_.empty() ? 0 : marks_.back();
  if (stack_.size() <= floor) fail("is damaged: it pops from an empty stack");
  return stack_.back();
}

PickleValue Unpickler::pop() {
  PickleValue value = top();
  stack_.pop_back();
  return value;
}

Unpickler::Items Unpickler::pop_to_mark() {
  if (marks_.empty()) fail("is damaged: a mark is missing");
  const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
  Items items(begin, stack_.end());
  stack_.erase(begin, stack_.end());
  marks_.pop_back();
  return items;
}

template <typename T>
T Unpickler::pop_as(const char* what) {
  T value = top_as<T>(what);
  stack_.pop_back();
  return value;
}

template <typename T>
T Unpickler::top_as(const char* what) {
  const T* value = std::get_if<T>(&top());
  if (value == nullptr) fail(std::string("is damaged: expected ") + what);
  return *value;
}

PickleValue Unpickler::load() {
  stack_.clear();
  marks_.clear();
  memo_.clear();
  for (;;) {
    const auto opcode = number<unsigned char>();
    if (opcode == kStop) return pop();
    if (!execute(opcode)) {
      fail("uses opcode " + hexadecimal(opcode) +
           ", which no state dict needs; only plain dictionaries of tensors are supported");
    }
    check_memory();
  }
}

bool Unpickler::execute(unsigned char opcode) {
  return push_literal(opcode) || build_container(opcode) || use_memo(opcode) || make_object(opcode);
}

bool Unpickler::push_literal(unsigned char opcode) {
  switch (opcode) {
    case kProtocol:
      if (const unsigned version = number<unsigned char>(); version > kNewestProtocol) {
        fail("has protocol " + std::to_string(version) + ", expected at most " +
             std::to_string(kNewestProtocol));
      }
      return true;
    case kFrame:
      take(8);  // the frame's size, a hint for buffering
      return true;
    case kNone:
      stack_.emplace_back();
      return true;
    case kNewTrue:
    case kNewFalse:
      stack_.emplace_back(opcode == kNewTrue);
      return true;
    case kBinInt:
      stack_.emplace_back(std::int64_t(number<std::int32_t>()));
      return true;
    case kBinInt1:
      stack_.emplace_back(std::int64_t(number<std::uint8_t>()));
      return true;
    case kBinInt2:
      stack_.emplace_back(std::int64_t(number<std::uint16_t>()));
      return true;
    case kLong1:
      stack_.push_back(integer(take(number<std::uint8_t>())));
      return true;
    case kBinFloat: {  // the only big-endian number
      std::uint64_t bits = 0;
      for (const char byte : take(8)) bits = bits << 8 | static_cast<unsigned char>(byte);
      double value;
      std::memcpy(&value, &bits, sizeof value);
      stack_.emplace_back(value);
      return true;
    }
    case kBinUnicode:
    case kBinString:
      stack_.emplace_back(take(number<std::uint32_t>()));
      return true;
    case kShortBinUnicode:
    case kShortBinString:
      stack_.emplace_back(take(number<std::uint8_t>()));
      return true;
    default:
      return false;
  }
}

bool Unpickler::build_container(unsigned char opcode) {
  switch (opcode) {
    case kMark:
      marks_.push_back(stack_.size());
      return true;
    case kPop:
      pop();
      return true;
    case kPopMark:
      pop_to_mark();
      return true;
    case kDup:
      stack_.push_back(top());
      return true;
    case kEmptyList:
    case kEmptyTuple:
      stack_.push_back(sequence({}));
      return true;
    case kTuple:
      stack_.push_back(sequence(pop_to_mark()));
      return true;
    case kTuple1:
    case kTuple2:
    case kTuple3: {
      Items items(opcode - kTuple1 + 1u);
      for (auto item = items.rbegin(); item != items.rend(); ++item) *item = pop();
      stack_.push_back(sequence(std::move(items)));
      return true;
    }
    case kAppend: {
      const PickleValue item = pop();
      grow(top_as<PickleSequence*>("a list")->items, {item});
      return true;
    }
    case kAppends: {
      const Items items = pop_to_mark();
      grow(top_as<PickleSequence*>("a list")->items, items);
      return true;
    }
    case kEmptyDict:
      stack_.emplace_back(dictionary());
      return true;
    case kSetItem: {
      const PickleValue value = pop();
      const PickleValue key = pop();
      set_items({key, value});
      return true;
    }
    case kSetItems:
      set_items(pop_to_mark());
      return true;
    default:
      return false;
  }
}

bool Unpickler::use_memo(unsigned char opcode) {
  switch (opcode) {
    case kBinPut:
      memo_[number<std::uint8_t>()] = top();
      return true;
    case kLongBinPut:
      memo_[number<std::uint32_t>()] = top();
      return true;
    case kMemoize:
      memo_[memo_.size()] = top();
      return true;
    case kBinGet:
    case kLongBinGet: {
      const std::uint64_t key =
          opcode == kBinGet ? number<std::uint8_t>() : number<std::uint32_t>();
      const auto found = memo_.find(key);
      if (found == memo_.end()) fail("is damaged: it reads a memo entry that was never stored");
      stack_.push_back(found->second);
      return true;
    }
    default:
      return false;
  }
}

bool Unpickler::make_object(unsigned char opcode) {
  switch (opcode) {
    case kGlobal: {
      const std::string_view module = line();
      stack_.push_back(global(module, line()));
      return true;
    }
    case kStackGlobal: {
      const auto name = pop_as<std::string_view>("a name");
      const auto module = pop_as<std::string_view>("a module name");
      stack_.push_back(global(module, name));
      return true;
    }
    case kReduce: {
      const auto arguments = pop_as<PickleSequence*>("arguments");
      const auto function = pop_as<PickleGlobal>("a function");
      stack_.push_back(reduce(function, arguments->items));
      return true;
    }
    case kBuild:
      // PyTorch sets the attribute `_metadata` on a state dict. It is not needed here.
      pop();
      top_as<PickleDictionary*>("a dictionary to set attributes on");
      return true;
    case kBinPersistentId: {
      const PickleValue id = pop();
      stack_.emplace_back(storage(id));
      return true;
    }
    default:
      return false;
  }
}

PickleValue Unpickler::sequence(Items items) {
  built_ += sizeof(PickleSequence) + items.capacity() * sizeof(PickleValue);
  return &sequences_.emplace_back(PickleSequence{std::move(items)});
}

PickleDictionary* Unpickler::dictionary() {
  built_ += sizeof(PickleDictionary);
  return &dictionaries_.emplace_back();
}

void Unpickler::grow(Items& list, const Items& by) {
  const std::size_t before = list.capacity();
  list.insert(list.end(), by.begin(), by.end());
  built_ += (list.capacity() - before) * sizeof(PickleValue);
}

void Unpickler::set_items(const Items& items) {
  if (items.size() % 2 != 0) fail("is damaged: a key without a value");
  auto& pairs = top_as<PickleDictionary*>("a dictionary")->items;
  const std::size_t before = pairs.capacity();
  for (std::size_t i = 0; i < items.size(); i += 2) pairs.emplace_back(items[i], items[i + 1]);
  built_ += (pairs.capacity() - before) * sizeof(pairs.front());
}

PickleValue Unpickler::integer(std::string_view bytes) const {
  if (bytes.size() > sizeof(std::int64_t)) return PickleLong{bytes};
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    value |= std::uint64_t(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  const bool negative = !bytes.empty() && (static_cast<unsigned char>(bytes.back()) & 0x80) != 0;
  if (negative && bytes.size() < sizeof value) value |= ~std::uint64_t(0) << (8 * bytes.size());
  return static_cast<std::int64_t>(value);
}

namespace {

constexpr std::size_t kMaxDimensions = 16;
constexpr std::size_t kStorageEntry = 80;  // bytes of a node of the map
constexpr std::size_t kLongestKey = 256;   // PyTorch's keys have a few digits

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
    fail("refers to " + std::string(module) + "." + std::string(name) +
         ", which no state dict needs; only plain dictionaries of tensors are supported");
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
  fail("is damaged: it calls " + std::string(function.name) + " with invalid arguments");
}

/// The arguments are empty or, from Python 2, one list of [key, value] lists.
PickleValue Unpickler::ordered_dictionary(const Items& arguments) {
  PickleDictionary* made = dictionary();
  if (arguments.empty()) return made;
  const auto list = std::get_if<PickleSequence*>(&arguments[0]);
  if (arguments.size() != 1 || list == nullptr) fail("is damaged: an OrderedDict without pairs");
  built_ += (*list)->items.size() * sizeof(made->items.front());
  check_memory();
  made->items.reserve((*list)->items.size());
  for (const PickleValue& item : (*list)->items) {
    const auto pair = std::get_if<PickleSequence*>(&item);
    if (pair == nullptr || (*pair)->items.size() != 2) {
      fail("is damaged: an OrderedDict without pairs");
    }
    made->items.emplace_back((*pair)->items[0], (*pair)->items[1]);
  }
  return made;
}

/// The arguments are storage, offset, sizes, strides and some that do not affect the values.
PickleValue Unpickler::tensor(const Items& arguments) {
  const bool fits = arguments.size() >= 4 &&
                    std::holds_alternative<StorageReference>(arguments[0]) &&
                    std::holds_alternative<std::int64_t>(arguments[1]);
  if (!fits) fail("is damaged: expected a tensor");
  const TensorReference& made = tensors_.emplace_back(TensorReference{
      std::get<StorageReference>(arguments[0]), std::get<std::int64_t>(arguments[1]),
      integers(arguments[2]), integers(arguments[3])});
  built_ += sizeof made + (made.sizes.capacity() + made.strides.capacity()) * sizeof(std::int64_t);
  return &made;
}

/// The id is ("storage", type, key, device, number of elements), in the old format with None as the
/// sixth item (a view).
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
      if (key.size() > kLongestKey) fail("is damaged: the key of a storage is too long");
      built_ += storages_.count(key) == 0 ? kStorageEntry : 0;
      storages_[key] = *type;
      return StorageReference{*type, key, std::get<std::int64_t>(items[4])};
    }
  }
  fail("is damaged: expected a storage");
}

std::vector<std::int64_t> Unpickler::integers(const PickleValue& value) const {
  std::vector<std::int64_t> numbers;
  const auto sequence = std::get_if<PickleSequence*>(&value);
  if (sequence == nullptr || (*sequence)->items.size() > kMaxDimensions) {
    fail("is damaged: expected the shape of a tensor");
  }
  for (const PickleValue& item : (*sequence)->items) {
    const auto number = std::get_if<std::int64_t>(&item);
    if (number == nullptr) fail("is damaged: expected integers in the shape of a tensor");
    numbers.push_back(*number);
  }
  return numbers;
}

}  // namespace saccade
