#include "saccade/io/image_signature.h"

#include <cctype>
#include <cstddef>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace saccade {
namespace {

using namespace std::string_view_literals;

bool has(std::string_view bytes, std::size_t at, std::string_view part) {
  return bytes.size() >= at && bytes.substr(at, part.size()) == part;
}

/// ISO base media files: the brands after "ftyp" distinguish still images from videos.
const char* still_image_brand(std::string_view bytes) {
  for (std::size_t at = 8; at + 4 <= bytes.size(); at += at == 8 ? 8 : 4) {
    const std::string_view brand = bytes.substr(at, 4);
    if (brand == "avif" || brand == "avis") return "AVIF";
    for (const char* heif : {"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"}) {
      if (brand == heif) return "HEIC";
    }
  }
  return nullptr;
}

/// P1 to P6, then a number or a comment. The magic number alone also matches ordinary text.
bool is_netpbm(std::string_view bytes) {
  if (bytes.size() < 4 || bytes[0] != 'P' || bytes[1] < '1' || bytes[1] > '6') return false;
  const auto is = [&](std::size_t at, int (*kind)(int)) {
    return kind(static_cast<unsigned char>(bytes[at])) != 0;
  };
  std::size_t at = 2;
  if (!is(at, std::isspace)) return false;
  while (at < bytes.size() && is(at, std::isspace)) ++at;
  return at < bytes.size() && (bytes[at] == '#' || is(at, std::isdigit));
}

/// "BM" and a header of a known length.
bool is_bmp(std::string_view bytes) {
  if (!has(bytes, 0, "BM") || bytes.size() < 18) return false;
  const auto length = static_cast<unsigned char>(bytes[14]);
  const bool known = length == 12 || length == 16 || length == 40 || length == 52 || length == 56 ||
                     length == 64 || length == 108 || length == 124;
  return known && bytes.substr(15, 3) == "\0\0\0"sv;
}

}  // namespace

const char* image_format_of(std::string_view start) {
  if (has(start, 0, "\xFF\xD8\xFF")) return "JPEG";
  if (has(start, 0, "\x89PNG\r\n\x1A\n")) return "PNG";
  if (has(start, 0, "RIFF") && has(start, 8, "WEBP")) return "WebP";
  if (has(start, 0, "II*\0"sv) || has(start, 0, "MM\0*"sv)) return "TIFF";
  if (has(start, 0, "II+\0"sv) || has(start, 0, "MM\0+"sv)) return "BigTIFF";
  if (has(start, 0, "GIF87a") || has(start, 0, "GIF89a")) return "GIF";
  if (has(start, 0, "\0\0\0\x0CjP  \r\n\x87\n"sv)) return "JPEG 2000";
  if (has(start, 0, "\xFF\x4F\xFF\x51")) return "JPEG 2000";
  if (has(start, 0, "\0\0\0\x0CJXL \r\n\x87\n"sv) || has(start, 0, "\xFF\x0A")) return "JPEG XL";
  if (has(start, 4, "ftyp")) return still_image_brand(start);
  if (has(start, 0, "#?RADIANCE") || has(start, 0, "#?RGBE")) return "Radiance HDR";
  if (has(start, 0, "\x76\x2F\x31\x01")) return "OpenEXR";
  if (has(start, 0, "8BPS\0\x01"sv)) return "Photoshop";
  if (has(start, 0, "\x59\xA6\x6A\x95")) return "Sun raster";
  if (has(start, 0, "P7\nWIDTH") || has(start, 0, "PF\n") || has(start, 0, "Pf\n")) return "PNM";
  if (is_netpbm(start)) return "PNM";
  if (is_bmp(start)) return "BMP";
  return nullptr;
}

const char* image_format_of_file(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return nullptr;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return nullptr;
  char start[kSignatureBytes];
  const ssize_t count = ::read(file, start, sizeof start);
  ::close(file);
  if (count <= 0) return nullptr;
  return image_format_of({start, static_cast<std::size_t>(count)});
}

}  // namespace saccade
