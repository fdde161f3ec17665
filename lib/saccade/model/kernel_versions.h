#pragma once

#include "saccade/model/instruction_set.h"

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
