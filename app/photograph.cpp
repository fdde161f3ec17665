#include "photograph.h"

#include <iostream>
#include <utility>

#include "saccade/image/loaded_image.h"

namespace saccade::app {

Image load_photograph(const std::string& path) {
  LoadedImage loaded = load_image_with_warning(path);
  if (!loaded.warning.empty()) std::cerr << ("saccade: warning: " + loaded.warning + '\n');
  return std::move(loaded.image);
}

}  // namespace saccade::app
