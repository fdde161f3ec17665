#include "saccade/image/file_header.h"

#include <cctype>
#include <cstddef>
#include <cstdlib>
#include <string_view>

#include "saccade/image/tiff_directory.h"

namespace saccade {
namespace {

using namespace std::string_view_literals;

int exif_orientation(ByteView exif) {
  // JPEG, and some writers of WebP, put this before the TIFF structure.
  const std::size_t start = exif.has(0, "Exif\0\0"sv) ? 6 : 0;
  return read_tiff_directory(exif.slice(start, exif.size())).orientation;
}

bool states_size(int marker) {  // SOF0…SOF15 without DHT, JPG and DAC, which lie between them
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

FileHeader read_jpeg(ByteView bytes) {
  FileHeader header;
  header.format = FileFormat::jpeg;
  header.complete = false;
  bool oriented = false, sized = false;
  std::size_t at = 2;
  // Outside the segments lies entropy-coded data, in which 0xFF is followed by 0 or a restart
  // marker.
  while ((at = bytes.find(0xFF, at)) + 1 < bytes.size()) {
    const int marker = int(bytes.big(at + 1, 1));
    if (marker == 0xFF) {  // fill byte
      ++at;
      continue;
    }
    at += 2;
    if (marker <= 0x01 || (marker >= 0xD0 && marker <= 0xD8)) continue;  // no segment follows
    if (marker == 0xD9) {
      header.complete = true;
      break;
    }
    const std::size_t length = std::size_t(bytes.big(at, 2));
    if (states_size(marker) && !sized) {  // a decoder takes the first, whatever follows
      sized = true;
      header.height = std::int64_t(bytes.big(at + 3, 2));
      header.width = std::int64_t(bytes.big(at + 5, 2));
    } else if (marker == 0xE1 && !oriented && bytes.has(at + 2, "Exif\0\0"sv) && length > 2) {
      header.orientation = exif_orientation(bytes.slice(at + 2, length - 2));
      oriented = true;
    }
    at += length;
  }
  return header;
}

FileHeader read_png(ByteView bytes) {
  FileHeader header;
  header.format = FileFormat::png;
  header.complete = false;
  header.width = std::int64_t(bytes.big(16, 4));
  header.height = std::int64_t(bytes.big(20, 4));
  std::size_t at = 8;
  while (bytes.holds(at, 12)) {
    const std::size_t length = std::size_t(bytes.big(at, 4));
    if (!bytes.holds(at + 12, length)) break;
    if (bytes.has(at + 4, "eXIf"))
      header.orientation = exif_orientation(bytes.slice(at + 8, length));
    if (bytes.has(at + 4, "IEND")) {
      header.complete = true;
      break;
    }
    at += 12 + length;
  }
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
    if (header.width > 0 && !bytes.has(at, "EXIF")) {
      // A decoder takes the first that states a size.
    } else if (bytes.has(at, "VP8X")) {
      header.width = std::int64_t(bytes.little(body + 4, 3)) + 1;
      header.height = std::int64_t(bytes.little(body + 7, 3)) + 1;
    } else if (bytes.has(at, "VP8 ") && !extended) {
      header.width = std::int64_t(bytes.little(body + 6, 2) & 0x3FFF);
      header.height = std::int64_t(bytes.little(body + 8, 2) & 0x3FFF);
    } else if (bytes.has(at, "VP8L") && !extended) {
      const std::uint64_t bits = bytes.little(body + 1, 4);
      header.width = std::int64_t(bits & 0x3FFF) + 1;
      header.height = std::int64_t(bits >> 14 & 0x3FFF) + 1;
    } else if (bytes.has(at, "EXIF")) {
      header.orientation = exif_orientation(bytes.slice(body, length));
    }
    at = body + length + length % 2;
  }
  return header;
}

FileHeader read_bmp(ByteView bytes) {
  FileHeader header;
  header.format = FileFormat::bmp;
  const bool old = bytes.little(14, 4) == 12;  // the header of OS/2 has 16-bit sizes
  const auto signed32 = [&](std::size_t at) {
    return std::int64_t(std::int32_t(std::uint32_t(bytes.little(at, 4))));
  };
  header.width = old ? std::int64_t(bytes.little(18, 2)) : signed32(18);
  header.height = old ? std::int64_t(bytes.little(20, 2)) : std::llabs(signed32(22));
  const std::uint64_t bits = bytes.little(old ? 24 : 28, 2);
  const std::uint64_t compression = old ? 0 : bytes.little(30, 4);
  const bool run_length = compression == 1 || compression == 2;
  if (header.width > 0 && !run_length) {
    const std::uint64_t row = (std::uint64_t(header.width) * bits + 31) / 32 * 4;
    header.complete = bytes.holds(std::size_t(bytes.little(10, 4)),
                                  std::size_t(row * std::uint64_t(header.height)));
  }
  return header;
}

FileHeader read_netpbm(ByteView bytes) {
  FileHeader header;
  header.format = FileFormat::netpbm;
  std::size_t at = 2;
  const auto next_number = [&] {
    while (at < bytes.size() && !std::isdigit(int(bytes.big(at, 1)))) {
      at = bytes.has(at, "#") ? bytes.find('\n', at) : at + 1;
    }
    std::int64_t value = 0;
    for (; std::isdigit(int(bytes.big(at, 1))) && value < 1'000'000'000; ++at) {
      value = value * 10 + std::int64_t(bytes.big(at, 1)) - '0';
    }
    return value;
  };
  header.width = next_number();
  header.height = next_number();
  return header;
}

FileHeader read_tiff(ByteView bytes) {
  const TiffDirectory directory = read_tiff_directory(bytes);
  FileHeader header;
  header.format = FileFormat::tiff;
  header.width = directory.width;
  header.height = directory.height;
  header.orientation = directory.orientation;
  header.complete = directory.complete;
  header.extra_samples = directory.extra_samples;
  return header;
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
    case FileFormat::bmp:
      return "BMP";
    case FileFormat::netpbm:
      return "PNM";
    case FileFormat::unknown:
      break;
  }
  return "image";
}

FileHeader read_file_header(ByteView bytes) {
  if (bytes.has(0, "\xFF\xD8\xFF")) return read_jpeg(bytes);
  if (bytes.has(0, "\x89PNG\r\n\x1A\n")) return read_png(bytes);
  if (bytes.has(0, "RIFF") && bytes.has(8, "WEBP")) return read_webp(bytes);
  if (is_tiff(bytes)) return read_tiff(bytes);
  if (bytes.has(0, "BM") && bytes.size() >= 26) return read_bmp(bytes);
  if (bytes.has(0, "P") && bytes.big(1, 1) >= '1' && bytes.big(1, 1) <= '6')
    return read_netpbm(bytes);
  return {};
}

}  // namespace saccade
