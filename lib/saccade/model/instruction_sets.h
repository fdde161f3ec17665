#pragma once

// Loops that are written once, inlined into one function per instruction set, left to the
// compiler's vectorizer and chosen once per process. A file defines SACCADE_KERNEL(name,
// attribute), which makes a constant kernel_NAME of functions compiled with that attribute, says
// SACCADE_FOR_EACH_INSTRUCTION_SET, and takes SACCADE_FASTEST_KERNEL().

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
#define SACCADE_FASTEST_KERNEL()                                                    \
  (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&       \
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") \
       ? kernel_avx512                                                              \
   : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? kernel_avx2  \
                                                                     : kernel_portable)
#else
#define SACCADE_FOR_EACH_INSTRUCTION_SET SACCADE_KERNEL(portable, )
#define SACCADE_FASTEST_KERNEL() kernel_portable
#endif
