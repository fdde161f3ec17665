#pragma once

#include <string>

namespace saccade {

/// The x86-64 instruction sets that the kernels distinguish; each includes the ones before it.
/// CPUs of other architectures count as `portable`.
enum class InstructionSet {
  portable,
  avx2,        ///< AVX2 and FMA
  avx512,      ///< AVX-512 F, BW, VL and DQ
  avx512_bf16  ///< AVX-512 and AVX512_BF16, the bfloat16 dot products
};

/// "portable", "AVX2", "AVX-512", "AVX-512 BF16"
const char* to_string(InstructionSet set);

/// What the CPU supports, by CPUID.
InstructionSet cpu_instruction_set();

/// What this process uses: what the CPU supports, limited to what oneDNN uses (ONEDNN_MAX_CPU_ISA)
/// and what LibTorch uses (ATEN_CPU_CAPABILITY). Every choice by instruction set uses this one.
/// Determined once per process.
InstructionSet instruction_set();

/// The instruction set of LibTorch's own loops, as LibTorch names it: "NO AVX", "AVX2", "AVX512",
/// …; empty when LibTorch does not report it.
std::string libtorch_instruction_set();

/// The fastest version that an instruction set can run.
/// @param versions  sorted from slow to fast; the first one always runs
template <typename Versions>
const auto& fastest_of(const Versions& versions, InstructionSet set = instruction_set()) {
  auto found = versions.begin();
  for (auto version = versions.begin(); version != versions.end(); ++version) {
    if (version->instruction_set <= set) found = version;
  }
  return *found;
}

}  // namespace saccade

// Kernels are written once as loops, inlined into one function per instruction set, and vectorized
// by the compiler. A source file
//   1. defines SACCADE_KERNEL(NAME, ATTRIBUTE), which defines a constant kernel_NAME for
//      InstructionSet::NAME, whose functions are compiled with that attribute;
//   2. expands SACCADE_FOR_EACH_INSTRUCTION_SET;
//   3. lists the constants with SACCADE_ALL_KERNELS, slowest first.

#define SACCADE_INLINE static inline __attribute__((always_inline))

#ifdef __x86_64__
#ifdef __clang__
#define SACCADE_AVX512 "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma"
#else  // by default GCC uses vectors of 256 bits
#define SACCADE_AVX512 "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,prefer-vector-width=512"
#endif
#define SACCADE_FOR_EACH_INSTRUCTION_SET                    \
  SACCADE_KERNEL(portable, )                                \
  SACCADE_KERNEL(avx2, __attribute__((target("avx2,fma")))) \
  SACCADE_KERNEL(avx512, __attribute__((target(SACCADE_AVX512))))
#define SACCADE_ALL_KERNELS \
  { kernel_portable, kernel_avx2, kernel_avx512 }
#else
#define SACCADE_FOR_EACH_INSTRUCTION_SET SACCADE_KERNEL(portable, )
#define SACCADE_ALL_KERNELS \
  { kernel_portable }
#endif
