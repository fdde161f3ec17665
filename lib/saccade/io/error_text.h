#pragma once

#include <exception>
#include <filesystem>
#include <string>

namespace saccade {

/// The message of an exception, without backtraces, source positions, error numbers and advice to
/// the developers of the throwing library. Saccade's own messages are returned unchanged; those of
/// other libraries are cut to one line.
std::string plain_reason(const std::exception& error);

/// Describes an error in one sentence for the user. Saccade's own messages already name their file
/// and keep their wording. Errors of LibTorch, OpenCV, the JSON parser, the file system, the
/// C++ library and out-of-memory errors are rephrased. Control characters, as in names of files,
/// are escaped (see one_line).
/// @param about  the file or other subject to put before a foreign message; empty: none.
std::string error_text(const std::exception& error, const std::string& about = "");

/// The same for the exception of any type that is being handled. Call it in a catch block.
std::string current_error_text(const std::string& about = "");

/// Call it in a catch block. Replaces a foreign exception by a std::runtime_error with its
/// `error_text` and rethrows Saccade's own exceptions unchanged.
[[noreturn]] void rethrow_readable(const std::filesystem::path& about);

/// Returns action(). Converts a foreign exception into a std::runtime_error that names the file.
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
