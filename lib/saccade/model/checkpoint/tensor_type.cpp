#include "saccade/model/checkpoint/tensor_type.h"

#include <algorithm>

namespace saccade {
namespace {

struct TypeFacts {
  TensorType type;
  const char* name;
  std::size_t size;
};

constexpr TypeFacts kTypes[] = {
    {TensorType::f64, "F64", 8},      {TensorType::f32, "F32", 4}, {TensorType::f16, "F16", 2},
    {TensorType::bf16, "BF16", 2},    {TensorType::i64, "I64", 8}, {TensorType::i32, "I32", 4},
    {TensorType::i16, "I16", 2},      {TensorType::i8, "I8", 1},   {TensorType::u8, "U8", 1},
    {TensorType::boolean, "BOOL", 1},
};

const TypeFacts& facts_of(TensorType type) {
  return *std::find_if(std::begin(kTypes), std::end(kTypes),
                       [&](const TypeFacts& known) { return known.type == type; });
}

}  // namespace

std::size_t element_size(TensorType type) { return facts_of(type).size; }

const char* tensor_type_name(TensorType type) { return facts_of(type).name; }

std::optional<TensorType> tensor_type_from_name(std::string_view name) {
  for (const TypeFacts& known : kTypes) {
    if (name == known.name) return known.type;
  }
  return std::nullopt;
}

std::string tensor_type_names() {
  std::string names;
  for (const TypeFacts& known : kTypes) {
    names += (names.empty() ? "" : ", ") + std::string(known.name);
  }
  return names;
}

bool holds_other_than_booleans(std::string_view bytes) {
  return std::any_of(bytes.begin(), bytes.end(), [](char byte) { return byte != 0 && byte != 1; });
}

}  // namespace saccade
