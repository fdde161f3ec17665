#include "photograph_options.h"

#include <cstdint>

namespace saccade::app {

const char* const kFormatsRead =
    "Photographs are JPEG, PNG, WebP, TIFF, GIF, HEIC, AVIF, JPEG XL, JPEG 2000, BMP or PNM files, "
    "whatever their names.";

void add_photograph_options(Arguments& arguments) {
  arguments.add()("frame", "the frame of an animation, or the page of a TIFF or HEIC file, to take",
                  cxxopts::value<std::int64_t>()->default_value("1"))(
      "allow-truncated", "take what is there of a file that is cut off, with a warning")(
      "decode-memory",
      "MiB that all decoders may take together; an image that needs more is reduced while it is "
      "decoded, or refused (default: a quarter of the machine's memory)",
      cxxopts::value<std::int64_t>());
  arguments.limit<std::int64_t>("frame", 1, 100'000);
  arguments.limit<std::int64_t>("decode-memory", 1, 1 << 24);
}

}  // namespace saccade::app
