#include "photograph.h"

#include <cstdint>
#include <iostream>

#include "saccade/image/decode_memory.h"

namespace saccade::app {

LoadOptions load_options(const Arguments& arguments) {
  LoadOptions options;
  options.frame = static_cast<int>(arguments.get<std::int64_t>("frame"));
  options.allow_truncated = arguments.has("allow-truncated");
  if (arguments.has("decode-memory")) {
    set_decode_memory(arguments.get<std::int64_t>("decode-memory") << 20);
  }
  return options;
}

Image load_photograph(const std::string& path, const LoadOptions& options) {
  Image image = load_image(path, options);
  if (!image.warning.empty()) std::cerr << ("saccade: warning: " + image.warning + '\n');
  return image;
}

}  // namespace saccade::app
