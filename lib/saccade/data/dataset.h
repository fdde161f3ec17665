#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace saccade {

/// A photograph and what people said of it.
struct CaptionedImage {
  std::string name;  ///< as the data set writes it, e.g. "1000268201_693b08cb0e.jpg"
  std::filesystem::path file;
  std::vector<std::string> captions;  ///< one or more, as written, UTF-8
};

/// One split of a data set, in the order of its list.
struct Dataset {
  std::vector<CaptionedImage> images;
  /// What was wrong and passed over, a sentence each, with file and line.
  std::vector<std::string> warnings;
};

}  // namespace saccade
