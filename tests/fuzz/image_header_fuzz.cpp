// The properties that are read before the pixels are decoded: size, orientation, completeness.
#include "saccade/image/file_header.h"

#include "fuzz.h"

namespace saccade::fuzz {
namespace {

using namespace std::string_literals;

/// A TIFF directory with one strip, as also used in EXIF.
const std::string kTiff =
    "II*\0\x08\0\0\0"s
    "\x06\0"s
    "\x00\x01\x03\0\x01\0\0\0\x02\0\0\0"s  // width 2
    "\x01\x01\x03\0\x01\0\0\0\x01\0\0\0"s  // height 1
    "\x11\x01\x04\0\x01\0\0\0\x56\0\0\0"s  // strip at 86
    "\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"s  // orientation 6
    "\x17\x01\x04\0\x01\0\0\0\x06\0\0\0"s  // of 6 bytes
    "\x52\x01\x03\0\x01\0\0\0\x02\0\0\0"s  // plain alpha
    "\0\0\0\0"s
    "RGBRGB"s;

std::string big(std::size_t value, int count) {
  std::string bytes;
  for (int i = count; i-- > 0;) bytes.push_back(static_cast<char>(value >> (8 * i)));
  return bytes;
}

std::string png_chunk(const std::string& type, const std::string& body) {
  return big(body.size(), 4) + type + body + "\0\0\0\0"s;
}

}  // namespace

std::vector<std::string> seeds() {
  const std::string exif = "Exif\0\0"s + kTiff;
  return {kTiff,
          "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x03\0\0\0\0\0\0"s,
          "II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0"
          "\x12\x01\x03\0\x01\0\0\0\0\0\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"s,
          "\xff\xd8\xff\xe1"s + big(exif.size() + 2, 2) + exif +
              "\xff\xc0\0\x11\x08\0\x01\0\x02\x03\x01\x22\0\x02\x11\1\x03\x11\1"
              "\xff\xda\0\x0c\x03\x01\0\x02\x11\x03\x11\0\x3f\0\x55\xff\0\x55\xff\xd9"s,
          "\x89PNG\r\n\x1a\n"s + png_chunk("IHDR", "\0\0\0\x02\0\0\0\x01\x08\2\0\0\0"s) +
              png_chunk("eXIf", kTiff) + png_chunk("IEND", ""),
          "RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\1\0\0\0\0\0\0\0\0\0\0\0\0"s,
          "RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x08\0\0\0\1\0\0\0\0\0"s,
          "BM\x3e\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x02\0\0\0\x01\0\0\0\x01\0\x18\0\0\0\0\0"s +
              std::string(28, '\0'),
          "P6\n# c\n2 1\n255\nRGBRGB",
          "\nexif\n      12\n4578696600004d4d002a00000008",
          "<rdf:Description tiff:Orientation=\"6\"/><tiff:Orientation>8</tiff:Orientation>"};
}

void run(std::string_view input) {
  FileHeader header;
  const ByteView bytes(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  // A compressed profile is decompressed up to 4 MB.
  require(accepted(input.size(), {16, 32 << 20}, [&] { header = read_file_header(bytes); }),
          "a header never throws");
  require(header.orientation >= 1 && header.orientation <= 8, "the orientation is 1 to 8");
  require(header.height >= 0, "the height is not negative");
  const int raw = raw_profile_orientation(input), xmp = xmp_orientation(input);
  require(raw >= 0 && raw <= 8 && xmp >= 0 && xmp <= 8, "a stated orientation is 1 to 8");
  require(exif_orientation(bytes) >= 1 && exif_orientation(bytes) <= 8, "so is EXIF's");
  require(header.extra_samples >= -1 && header.extra_samples <= 2, "extra samples are -1 to 2");
}

}  // namespace saccade::fuzz
