#include "fuzz.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <new>
#include <sanitizer/allocator_interface.h>
#include <stdexcept>
#include <sys/mman.h>
#include <unistd.h>

namespace saccade::fuzz {
namespace {

// Not synchronized, because no target starts threads.
std::size_t in_use = 0, peak = 0;
bool measuring = false;

void on_allocation(const volatile void* memory, std::size_t size) {
  if (!measuring || memory == nullptr) return;
  in_use += size;
  peak = std::max(peak, in_use);
}

void on_release(const volatile void* memory) {
  if (!measuring || memory == nullptr) return;
  const std::size_t size = __sanitizer_get_allocated_size(memory);
  in_use -= std::min(in_use, size);
}

void write_seeds(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  int number = 0;
  for (const std::string& seed : seeds()) {
    std::ofstream(folder / ("seed-" + std::to_string(number++)), std::ios::binary) << seed;
  }
}

}  // namespace

void require(bool fact, const char* what) {
  if (fact) return;
  std::fprintf(stderr, "Does not hold: %s\n", what);
  std::abort();
}

bool accepted(std::size_t input_size, MemoryBound bound, const std::function<void()>& read) {
  in_use = peak = 0;
  measuring = true;
  bool returned = false;
  try {
    read();
    returned = true;
  } catch (const std::runtime_error& error) {
    require(std::strlen(error.what()) > 0, "a rejection has a message");
  } catch (const std::invalid_argument& error) {
    require(std::strlen(error.what()) > 0, "a rejection has a message");
  }
  measuring = false;
  if (peak > bound.factor * input_size + bound.constant) {
    std::fprintf(stderr, "%zu bytes were allocated for an input of %zu bytes\n", peak, input_size);
    require(false, "the memory is within its limit");
  }
  return returned;
}

std::vector<std::string_view> split(std::string_view input, std::size_t parts) {
  std::vector<std::string_view> pieces;
  while (pieces.size() + 1 < parts) {
    const std::size_t end = std::min(input.find('\0'), input.size());
    pieces.push_back(input.substr(0, end));
    input.remove_prefix(std::min(end + 1, input.size()));
  }
  pieces.push_back(input);
  return pieces;
}

std::filesystem::path as_file(std::string_view bytes, int number) {
  static std::map<int, int> files;
  const auto [place, is_new] = files.emplace(number, -1);
  if (is_new) place->second = ::memfd_create("input", MFD_CLOEXEC);
  const int file = place->second;
  if (::ftruncate(file, 0) != 0 ||
      ::pwrite(file, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    std::perror("the input cannot be written to a file");
    std::exit(1);
  }
  return "/proc/self/fd/" + std::to_string(file);
}

}  // namespace saccade::fuzz

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  if (*count == 3 && std::strcmp((*arguments)[1], "--seeds") == 0) {
    saccade::fuzz::write_seeds((*arguments)[2]);
    std::_Exit(0);
  }
  using namespace saccade::fuzz;
  if (__sanitizer_install_malloc_and_free_hooks(on_allocation, on_release) == 0) std::_Exit(1);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  saccade::fuzz::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
