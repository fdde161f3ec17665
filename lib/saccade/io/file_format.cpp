#include "saccade/io/file_format.h"

#include <array>
#include <cctype>
#include <cstdint>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "saccade/io/enum_names.h"
#include "saccade/io/tiff_tags.h"
#include "saccade/io/unicode.h"

namespace saccade {
namespace {

using namespace std::string_view_literals;

constexpr EnumName<FileFormat> kFormatNames[] = {{FileFormat::jpeg, "JPEG"},
                                                 {FileFormat::png, "PNG"},
                                                 {FileFormat::webp, "WebP"},
                                                 {FileFormat::tiff, "TIFF"},
                                                 {FileFormat::gif, "GIF"},
                                                 {FileFormat::heic, "HEIC"},
                                                 {FileFormat::avif, "AVIF"},
                                                 {FileFormat::jpeg_xl, "JPEG XL"},
                                                 {FileFormat::jpeg_2000, "JPEG 2000"},
                                                 {FileFormat::bmp, "BMP"},
                                                 {FileFormat::netpbm, "PNM"},
                                                 {FileFormat::other, "image"},
                                                 {FileFormat::unknown, "image"}};

/// A format that starts with a unique magic number.
struct Signature {
  std::string_view magic;
  FileFormat format;
  const char* name;
};

constexpr std::array kSignatures{
    Signature{"\xFF\xD8\xFF"sv, FileFormat::jpeg, "JPEG"},
    Signature{"\x89PNG\r\n\x1A\n"sv, FileFormat::png, "PNG"},
    Signature{"GIF87a"sv, FileFormat::gif, "GIF"},
    Signature{"GIF89a"sv, FileFormat::gif, "GIF"},
    Signature{"\xFF\x0A"sv, FileFormat::jpeg_xl, "JPEG XL"},
    Signature{"\0\0\0\x0CJXL \r\n\x87\n"sv, FileFormat::jpeg_xl, "JPEG XL"},
    Signature{"\0\0\0\x0CjP  \r\n\x87\n"sv, FileFormat::jpeg_2000, "JPEG 2000"},
    Signature{"\xFF\x4F\xFF\x51"sv, FileFormat::jpeg_2000, "JPEG 2000"},
    Signature{"\x59\xA6\x6A\x95"sv, FileFormat::other, "Sun raster"},
    Signature{"#?RADIANCE"sv, FileFormat::other, "Radiance HDR"},
    Signature{"#?RGBE"sv, FileFormat::other, "Radiance HDR"},
};
constexpr std::string_view kOpenExr = "\x76\x2F\x31\x01"sv;
constexpr std::string_view kPhotoshop = "8BPS"sv;

const Signature* find_signature(ByteView bytes) {
  for (const Signature& signature : kSignatures) {
    if (bytes.has(0, signature.magic)) return &signature;
  }
  return nullptr;
}

bool is_webp(ByteView bytes) { return bytes.has(0, "RIFF") && bytes.has(8, "WEBP"); }

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

bool is_avif(ByteView bytes) { return has_any_brand(bytes, {"avif", "avis"}); }

bool is_heic(ByteView bytes) {
  return has_any_brand(bytes, {"heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs",
                               "mif1", "mif2", "msf1"});
}

bool is_netpbm(ByteView bytes) {
  const char kind = char(bytes.big(1, 1));
  return bytes.has(0, "P") && ((kind >= '1' && kind <= '7') || kind == 'F' || kind == 'f') &&
         std::isspace(static_cast<unsigned char>(bytes.big(2, 1)));
}

/// Also a number or a comment after the white space: the magic number alone matches ordinary text.
bool is_certainly_netpbm(ByteView bytes) {
  if (bytes.has(0, "P7\nWIDTH")) return true;
  if (!is_netpbm(bytes) || bytes.has(1, "7")) return false;
  std::size_t at = 2;
  const auto is = [&](int (*kind)(int)) { return kind(int(bytes.big(at, 1))) != 0; };
  while (at < bytes.size() && is(std::isspace)) ++at;
  return at < bytes.size() && (bytes.has(at, "#") || is(std::isdigit));
}

bool is_bmp(ByteView bytes) { return bytes.has(0, "BM") && bytes.size() >= 26; }

/// Also a header of a known length.
bool is_certainly_bmp(ByteView bytes) {
  if (!bytes.has(0, "BM") || bytes.size() < 18) return false;
  const std::uint64_t length = bytes.little(14, 4);
  return length == 12 || length == 16 || length == 40 || length == 52 || length == 56 ||
         length == 64 || length == 108 || length == 124;
}

/// Unprocessed sensor data of a camera. Several raw formats are TIFF files whose first image is a
/// thumbnail.
bool is_camera_raw(ByteView bytes) {
  const bool begins_with_thumbnail =
      (read_tiff_tag(bytes, TiffTag::new_subfile_type).value_or(0) & 1) != 0;
  return bytes.has(0, "FUJIFILMCCD-RAW") || bytes.has(0, "IIRO") || bytes.has(0, "IIRS") ||
         bytes.has(0, "IIU\0"sv) || bytes.has(0, "FOVb") || bytes.has(8, "CR\x02"sv) ||
         has_brand(bytes, "crx ") || read_tiff_tag(bytes, TiffTag::dng_version).has_value() ||
         (begins_with_thumbnail && read_tiff_tag(bytes, TiffTag::sub_directories).has_value());
}

constexpr const char* kDevelop = "; develop it first, e.g. with darktable-cli";
constexpr const char* kFrames = "; extract its frames first, e.g. with ffmpeg";
constexpr const char* kNotDownloaded =
    "; if it was downloaded, the server did not return the image";
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
    Kind{0, kPhotoshop, "a Photoshop document", kConvert},
    Kind{0, "gimp xcf", "a GIMP document", kConvert},
    Kind{0, "\0\0\1\0"sv, "a Windows icon", kConvert},
    Kind{0, "DDS ", "a DirectDraw texture", kConvert},
    Kind{0, kOpenExr, "an OpenEXR image", kConvert},
    Kind{0, "qoif", "a QOI image", kConvert},
    Kind{0, "BPG\xFB"sv, "a BPG image", kConvert},
    Kind{0, "FLIF", "a FLIF image", kConvert},
    Kind{0, "farbfeld", "a farbfeld image", kConvert},
    Kind{0, "\x8AMNG\r\n\x1A\n"sv, "an MNG animation", kConvert},
    Kind{0, "\x8BJNG\r\n\x1A\n"sv, "a JNG image", kConvert},
    Kind{0, "II\xBC\x01"sv, "a JPEG XR image", kConvert},
    Kind{0, "\x01\xDA\x01"sv, "an SGI image", kConvert},
    Kind{0, "\x01\xDA\0"sv, "an SGI image", kConvert},
    Kind{0, "/* XPM */", "an XPM image", kConvert},
    Kind{0, "SDPX", "a DPX image", kConvert},
    Kind{0, "XPDS", "a DPX image", kConvert},
    Kind{0, "AT&TFORM", "a DjVu document", "; render its pages first, e.g. with ddjvu"},
    Kind{0, "\xD7\xCD\xC6\x9A"sv, "a Windows metafile", kConvert},
    Kind{40, " EMF", "a Windows metafile", kConvert},
    Kind{0, "\0\0\2\0\1\0"sv, "a Windows cursor", kConvert},
    Kind{0, "\0\x05\x16\x07"sv, "what macOS stores beside a file, not the image itself", ""},
    Kind{0, "SIMPLE  =", "a FITS image", kConvert},
    Kind{128, "DICM", "a DICOM image", kConvert},
    Kind{0, "\x1A\x45\xDF\xA3"sv, "a Matroska or WebM video", kFrames},
    Kind{0, "OggS", "an Ogg video or audio file", kFrames},
    Kind{0, "\0\0\1\xBA"sv, "an MPEG video", kFrames},
    Kind{0, "FLV\1", "a Flash video", kFrames},
    Kind{0, "\x30\x26\xB2\x75\x8E\x66\xCF\x11"sv, "a Windows Media file", kFrames},
    Kind{4, "wide", "an MP4 or QuickTime video", kFrames},
    Kind{4, "mdat", "an MP4 or QuickTime video", kFrames},
    Kind{0, "\x1F\x8B"sv, "a gzip archive", "; unpack it first"},
    Kind{0, "PK\3\4"sv, "a ZIP archive or an office document", "; unpack it first"},
    Kind{0, "BZh", "a bzip2 archive", "; unpack it first"},
    Kind{0, "\xFD\x37zXZ\0"sv, "an xz archive", "; unpack it first"},
    Kind{0, "\x28\xB5\x2F\xFD"sv, "a Zstandard archive", "; unpack it first"},
    Kind{0, "\xD0\xCF\x11\xE0"sv, "an old office document or a thumbnail cache", ""},
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

}  // namespace

const char* to_string(FileFormat format) { return name_of(kFormatNames, format); }

FileFormat identify_format(ByteView bytes) {
  if (const Signature* signature = find_signature(bytes)) return signature->format;
  if (is_webp(bytes)) return FileFormat::webp;
  if (is_avif(bytes)) return FileFormat::avif;
  if (is_heic(bytes)) return FileFormat::heic;
  if (is_camera_raw(bytes)) return FileFormat::unknown;
  if (is_tiff(bytes)) return FileFormat::tiff;
  if (is_bmp(bytes)) return FileFormat::bmp;
  return is_netpbm(bytes) ? FileFormat::netpbm : FileFormat::unknown;
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
  if (starts_with(text, "<svg") ||
      (starts_with(text, "<?xml") && text.find("<svg") != std::string::npos)) {
    return is("an SVG drawing", "; render it first, e.g. with rsvg-convert");
  }
  const bool markup =
      starts_with(text, "<!") || starts_with(text, "<?xml") || starts_with(text, "<html");
  if (markup && text.find("<html") != std::string::npos) {
    return is("a web page", kNotDownloaded);
  }
  if (starts_with(text, "<!doctype html")) return is("a web page", kNotDownloaded);
  if (starts_with(text, "<?xml")) return is("an XML document", kNotDownloaded);
  if (starts_with(text, "{\"") || starts_with(text, "[{\"")) return is("JSON text", kNotDownloaded);
  return "";
}

const char* image_format_of(std::string_view start) {
  const ByteView bytes(reinterpret_cast<const std::uint8_t*>(start.data()), start.size());
  if (const Signature* signature = find_signature(bytes)) return signature->name;
  if (is_webp(bytes)) return "WebP";
  if (is_avif(bytes)) return "AVIF";
  if (is_heic(bytes)) return "HEIC";
  if (is_tiff(bytes)) return bytes.has(2, "+") || bytes.has(3, "+") ? "BigTIFF" : "TIFF";
  if (bytes.has(0, kOpenExr)) return "OpenEXR";
  if (bytes.has(0, kPhotoshop) && bytes.has(4, "\0\x01"sv)) return "Photoshop";
  if (is_certainly_netpbm(bytes)) return "PNM";
  return is_certainly_bmp(bytes) ? "BMP" : nullptr;
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

bool has_image_extension(const std::filesystem::path& path) {
  static constexpr std::array kExtensions{
      ".jpg",  ".jpeg", ".jpe",  ".jfif", ".png", ".apng", ".webp", ".tif", ".tiff", ".bmp", ".gif",
      ".heic", ".heif", ".avif", ".jxl",  ".jp2", ".j2k",  ".ppm",  ".pgm", ".pbm",  ".pnm"};
  const std::string extension = lower_ascii(path.extension().string());
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

}  // namespace saccade
