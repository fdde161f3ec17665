#include "saccade/model/tensor_type.h"

namespace saccade {
namespace {

struct TensorType {
  const char* name;
  at::ScalarType type;
};

// The format also has types that not every LibTorch we build with can hold; those are refused.
constexpr TensorType kTensorTypes[] = {
    {"F64", at::kDouble}, {"F32", at::kFloat}, {"F16", at::kHalf},  {"BF16", at::kBFloat16},
    {"I64", at::kLong},   {"I32", at::kInt},   {"I16", at::kShort}, {"I8", at::kChar},
    {"U8", at::kByte},    {"BOOL", at::kBool},
};

}  // namespace

const char* tensor_type_name(at::ScalarType type) {
  for (const auto& known : kTensorTypes) {
    if (known.type == type) return known.name;
  }
  return nullptr;
}

bool tensor_type_from_name(const std::string& name, at::ScalarType& type) {
  for (const auto& known : kTensorTypes) {
    if (name != known.name) continue;
    type = known.type;
    return true;
  }
  return false;
}

std::string tensor_type_names() {
  std::string names;
  for (const auto& known : kTensorTypes)
    names += (names.empty() ? "" : ", ") + std::string(known.name);
  return names;
}

}  // namespace saccade
