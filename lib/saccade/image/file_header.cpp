#include "saccade/image/file_header.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>
#include <zlib.h>

#include "saccade/image/bmp.h"
#include "saccade/image/gif.h"
#include "saccade/image/image.h"
#include "saccade/image/netpbm.h"
#include "saccade/io/tiff_tags.h"

namespace saccade {
namespace {

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

int exif_orientation(ByteView exif) {
  using namespace std::string_view_literals;
  // JPEG files and some WebP files have this prefix before the TIFF structure.
  const std::size_t start = exif.has(0, "Exif\0\0"sv) ? 6 : 0;
  const auto value = read_tiff_tag(exif.slice(start, exif.size()), TiffTag::orientation);
  return value && *value >= 1 && *value <= 8 ? int(*value) : 1;
}

int raw_profile_orientation(std::string_view text) {
  // "\nexif\n    1234\n4578696600…": the digits start after the third line break.
  std::size_t at = 0;
  for (int line = 0; line < 3; ++line) {
    at = text.find('\n', at);
    if (at == std::string_view::npos) return 0;
    ++at;
  }
  std::vector<std::uint8_t> bytes;
  int high = -1;
  for (const char c : text.substr(at)) {
    const int value = digit(c);
    if (value < 0) continue;
    if (high < 0) {
      high = value;
    } else {
      bytes.push_back(std::uint8_t(high * 16 + value));
      high = -1;
    }
  }
  return bytes.empty() ? 0 : exif_orientation(ByteView(bytes.data(), bytes.size()));
}

int xmp_orientation(std::string_view xmp) {
  static constexpr std::string_view kName = "tiff:Orientation";
  const std::size_t name = xmp.find(kName);
  if (name == std::string_view::npos) return 0;
  // tiff:Orientation="6" or <tiff:Orientation>6</tiff:Orientation>
  for (const char c : xmp.substr(name + kName.size(), 8)) {
    if (c >= '1' && c <= '8') return c - '0';
    if (c != '=' && c != '"' && c != '\'' && c != '>' && c != ' ' && c != '\n') return 0;
  }
  return 0;
}

namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMaxTextBytes = 4 << 20;  // limit for an uncompressed profile or XMP packet

std::vector<std::uint8_t> bytes_of(ByteView bytes) {
  std::vector<std::uint8_t> out(bytes.size());
  if (!out.empty()) std::memcpy(out.data(), bytes.data(), out.size());
  return out;
}

/// Decompresses the bytes with zlib, up to kMaxTextBytes; empty if they are damaged.
std::vector<std::uint8_t> unpacked(ByteView bytes) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return {};
  stream.next_in = const_cast<Bytef*>(bytes.data());
  stream.avail_in = uInt(bytes.size());
  std::vector<std::uint8_t> out;
  int status = Z_OK;
  while (status == Z_OK && out.size() < kMaxTextBytes) {
    const std::size_t have = out.size();
    out.resize(have + (std::size_t(1) << 14));
    stream.next_out = out.data() + have;
    stream.avail_out = uInt(out.size() - have);
    status = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (status != Z_STREAM_END) out.clear();
  return out;
}

std::string_view text_of(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The orientation in a text chunk of a PNG; 0 if there is none.
int text_orientation(ByteView type, ByteView body) {
  const std::size_t end = body.find(0, 0);  // of the keyword
  const std::string_view keyword = text_of(body.slice(0, end));
  const bool raw = keyword == "Raw profile type exif" || keyword == "Raw profile type APP1";
  const bool xmp = keyword == "XML:com.adobe.xmp";
  if (!raw && !xmp) return 0;
  bool packed = type.has(0, "zTXt");
  std::size_t text = end + (packed ? 2 : 1);
  if (type.has(0, "iTXt")) {
    packed = body.big(end + 1, 1) != 0;
    text = body.find(0, body.find(0, end + 3) + 1) +
           1;  // after the language and the translated keyword
  }
  const ByteView rest = body.slice(text, body.size());
  const std::vector<std::uint8_t> storage = packed ? unpacked(rest) : std::vector<std::uint8_t>{};
  const std::string_view words =
      packed ? text_of(ByteView(storage.data(), storage.size())) : text_of(rest);
  return raw ? raw_profile_orientation(words) : xmp_orientation(words);
}

FileHeader read_png(ByteView bytes) {
  FileHeader header;
  header.format = FileFormat::png;
  header.complete = false;
  header.width = std::int64_t(bytes.big(16, 4));
  header.height = std::int64_t(bytes.big(20, 4));
  bool exif = false, srgb = false;
  // An image is animated if it has one acTL, before the pixels and with a valid number of frames.
  bool controlled = false, pixels = false;
  int of_text = 0;
  std::size_t at = 8;
  while (bytes.holds(at, 12)) {
    const std::size_t length = std::size_t(bytes.big(at, 4));
    if (!bytes.holds(at + 12, length)) break;
    const ByteView type = bytes.slice(at + 4, 4), body = bytes.slice(at + 8, length);
    if (type.has(0, "eXIf")) {
      header.orientation = exif_orientation(body);
      exif = true;
    } else if (type.has(0, "tEXt") || type.has(0, "zTXt") || type.has(0, "iTXt")) {
      if (of_text == 0) of_text = text_orientation(type, body);
    } else if (type.has(0, "iCCP")) {
      header.icc_profile = unpacked(body.slice(body.find(0, 0) + 2, body.size()));
    } else if (type.has(0, "sRGB")) {
      srgb = true;
    } else if (type.has(0, "acTL")) {
      const std::uint64_t frames = body.big(0, 4);
      controlled = !controlled && !pixels && frames > 0 && frames < 0x80000000u;
    } else if (type.has(0, "IDAT")) {
      pixels = true;
    } else if (type.has(0, "fcTL")) {
      header.animated = controlled;
    } else if (type.has(0, "IEND")) {
      header.complete = true;
      break;
    }
    at += 12 + length;
  }
  if (!exif && of_text != 0) header.orientation = of_text;
  if (srgb) header.icc_profile.clear();
  return header;
}

FileHeader read_webp(ByteView bytes) {
  FileHeader header;
  header.format = FileFormat::webp;
  const std::size_t end = 8 + std::size_t(bytes.little(4, 4));
  header.complete = bytes.holds(0, end);
  const bool extended = bytes.has(12, "VP8X");
  for (std::size_t at = 12; bytes.holds(at, 8) && at < end;) {
    const std::size_t length = std::size_t(bytes.little(at + 4, 4));
    const std::size_t body = at + 8;
    const bool sized = header.width > 0;  // decoders use the first chunk with a size
    if (bytes.has(at, "VP8X") && !sized) {
      header.width = std::int64_t(bytes.little(body + 4, 3)) + 1;
      header.height = std::int64_t(bytes.little(body + 7, 3)) + 1;
    } else if (bytes.has(at, "VP8 ") && !extended && !sized) {
      header.width = std::int64_t(bytes.little(body + 6, 2) & 0x3FFF);
      header.height = std::int64_t(bytes.little(body + 8, 2) & 0x3FFF);
    } else if (bytes.has(at, "VP8L") && !extended && !sized) {
      const std::uint64_t bits = bytes.little(body + 1, 4);
      header.width = std::int64_t(bits & 0x3FFF) + 1;
      header.height = std::int64_t(bits >> 14 & 0x3FFF) + 1;
    } else if (bytes.has(at, "EXIF")) {
      header.orientation = exif_orientation(bytes.slice(body, length));
    } else if (bytes.has(at, "ICCP")) {
      header.icc_profile = bytes_of(bytes.slice(body, length));
    } else if (bytes.has(at, "ANMF")) {
      header.animated = true;
    }
    at = body + length + length % 2;
  }
  return header;
}

FileHeader read_bmp(ByteView bytes) {
  const BmpHeader found = read_bmp_header(bytes);
  FileHeader header;
  header.format = FileFormat::bmp;
  header.width = found.width;
  header.height = found.height;
  header.complete = is_complete(found, bytes);
  header.icc_profile = bytes_of(found.icc_profile);
  return header;
}

FileHeader read_netpbm(ByteView bytes) {
  const NetpbmHeader found = read_netpbm_header(bytes);
  FileHeader header;
  header.format = FileFormat::netpbm;
  header.width = found.width;
  header.height = found.height;
  // An image that is too large is refused for that.
  header.complete = found.width * found.height > kMaxPixels || is_complete(found, bytes);
  return header;
}

FileHeader read_tiff(ByteView bytes) {
  FileHeader header;
  header.format = FileFormat::tiff;
  header.orientation = exif_orientation(bytes);
  if (const auto extra = read_tiff_tag(bytes, TiffTag::extra_samples)) {
    header.extra_samples = int(std::min<std::uint64_t>(*extra, 2));
  }
  return header;
}

/// A box of an ISO base media file or of JPEG 2000.
struct Box {
  ByteView type, body;
  std::size_t size = 0;  ///< with its header; 0: there is no box
};

Box box_at(ByteView bytes, std::size_t at) {
  if (!bytes.holds(at, 8)) return {};
  std::uint64_t length = bytes.big(at, 4);
  const std::size_t head = length == 1 ? 16 : 8;
  if (length == 1) length = bytes.big(at + 8, 8);
  if (length == 0) length = bytes.size() - at;  // extends to the end of the file
  if (length < head || length > bytes.size()) return {};
  const auto size = std::size_t(length);
  return {bytes.slice(at + 4, 4), bytes.slice(at + head, size - head), size};
}

/// Whether the header box of a JPEG 2000 file contains a palette.
bool has_palette(ByteView bytes) {
  Box box;
  for (std::size_t at = 0; (box = box_at(bytes, at)).size > 0; at += box.size) {
    if (box.type.has(0, "jp2c")) return false;
    if (!box.type.has(0, "jp2h")) continue;
    Box part;
    for (std::size_t in = 0; (part = box_at(box.body, in)).size > 0; in += part.size) {
      if (part.type.has(0, "pclr")) return true;
    }
  }
  return false;
}

/// Whether all boxes of an ISO base media file (HEIF etc.) end within the bytes.
bool boxes_lie_within(ByteView bytes) {
  std::size_t at = 0;
  while (bytes.holds(at, 8)) {
    std::uint64_t length = bytes.big(at, 4);
    if (length == 0) return true;  // extends to the end of the file
    if (length == 1) length = bytes.big(at + 8, 8);
    // After the image, any bytes may follow.
    if (length < 8 || !std::isprint(int(bytes.big(at + 4, 1)))) return at > 0;
    if (length > bytes.size() || !bytes.holds(at, std::size_t(length))) return false;
    at += std::size_t(length);
  }
  return true;
}

FileHeader read_boxes(FileFormat format, ByteView bytes) {
  FileHeader header;
  header.format = format;
  // JPEG 2000 and JPEG XL also exist without boxes.
  const bool boxes = bytes.big(0, 1) == 0;
  header.complete = !boxes || boxes_lie_within(bytes);
  header.palette = format == FileFormat::jpeg_2000 && boxes && has_palette(bytes);
  return header;
}

}  // namespace

bool states_size(FileFormat format) {
  switch (format) {
    case FileFormat::png:
    case FileFormat::webp:
    case FileFormat::gif:
    case FileFormat::bmp:
    case FileFormat::netpbm:
      return true;
    default:
      return false;
  }
}

FileHeader read_file_header(ByteView bytes) {
  const FileFormat format = identify_format(bytes);
  FileHeader header;
  switch (format) {
    case FileFormat::png:
      return read_png(bytes);
    case FileFormat::webp:
      return read_webp(bytes);
    case FileFormat::tiff:
      return read_tiff(bytes);
    case FileFormat::bmp:
      return read_bmp(bytes);
    case FileFormat::netpbm:
      return read_netpbm(bytes);
    case FileFormat::heic:
    case FileFormat::avif:
    case FileFormat::jpeg_xl:
    case FileFormat::jpeg_2000:
      return read_boxes(format, bytes);
    case FileFormat::gif: {
      const GifSize size = read_gif_size(bytes);
      header.width = size.width;
      header.height = size.height;
      break;
    }
    case FileFormat::jpeg:
    case FileFormat::other:
    case FileFormat::unknown:
      break;
  }
  header.format = format;
  return header;
}

}  // namespace saccade
