// Decodes images and prints for each its path, size and a hash of its pixels, or the error; see
// tools/check_images.sh. With --pixels the pixels follow each line of an image: width × height × 3
// bytes, RGB.
#include <cinttypes>
#include <cstdio>
#include <exception>
#include <string>

#include "saccade/image/image.h"

namespace {

std::uint64_t digest(const saccade::Image& image) {  // FNV-1a
  std::uint64_t hash = 0xCBF29CE484222325u;
  for (const std::uint8_t byte : image.rgb) hash = (hash ^ byte) * 0x100000001B3u;
  return hash;
}

}  // namespace

int main(int argc, char** argv) {
  saccade::silence_codecs();
  bool pixels = false;
  for (int i = 1; i < argc; ++i) {
    const std::string path = argv[i];
    if (path == "--pixels") {
      pixels = true;
      continue;
    }
    try {
      const saccade::Image image = saccade::load_image(path);
      std::printf("%s\t%dx%d\t%016" PRIx64 "%s\n", path.c_str(), image.width, image.height,
                  digest(image), image.warning.empty() ? "" : "\twarning");
      if (pixels) std::fwrite(image.rgb.data(), 1, image.rgb.size(), stdout);
    } catch (const std::exception& error) {
      std::printf("%s\terror\t%s\n", path.c_str(), error.what());
    }
    std::fflush(stdout);
  }
  return 0;
}
