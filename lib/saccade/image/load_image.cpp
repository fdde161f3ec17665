#include <algorithm>
#include <climits>
#include <cstddef>
#include <fstream>
#include <stdexcept>
#include <string>

#include "saccade/image/decode_memory.h"
#include "saccade/image/encoded_image.h"

namespace saccade {
namespace {

constexpr std::size_t kMaxFileBytes =
    INT_MAX;  // OpenCV stores the size of an encoded buffer as int

/// For larger images, libvips is worth loading even if OpenCV supports the format: it reads row by
/// row.
constexpr std::int64_t kManyBytes = std::int64_t(256) << 20;

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

std::vector<std::uint8_t> read_bytes(const std::filesystem::path& path, const std::string& name) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("image " + quoted(name) + " cannot be opened for reading");
  std::error_code no_size;  // a pipe has none
  const auto stated = std::filesystem::file_size(path, no_size);
  std::size_t chunk = no_size ? std::size_t(1) << 20 : std::size_t(stated) + 1;
  std::vector<std::uint8_t> bytes;
  while (in) {
    if (bytes.size() + (no_size ? 0 : std::size_t(stated)) > kMaxFileBytes) {
      throw std::runtime_error("image " + quoted(name) +
                               " is larger than 2 GB; scale it down first");
    }
    const std::size_t have = bytes.size();
    bytes.resize(have + chunk);
    in.read(reinterpret_cast<char*>(bytes.data() + have), std::streamsize(chunk));
    bytes.resize(have + std::size_t(in.gcount()));
    chunk = std::max(std::size_t(1) << 20, bytes.size());
  }
  if (in.bad()) throw std::runtime_error("image " + quoted(name) + " cannot be read completely");
  return bytes;
}

[[noreturn]] void refuse_unknown(ByteView bytes, const std::string& name) {
  const std::string kind = describe_unsupported(bytes);
  throw std::runtime_error("file " + quoted(name) + " " +
                           (kind.empty() ? "is not an image in a supported format" : kind));
}

/// Avoids reading, for example, a large video completely just to find that it is not an image.
void check_readable(const std::filesystem::path& path, const std::string& name) {
  char start[kIdentifyingBytes] = {};
  std::ifstream in(path, std::ios::binary);
  in.read(start, sizeof start);
  if (in.gcount() == 0) return;
  const ByteView view(reinterpret_cast<const std::uint8_t*>(start), std::size_t(in.gcount()));
  if (identify_format(view) == FileFormat::unknown) refuse_unknown(view, name);
}

/// Selects the fastest decoder that supports the file.
Image decode(const EncodedImage& encoded) {
  switch (encoded.header.format) {
    case FileFormat::jpeg:
      return read_jpeg(encoded);
    case FileFormat::png:
    case FileFormat::webp: {
      const bool in_part = encoded.header.format == FileFormat::png && !encoded.header.complete;
      const bool large = encoded.header.format == FileFormat::png &&
                         opencv_bytes(encoded) > std::min(kManyBytes, decode_memory());
      if (encoded.header.animated || in_part || (large && has_vips())) {
        return read_with_vips(encoded);
      }
      return read_with_opencv(encoded);
    }
    case FileFormat::bmp:
    case FileFormat::netpbm:
    case FileFormat::other:
      return read_with_opencv(encoded);
    case FileFormat::unknown:
      break;
    default:
      return read_with_vips(encoded);
  }
  refuse_unknown(encoded.bytes, encoded.name);
}

bool has_frames(const FileHeader& header) {
  return header.animated || header.format == FileFormat::gif || header.format == FileFormat::tiff ||
         header.format == FileFormat::heic || header.format == FileFormat::avif;
}

}  // namespace

Image decode_image(const std::vector<std::uint8_t>& bytes, const std::string& name,
                   const LoadOptions& options) {
  if (bytes.empty()) throw std::runtime_error("image " + quoted(name) + " is empty (0 bytes)");
  if (bytes.size() > kMaxFileBytes) {
    throw std::runtime_error("image " + quoted(name) + " is larger than 2 GB; scale it down first");
  }
  const ByteView view(bytes.data(), bytes.size());
  const EncodedImage encoded{name, view, read_file_header(view), options};
  const FileHeader& header = encoded.header;
  if (options.frame < 1 || (options.frame > 1 && !has_frames(header))) {
    refuse(encoded,
           "has no frame " + std::to_string(options.frame) + "; it contains a single image");
  }
  if (!header.complete && !options.allow_truncated) {
    refuse(encoded, "is truncated: its " + std::string(to_string(header.format)) +
                        " data end early (" + std::to_string(bytes.size()) +
                        " bytes); use --allow-truncated to read the available part");
  }
  if (states_size(header.format)) check_size(encoded, header.width, header.height);
  return decode(encoded);
}

Image load_image(const std::filesystem::path& path, const LoadOptions& options) {
  const std::string name = path.string();
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  if (!std::filesystem::exists(status) && std::filesystem::is_symlink(path, ignored)) {
    throw std::runtime_error("image " + quoted(name) + " is a link to " +
                             quoted(std::filesystem::read_symlink(path, ignored).string()) +
                             ", which does not exist");
  }
  if (!std::filesystem::exists(status)) {
    throw std::runtime_error("image " + quoted(name) + " does not exist");
  }
  if (std::filesystem::is_directory(status)) {
    throw std::runtime_error("image " + quoted(name) + " is a folder, not a file");
  }
  if (std::filesystem::is_regular_file(status)) check_readable(path, name);
  return decode_image(read_bytes(path, name), name, options);
}

}  // namespace saccade
