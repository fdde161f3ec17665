#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace saccade::app {

/// What `doctor` finds out about the machine, each by asking the running process, not the build.

/// The processor's name as the system gives it; empty when it does not.
std::string processor_name();

/// Which of the instruction sets that matter here the processor has, by the system's names (avx2,
/// avx512f, avx512_bf16, amx_bf16; asimd, bf16 on Arm).
std::vector<std::string> instruction_sets();

/// The files of the loaded libraries whose names begin with `name`, links resolved, e.g.
/// "libblas.so".
std::vector<std::filesystem::path> loaded_libraries(const std::string& name);

/// How OpenBLAS, when it is loaded, runs in parallel.
enum class BlasThreads { none, own, openmp };
std::optional<BlasThreads> openblas_threads();

struct Memory {
  std::int64_t total = 0;      ///< bytes
  std::int64_t available = 0;  ///< bytes
};
/// @return nothing when the system does not say.
std::optional<Memory> memory();

/// Measured for about a third of a second: the best of several square matrix products, in 10⁹
/// operations a second. @param bf16  in bfloat16 instead of float.
double measure_gflops(bool bf16);

}  // namespace saccade::app
