#include "saccade/model/checkpoint/scalar_type.h"

#include <algorithm>

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

}  // namespace

at::ScalarType scalar_type(TensorType type) {
  return std::find_if(std::begin(kPairs), std::end(kPairs),
                      [&](const Pair& pair) { return pair.file == type; })
      ->torch;
}

std::optional<TensorType> tensor_type_of(at::ScalarType type) {
  for (const Pair& pair : kPairs) {
    if (pair.torch == type) return pair.file;
  }
  return std::nullopt;
}

}  // namespace saccade
