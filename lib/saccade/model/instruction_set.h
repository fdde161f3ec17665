#pragma once

#include <string>

namespace saccade {

/// The instruction sets of x86-64 that make a difference here, each with all before it. Other
/// processors count as `portable`.
enum class InstructionSet {
  portable,
  avx2,        ///< AVX2 and FMA
  avx512,      ///< AVX-512 F, BW, VL and DQ
  avx512_bf16  ///< and products of bfloat16
};

/// "portable", "AVX2", "AVX-512", "AVX-512 BF16"
const char* to_string(InstructionSet set);

/// What the processor has, by CPUID.
InstructionSet processor_instruction_set();

/// What this process computes with: the processor's, held down to what oneDNN uses
/// (ONEDNN_MAX_CPU_ISA) and what LibTorch uses (ATEN_CPU_CAPABILITY). Everything that chooses by
/// instruction set chooses by this one. Asked once per process.
InstructionSet instruction_set();

/// The instruction set of LibTorch's own loops, as LibTorch names it: "NO AVX", "AVX2", "AVX512",
/// …; empty when it does not say.
std::string libtorch_instruction_set();

/// The fastest of `versions`, slowest first, that runs with an instruction set.
template <typename Versions>
const auto& fastest_of(const Versions& versions, InstructionSet set = instruction_set()) {
  auto found = versions.begin();
  for (auto version = versions.begin(); version != versions.end(); ++version) {
    if (version->instruction_set <= set) found = version;
  }
  return *found;
}

}  // namespace saccade
