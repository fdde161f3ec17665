#pragma once

#include <exception>
#include <filesystem>
#include <string>

namespace saccade {

/// The message of an exception without what only the library that threw it can use: backtraces,
/// source positions, error numbers and advice to its developers. Saccade's own messages come back
/// unchanged; those of other libraries are cut to one line.
std::string plain_reason(const std::exception& error);

/// What went wrong as one sentence for the user. Saccade's own messages come back unchanged: they
/// name their file already. Others (LibTorch, OpenCV, the JSON parser, the file system, the C++
/// library, no memory) are put into words.
/// @param about  the file or other subject that a foreign message is put behind; empty: none.
std::string error_text(const std::exception& error, const std::string& about = "");

/// The same for the exception that is being handled, of whatever type. Call it in a catch block.
std::string current_error_text(const std::string& about = "");

/// To be called in a catch block: throws a std::runtime_error with `error_text` in place of a
/// foreign exception, and Saccade's own exceptions once more as they are.
[[noreturn]] void rethrow_readable(const std::filesystem::path& about);

/// Returns action(). Where that throws a foreign exception, throws a std::runtime_error that names
/// the file instead.
template <typename Action>
auto with_readable_errors(const std::filesystem::path& about, Action&& action)
    -> decltype(action()) {
  try {
    return action();
  } catch (...) {
    rethrow_readable(about);
  }
}

}  // namespace saccade
