#include "photograph_options.h"

#include <cstdint>

namespace saccade::app {

const char* const kFormatsRead =
    "Formats: JPEG, PNG, WebP, TIFF, GIF, HEIC, AVIF, JPEG XL, JPEG 2000, BMP and\n"
    "PNM, detected by content.";

void add_photograph_options(Arguments& arguments) {
  auto add = arguments.add();
  add("frame", "frame of an animation, or page of a TIFF or HEIC file, from 1",
      cxxopts::value<std::int64_t>()->default_value("1"), "N");
  add("allow-truncated", "decode what is there of a truncated file, with a warning");
  add("decode-memory",
      "memory limit in MiB for all image decoders together; an image that needs more is reduced "
      "while decoding, or rejected (default: a quarter of the machine's memory)",
      cxxopts::value<std::int64_t>(), "N");
  arguments.limit<std::int64_t>("frame", 1, 100'000);
  arguments.limit<std::int64_t>("decode-memory", 1, 1 << 24);
}

}  // namespace saccade::app
