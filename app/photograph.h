#pragma once

#include <string>

#include "saccade/image/image.h"

namespace saccade::app {

/// load_image; a warning about the file goes to standard error.
Image load_photograph(const std::string& path);

}  // namespace saccade::app
