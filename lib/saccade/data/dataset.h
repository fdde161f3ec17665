#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "saccade/text/caption_records.h"

namespace saccade {

/// An image with its human captions, or with labels in their place.
struct CaptionedImage {
  std::string name;  ///< as in the data set, e.g. "1000268201_693b08cb0e.jpg"
  std::filesystem::path file;
  std::vector<std::string> captions;  ///< as written, UTF-8; empty only for an image with labels
  std::vector<CountedLabel> labels = {};  ///< of an image without captions
};

/// One split of a data set, in the order of its list.
struct Dataset {
  std::vector<CaptionedImage> images;
  /// Problems of skipped data, one sentence each, with file and line.
  std::vector<std::string> warnings;
};

}  // namespace saccade
