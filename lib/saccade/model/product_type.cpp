#include "saccade/model/product_type.h"

#include "saccade/model/instruction_set.h"

namespace saccade {

at::ScalarType product_type(at::ScalarType type, const at::Device& device) {
  const bool lacking =
      type == at::kBFloat16 && device.is_cpu() && instruction_set() < InstructionSet::avx512_bf16;
  return lacking ? at::kFloat : type;
}

}  // namespace saccade
