#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// What the fuzz targets share. A target is one source that defines `seeds` and `run`; fuzz.cpp
// makes a libFuzzer program of it, which writes its seeds when called with `--seeds FOLDER`.
namespace saccade::fuzz {

/// Small valid inputs to begin with.
std::vector<std::string> seeds();

/// Reads one input. Crashes, sanitizer reports and broken requirements are findings.
void run(std::string_view input);

/// Reports a finding when `fact` does not hold.
void require(bool fact, const char* what);

/// The most memory that a reader may take at once: `factor` times the input's size, and `constant`
/// bytes.
struct MemoryBound {
  std::size_t factor, constant;
};

/// Calls `read` and checks how much memory it takes. Refusing the input by std::runtime_error or
/// std::invalid_argument with a message is fine; any other exception is a finding.
/// @return whether `read` returned.
bool accepted(std::size_t input_size, MemoryBound bound, const std::function<void()>& read);

/// The input's parts between zero bytes, as many as asked; those that are missing are empty.
std::vector<std::string_view> split(std::string_view input, std::size_t parts);

/// Bytes as a file for readers that take a path. The last one made of its number stands.
/// @param number  a small number; files of different numbers exist side by side.
std::filesystem::path as_file(std::string_view bytes, int number = 0);

}  // namespace saccade::fuzz
