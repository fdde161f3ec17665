#pragma once

#include "saccade/model/instruction_set.h"

// Loops that are written once, inlined into one function per instruction set and left to the
// compiler's vectorizer. A file defines SACCADE_KERNEL(NAME, ATTRIBUTE), which makes a constant
// kernel_NAME of functions compiled with that attribute, for InstructionSet::NAME; says
// SACCADE_FOR_EACH_INSTRUCTION_SET; and lists the constants with SACCADE_ALL_KERNELS, slowest
// first.

#define SACCADE_INLINE static inline __attribute__((always_inline))

#ifdef __x86_64__
#ifdef __clang__
#define SACCADE_AVX512 "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma"
#else  // GCC would else halve the vectors for fear of the clock
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
