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

/// A storage: a sequence of values elsewhere in the file.
struct StorageReference {
  TensorType type = TensorType::f32;
  std::string_view key;
  std::int64_t elements = 0;
};

/// A tensor as a view of a storage; offset and strides in elements. As in the file, not checked.
struct TensorReference {
  StorageReference storage;
  std::int64_t offset = 0;
  std::vector<std::int64_t> sizes, strides;
};

/// The name of a function or class. It is never looked up.
struct PickleGlobal {
  std::string_view module, name;
};

/// An integer of more than 64 bits, as little-endian bytes.
struct PickleLong {
  std::string_view bytes;
};

/// None, a number, a string, a list or tuple, a dictionary, or a reference to a storage or tensor.
using PickleValue = std::variant<std::monostate, bool, std::int64_t, double, std::string_view,
                                 PickleLong, PickleGlobal, PickleSequence*, PickleDictionary*,
                                 StorageReference, const TensorReference*>;

struct PickleSequence {
  std::vector<PickleValue> items;
};
struct PickleDictionary {
  std::vector<std::pair<PickleValue, PickleValue>> items;
};

/// Reads the pickles of PyTorch's state dicts, and only those. A pickle is a program for a small
/// stack machine; here it can build lists, dictionaries and references to tensors. Any other
/// opcode, class or function is an error, so that nothing in a file can execute.
class Unpickler {
 public:
  /// @param bytes   must outlive the values, which hold views of them
  /// @param name    of the file, for messages
  /// @param memory  the limit for the values, in bytes: an opcode of one byte can create a hundred
  Unpickler(std::string_view bytes, std::string name, std::size_t memory);

  /// Reads the next pickle; the first begins at byte 0. The values live as long as this object.
  /// @throws std::runtime_error naming what is unsupported or damaged, and the byte.
  PickleValue load();

  /// The byte after the last pickle.
  std::size_t position() const { return position_; }

  /// The types of the storages that the pickles refer to, by key.
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

  bool execute(unsigned char opcode);  ///< false for an unsupported opcode, as the next four
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
  std::size_t built_ = 0;  // approximate bytes of the containers and tensors below
  std::size_t position_ = 0;
  Items stack_;
  std::vector<std::size_t> marks_;
  std::map<std::uint64_t, PickleValue> memo_;
  // Owned here and not by each other, because a damaged pickle can build a list that contains
  // itself.
  std::deque<PickleSequence> sequences_;
  std::deque<PickleDictionary> dictionaries_;
  std::deque<TensorReference> tensors_;
  std::map<std::string_view, TensorType> storages_;
};

}  // namespace saccade
