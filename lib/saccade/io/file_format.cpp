#include "saccade/io/file_format.h"

#include <array>
#include <cctype>
#include <string_view>

#include "saccade/io/tiff_tags.h"

namespace saccade {
namespace {

using namespace std::string_view_literals;

/// Whether the file type box (in HEIF, AVIF and MP4 files) lists the brand.
bool has_brand(ByteView bytes, std::string_view brand) {
  if (!bytes.has(4, "ftyp")) return false;
  const std::size_t end = std::size_t(bytes.big(0, 4));
  if (bytes.has(8, brand)) return true;
  for (std::size_t at = 16; at + 4 <= end && bytes.holds(at, 4); at += 4) {
    if (bytes.has(at, brand)) return true;
  }
  return false;
}

bool has_any_brand(ByteView bytes, std::initializer_list<std::string_view> brands) {
  for (const std::string_view brand : brands) {
    if (has_brand(bytes, brand)) return true;
  }
  return false;
}

bool is_heic(ByteView bytes) {
  return has_any_brand(bytes, {"heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs",
                               "mif1", "mif2", "msf1"});
}

bool is_netpbm(ByteView bytes) {
  const char kind = char(bytes.big(1, 1));
  return bytes.has(0, "P") && kind >= '1' && kind <= '7' &&
         std::isspace(static_cast<unsigned char>(bytes.big(2, 1)));
}

bool is_other(ByteView bytes) {
  return bytes.has(0, "\x59\xA6\x6A\x95"sv) || bytes.has(0, "#?RADIANCE") ||
         bytes.has(0, "#?RGBE") || bytes.has(0, "PF\n") || bytes.has(0, "Pf\n");
}

/// Unprocessed sensor data of a camera. Several raw formats are TIFF files whose first image is a
/// thumbnail.
bool is_camera_raw(ByteView bytes) {
  return bytes.has(0, "FUJIFILMCCD-RAW") || bytes.has(0, "IIRO") || bytes.has(0, "IIRS") ||
         bytes.has(0, "IIU\0"sv) || bytes.has(0, "FOVb") || bytes.has(8, "CR\x02"sv) ||
         has_brand(bytes, "crx ") || read_tiff_tag(bytes, TiffTag::dng_version).has_value();
}

constexpr const char* kDevelop = "; develop it first, e.g. with darktable-cli";
constexpr const char* kFrames = "; extract its frames first, e.g. with ffmpeg";
constexpr const char* kConvert = "; convert it to PNG first";

struct Kind {
  std::size_t at;
  std::string_view magic;
  const char* name;
  const char* way_out;
};

constexpr std::array kKinds{
    Kind{0, "%PDF-", "a PDF document", "; render its pages first, e.g. with pdftoppm -png"},
    Kind{0, "%!PS", "a PostScript document", "; render its pages first, e.g. with gs"},
    Kind{0, "\xC5\xD0\xD3\xC6"sv, "a PostScript document",
         "; render its pages first, e.g. with gs"},
    Kind{0, "8BPS", "a Photoshop document", kConvert},
    Kind{0, "gimp xcf", "a GIMP document", kConvert},
    Kind{0, "\0\0\1\0"sv, "a Windows icon", kConvert},
    Kind{0, "DDS ", "a DirectDraw texture", kConvert},
    Kind{0, "\x76\x2F\x31\x01"sv, "an OpenEXR image", kConvert},
    Kind{0, "qoif", "a QOI image", kConvert},
    Kind{0, "BPG\xFB"sv, "a BPG image", kConvert},
    Kind{0, "FLIF", "a FLIF image", kConvert},
    Kind{0, "SIMPLE  =", "a FITS image", kConvert},
    Kind{128, "DICM", "a DICOM image", kConvert},
    Kind{0, "\x1A\x45\xDF\xA3"sv, "a Matroska or WebM video", kFrames},
    Kind{0, "OggS", "an Ogg video or audio file", kFrames},
    Kind{0, "\0\0\1\xBA"sv, "an MPEG video", kFrames},
    Kind{0, "\x1F\x8B"sv, "a gzip archive", "; unpack it first"},
    Kind{0, "PK\3\4"sv, "a ZIP archive or an office document", "; unpack it first"},
    Kind{0, "7z\xBC\xAF"sv, "a 7-Zip archive", "; unpack it first"},
    Kind{0, "Rar!", "a RAR archive", "; unpack it first"},
    Kind{257, "ustar", "a tar archive", "; unpack it first"},
    Kind{0, "version https://git-lfs", "a pointer to a file in Git LFS",
         "; fetch it with git lfs pull"},
};

/// The first bytes in lower case, without a leading byte order mark and white space.
std::string text_start(ByteView bytes) {
  std::size_t at = bytes.has(0, "\xEF\xBB\xBF"sv) ? 3 : 0;
  while (at < bytes.size() && std::isspace(static_cast<unsigned char>(bytes.big(at, 1)))) ++at;
  std::string text;
  for (; at < bytes.size() && text.size() < kIdentifyingBytes; ++at) {
    text += char(std::tolower(static_cast<unsigned char>(bytes.big(at, 1))));
  }
  return text;
}

bool begins(const std::string& text, std::string_view with) {
  return text.compare(0, with.size(), with) == 0;
}

}  // namespace

const char* to_string(FileFormat format) {
  switch (format) {
    case FileFormat::jpeg:
      return "JPEG";
    case FileFormat::png:
      return "PNG";
    case FileFormat::webp:
      return "WebP";
    case FileFormat::tiff:
      return "TIFF";
    case FileFormat::gif:
      return "GIF";
    case FileFormat::heic:
      return "HEIC";
    case FileFormat::avif:
      return "AVIF";
    case FileFormat::jpeg_xl:
      return "JPEG XL";
    case FileFormat::jpeg_2000:
      return "JPEG 2000";
    case FileFormat::bmp:
      return "BMP";
    case FileFormat::netpbm:
      return "PNM";
    case FileFormat::other:
    case FileFormat::unknown:
      break;
  }
  return "image";
}

FileFormat identify_format(ByteView bytes) {
  if (bytes.has(0, "\xFF\xD8\xFF")) return FileFormat::jpeg;
  if (bytes.has(0, "\x89PNG\r\n\x1A\n")) return FileFormat::png;
  if (bytes.has(0, "RIFF") && bytes.has(8, "WEBP")) return FileFormat::webp;
  if (bytes.has(0, "GIF87a") || bytes.has(0, "GIF89a")) return FileFormat::gif;
  if (has_any_brand(bytes, {"avif", "avis"})) return FileFormat::avif;
  if (is_heic(bytes)) return FileFormat::heic;
  if (bytes.has(0, "\xFF\x0A"sv) || bytes.has(0, "\0\0\0\x0CJXL \r\n\x87\n"sv)) {
    return FileFormat::jpeg_xl;
  }
  if (bytes.has(0, "\0\0\0\x0CjP  \r\n\x87\n"sv) || bytes.has(0, "\xFF\x4F\xFF\x51"sv)) {
    return FileFormat::jpeg_2000;
  }
  if (is_camera_raw(bytes)) return FileFormat::unknown;
  if (is_tiff(bytes)) return FileFormat::tiff;
  if (bytes.has(0, "BM") && bytes.size() >= 26) return FileFormat::bmp;
  if (is_netpbm(bytes)) return FileFormat::netpbm;
  return is_other(bytes) ? FileFormat::other : FileFormat::unknown;
}

std::string describe_unsupported(ByteView bytes) {
  const auto is = [](const char* name, const char* way_out) {
    return "is " + std::string(name) + way_out;
  };
  if (is_camera_raw(bytes)) return is("a camera raw file", kDevelop);
  for (const Kind& kind : kKinds) {
    if (bytes.has(kind.at, kind.magic)) return is(kind.name, kind.way_out);
  }
  if (bytes.has(0, "RIFF") && bytes.has(8, "AVI ")) return is("an AVI video", kFrames);
  if (bytes.has(4, "ftyp") || bytes.has(4, "moov")) return is("an MP4 or QuickTime video", kFrames);
  const std::string text = text_start(bytes);
  if (begins(text, "<svg") || (begins(text, "<?xml") && text.find("<svg") != std::string::npos)) {
    return is("an SVG drawing", "; render it first, e.g. with rsvg-convert");
  }
  if (begins(text, "<!doctype html") || begins(text, "<html")) {
    return is("a web page", "; the download did not return the image");
  }
  return "";
}

}  // namespace saccade
