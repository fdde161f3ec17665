#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "saccade/model/checkpoint/tensor_type.h"

namespace saccade {

struct PickleSequence;
struct PickleDictionary;

/// A stretch of numbers that lies elsewhere in the file.
struct StorageReference {
  TensorType type = TensorType::f32;
  std::string_view key;
  std::int64_t elements = 0;
};

/// How a tensor looks at a storage; offset and strides in elements. Unchecked: as the file says.
struct TensorReference {
  StorageReference storage;
  std::int64_t offset = 0;
  std::vector<std::int64_t> sizes, strides;
};

/// A function or class by name; nothing is ever looked up.
struct PickleGlobal {
  std::string_view module, name;
};

/// An integer of more than 64 bits, as little-endian bytes.
struct PickleLong {
  std::string_view bytes;
};

/// None, a number, a string, a list or tuple, a dictionary, or what stands for a tensor.
using PickleValue = std::variant<std::monostate, bool, std::int64_t, double, std::string_view,
                                 PickleLong, PickleGlobal, PickleSequence*, PickleDictionary*,
                                 StorageReference, const TensorReference*>;

struct PickleSequence {
  std::vector<PickleValue> items;
};
struct PickleDictionary {
  std::vector<std::pair<PickleValue, PickleValue>> items;
};

/// Reads the pickles that PyTorch makes of state dicts, and only those. A pickle is a program for a
/// small stack machine; here it can build lists, dictionaries and references to tensors. Any
/// opcode, class or function beyond that is refused by name, so that nothing in a file can execute.
class Unpickler {
 public:
  /// @param bytes   outlive the values, which hold views of them.
  /// @param name    of the file, stands in the messages.
  /// @param memory  bytes that the values may take: an opcode of one byte can make a hundred.
  Unpickler(std::string_view bytes, std::string name, std::size_t memory);

  /// The next pickle; the first begins at byte 0. Values live as long as this object.
  /// @throws std::runtime_error saying what is refused or damaged, and at which byte.
  PickleValue load();

  /// The byte after the last pickle.
  std::size_t position() const { return position_; }

  /// The storages that the pickles spoke of, by key.
  const std::map<std::string_view, TensorType>& storage_types() const { return storages_; }

 private:
  using Items = std::vector<PickleValue>;

  [[noreturn]] void fail(const std::string& what) const;
  void check_memory() const;

  std::string_view take(std::uint64_t size);
  template <typename Number>
  Number number();
  std::string_view line();

  PickleValue& top();
  PickleValue pop();
  Items pop_to_mark();
  template <typename T>
  T pop_as(const char* what);
  template <typename T>
  T top_as(const char* what);

  bool execute(unsigned char opcode);  ///< false for an opcode that is none of its own
  bool push_literal(unsigned char opcode);
  bool build_container(unsigned char opcode);
  bool use_memo(unsigned char opcode);
  bool make_object(unsigned char opcode);

  PickleValue sequence(Items items);
  PickleDictionary* dictionary();
  void grow(Items& list, const Items& by);
  void set_items(const Items& items);
  PickleValue integer(std::string_view bytes) const;
  PickleValue global(std::string_view module, std::string_view name) const;
  PickleValue reduce(const PickleGlobal& function, const Items& arguments);
  PickleValue ordered_dictionary(const Items& arguments);
  PickleValue tensor(const Items& arguments);
  PickleValue storage(const PickleValue& id);
  std::vector<std::int64_t> integers(const PickleValue& value) const;

  std::string_view bytes_;
  std::string name_;
  std::size_t memory_;
  std::size_t built_ = 0;  // bytes of the containers and tensors below, about
  std::size_t position_ = 0;
  Items stack_;
  std::vector<std::size_t> marks_;
  std::map<std::uint64_t, PickleValue> memo_;
  // Owned here, not by each other: a damaged pickle can make a list that holds itself.
  std::deque<PickleSequence> sequences_;
  std::deque<PickleDictionary> dictionaries_;
  std::deque<TensorReference> tensors_;
  std::map<std::string_view, TensorType> storages_;
};

}  // namespace saccade
