#include "saccade/model/instruction_set.h"

#include <algorithm>
#include <dlfcn.h>

#include <ATen/Version.h>

namespace saccade {
namespace {

/// What oneDNN uses. Its enumeration is a bit mask: a set has the bits of every set it includes.
InstructionSet of_onednn() {
  constexpr int kAvx2 = 0x7, kAvx512 = 0x27, kAvx512Bf16 = 0xe7;
  // Looked up by name: LibTorch ships oneDNN without its headers, or hides its symbols.
  const auto effective_isa =
      reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "dnnl_get_effective_cpu_isa"));
  if (effective_isa == nullptr) return InstructionSet::avx512_bf16;  // no known limit
  const int mask = effective_isa();
  const auto has = [&](int bits) { return (mask & bits) == bits; };
  return has(kAvx512Bf16) ? InstructionSet::avx512_bf16
         : has(kAvx512)   ? InstructionSet::avx512
         : has(kAvx2)     ? InstructionSet::avx2
                          : InstructionSet::portable;
}

InstructionSet of_libtorch() {
  const std::string name = libtorch_instruction_set();
  if (name.empty() || name.rfind("AVX512", 0) == 0) return InstructionSet::avx512_bf16;  // no limit
  return name == "AVX2" ? InstructionSet::avx2 : InstructionSet::portable;
}

}  // namespace

const char* to_string(InstructionSet set) {
  switch (set) {
    case InstructionSet::portable:
      break;
    case InstructionSet::avx2:
      return "AVX2";
    case InstructionSet::avx512:
      return "AVX-512";
    case InstructionSet::avx512_bf16:
      return "AVX-512 BF16";
  }
  return "portable";
}

InstructionSet cpu_instruction_set() {
#ifdef __x86_64__
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
    return InstructionSet::portable;
  }
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
      !__builtin_cpu_supports("avx512vl") || !__builtin_cpu_supports("avx512dq")) {
    return InstructionSet::avx2;
  }
  return __builtin_cpu_supports("avx512bf16") ? InstructionSet::avx512_bf16
                                              : InstructionSet::avx512;
#else
  return InstructionSet::portable;
#endif
}

InstructionSet instruction_set() {
  static const InstructionSet set = std::min({cpu_instruction_set(), of_onednn(), of_libtorch()});
  return set;
}

std::string libtorch_instruction_set() {
  static const std::string kKey = "CPU capability usage: ";
  const std::string config = at::show_config();
  const std::size_t at = config.find(kKey);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + kKey.size();
  return config.substr(begin, config.find('\n', begin) - begin);
}

}  // namespace saccade
