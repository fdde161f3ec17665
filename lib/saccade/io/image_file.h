#pragma once

#include <chrono>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace saccade {

class ByteView;
class TarReader;

/// A file that cannot be opened or read, or not in time, whatever its contents: it may be possible
/// later, for example when a network drive is back.
struct ReadError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Larger files are rejected: OpenCV stores the size of an encoded image as int.
constexpr std::size_t kMaxImageFileBytes = INT_MAX;

struct ImageFileOptions {
  /// Limit for opening and reading a file; 0: none. Pipes and drives that do not respond would
  /// otherwise block for ever.
  std::chrono::milliseconds timeout{0};
  /// Reads the members of tar archives; null: every call reads the archive from its start.
  std::shared_ptr<TarReader> tars;
};

/// Reads all bytes of an image: of a file, of a pipe, or of a member of a tar archive
/// (ARCHIVE/NAME). Files of other formats are rejected after their first bytes.
/// @throws ReadError naming the path if it is missing or unreadable, or if the time is up,
///         std::runtime_error if it is a folder, not a supported image or larger than
///         kMaxImageFileBytes.
std::vector<std::uint8_t> read_image_file(const std::string& path,
                                          const ImageFileOptions& options = {});

/// The beginning of a message about an image: 'image "PATH" '.
std::string image_name(const std::string& path);

/// @throws std::runtime_error saying what the file is instead of an image.
[[noreturn]] void refuse_not_an_image(ByteView bytes, const std::string& path);

}  // namespace saccade
