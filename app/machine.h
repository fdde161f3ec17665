#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace saccade::app {

// What `doctor` reports about the machine. Everything is read from the running process, not from
// the build.

/// The CPU's name from /proc/cpuinfo; empty if unknown.
std::string processor_name();

/// The relevant instruction sets of the CPU, by their /proc/cpuinfo names: avx2, avx512f,
/// avx512_bf16, amx_bf16; on Arm asimd, bf16.
std::vector<std::string> instruction_sets();

/// The files of the loaded libraries whose names begin with `name`, e.g. "libblas.so", with links
/// resolved.
std::vector<std::filesystem::path> loaded_libraries(const std::string& name);

/// How OpenBLAS runs in parallel: not at all, with its own threads, or with OpenMP.
enum class BlasThreads { none, own, openmp };
/// @return nullopt if OpenBLAS is not loaded
std::optional<BlasThreads> openblas_threads();

struct Memory {
  std::int64_t total = 0;      ///< bytes
  std::int64_t available = 0;  ///< bytes
};
/// The machine's memory, from /proc/meminfo. @return nullopt if unknown
std::optional<Memory> memory();

/// Measures the speed of matrix products for about 0.3 s.
/// @param bf16  in bfloat16 instead of float
/// @return the best result of several square products, in 10⁹ operations per second
double measure_gflops(bool bf16);

}  // namespace saccade::app
