#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// The harness of the fuzz targets. A target is one source that defines `seeds` and `run`; fuzz.cpp
// turns it into a libFuzzer program, which writes its seeds when called with `--seeds FOLDER`.
namespace saccade::fuzz {

/// Small valid inputs to start from.
std::vector<std::string> seeds();

/// Reads one input. Crashes, sanitizer reports and broken requirements are findings.
void run(std::string_view input);

/// Reports a finding if `fact` is false.
void require(bool fact, const char* what);

/// The maximum memory of a reader: `factor` times the input's size, plus `constant` bytes.
struct MemoryBound {
  std::size_t factor, constant;
};

/// Calls `read` and checks how much memory it uses. It may reject the input by a std::runtime_error
/// or std::invalid_argument with a message; any other exception is a finding.
/// @return whether `read` accepted the input.
bool accepted(std::size_t input_size, MemoryBound bound, const std::function<void()>& read);

/// Splits the input at zero bytes into exactly `parts` parts; missing parts are empty.
std::vector<std::string_view> split(std::string_view input, std::size_t parts);

/// Provides bytes as a file for readers that take a path. Replaces an earlier file of the same
/// number.
/// @param number  a small number; files with different numbers exist at the same time.
std::filesystem::path as_file(std::string_view bytes, int number = 0);

}  // namespace saccade::fuzz
