#include <algorithm>
#include <stdexcept>
#include <string>

#include "saccade/image/bmp.h"
#include "saccade/image/decode_memory.h"
#include "saccade/image/encoded_image.h"

namespace saccade {
namespace {

/// For larger images, libvips is worth loading even if OpenCV supports the format: it reads row by
/// row.
constexpr std::int64_t kManyBytes = std::int64_t(256) << 20;

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
      const bool apng = encoded.header.format == FileFormat::png && encoded.header.animated;
      if (apng && needs_composition(encoded)) return read_apng(encoded);
      if ((encoded.header.animated && !apng) || in_part || (large && has_vips())) {
        return read_with_vips(encoded);
      }
      return read_with_opencv(encoded);
    }
    case FileFormat::bmp:
      return read_bmp(encoded);
    case FileFormat::netpbm:
      return read_netpbm(encoded);
    case FileFormat::other:
      return read_with_opencv(encoded);
    case FileFormat::tiff:
      return needs_libtiff(encoded) ? read_with_libtiff(encoded) : read_with_vips(encoded);
    case FileFormat::unknown:
      break;
    default:
      return read_with_vips(encoded);
  }
  refuse_not_an_image(encoded.bytes, encoded.name);
}

bool has_frames(const FileHeader& header) {
  return header.animated || header.format == FileFormat::gif || header.format == FileFormat::tiff ||
         header.format == FileFormat::heic || header.format == FileFormat::avif;
}

}  // namespace

Image decode_image(const std::vector<std::uint8_t>& bytes, const std::string& name,
                   const LoadOptions& options) {
  if (bytes.empty()) throw std::runtime_error(image_name(name) + "is empty (0 bytes)");
  if (bytes.size() > kMaxImageFileBytes) {
    throw std::runtime_error(image_name(name) + "is larger than 2 GB; scale it down first");
  }
  const ByteView view = embedded_file(ByteView(bytes.data(), bytes.size()));
  const EncodedImage encoded{name, view, read_file_header(view), options};
  const FileHeader& header = encoded.header;
  if (options.frame < 1 || (options.frame > 1 && !has_frames(header))) {
    refuse(encoded,
           "has no frame " + std::to_string(options.frame) + "; it contains a single image");
  }
  if (!header.complete && !options.allow_truncated) refuse_truncated(encoded);
  if (states_size(header.format)) check_size(encoded, header.width, header.height);
  return decode(encoded);
}

Image load_image(const std::filesystem::path& path, const LoadOptions& options) {
  return decode_image(read_image_file(path, options.file), path, options);
}

}  // namespace saccade
