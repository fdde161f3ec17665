#include "saccade/image/orientation.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

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

}  // namespace saccade
