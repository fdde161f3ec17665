#include "machine.h"

#include <algorithm>
#include <chrono>
#include <dlfcn.h>
#include <fstream>
#include <link.h>
#include <sstream>

#include <ATen/ATen.h>

namespace saccade::app {

namespace fs = std::filesystem;

namespace {

/// The value of the first line "key : value" in a file under /proc.
std::string proc_value(const char* file, const std::string& key) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::size_t end = line.find_last_not_of(" \t", colon - 1);
    if (line.substr(0, end + 1) != key) continue;
    const std::size_t begin = line.find_first_not_of(" \t", colon + 1);
    return begin == std::string::npos ? "" : line.substr(begin);
  }
  return "";
}

double seconds_of_product(const at::Tensor& a, const at::Tensor& b) {
  const auto begin = std::chrono::steady_clock::now();
  at::matmul(a, b);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

std::string processor_name() { return proc_value("/proc/cpuinfo", "model name"); }

std::vector<std::string> instruction_sets() {
  std::string flags = proc_value("/proc/cpuinfo", "flags");
  if (flags.empty()) flags = proc_value("/proc/cpuinfo", "Features");
  std::istringstream words(flags);
  std::vector<std::string> found;
  for (std::string word; words >> word;) {
    for (const char* known : {"avx2", "avx512f", "avx512_bf16", "amx_bf16", "asimd", "bf16"}) {
      if (word == known) found.push_back(word);
    }
  }
  return found;
}

std::vector<fs::path> loaded_libraries(const std::string& name) {
  std::vector<fs::path> loaded;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* paths) {
        static_cast<std::vector<fs::path>*>(paths)->emplace_back(info->dlpi_name);
        return 0;
      },
      &loaded);
  std::vector<fs::path> found;
  for (const fs::path& path : loaded) {
    if (path.filename().string().rfind(name, 0) != 0) continue;
    std::error_code unresolved;
    const fs::path file = fs::canonical(path, unresolved);
    found.push_back(unresolved ? path : file);
  }
  return found;
}

std::optional<BlasThreads> openblas_threads() {
  // OpenBLAS returns 0: sequential, 1: own threads, 2: OpenMP.
  const auto get_parallel =
      reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "openblas_get_parallel"));
  if (get_parallel == nullptr) return std::nullopt;
  const int parallel = get_parallel();
  return parallel == 2 ? BlasThreads::openmp : parallel == 1 ? BlasThreads::own : BlasThreads::none;
}

std::optional<Memory> memory() {
  const auto bytes = [](const char* key) {
    std::int64_t kilobytes = 0;
    std::istringstream(proc_value("/proc/meminfo", key)) >> kilobytes;
    return kilobytes * 1024;
  };
  const Memory memory{bytes("MemTotal"), bytes("MemAvailable")};
  if (memory.total == 0) return std::nullopt;
  return memory;
}

double measure_gflops(bool bf16) {
  const at::NoGradGuard no_grad;
  const auto type = bf16 ? at::kBFloat16 : at::kFloat;
  constexpr double kEnough = 0.3;
  double best = 0;
  double spent = 0;
  // From small to large: with a slow matrix product, even 1000 rows take too long.
  for (std::int64_t n = 256; spent < kEnough;) {
    const at::Tensor a = at::rand({n, n}).to(type);
    const at::Tensor b = at::rand({n, n}).to(type);
    double seconds = seconds_of_product(a, b);  // warm-up: touches the memory, starts the threads
    for (int i = 0; i < 3 && spent < kEnough; ++i) {
      seconds = seconds_of_product(a, b);
      spent += seconds;
      best = std::max(best, 2e-9 * static_cast<double>(n * n * n) / seconds);
    }
    if (seconds < 0.005 && n < 2048) n *= 2;
  }
  return best;
}

}  // namespace saccade::app
