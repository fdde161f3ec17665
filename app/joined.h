#pragma once

#include <string>
#include <vector>

namespace saccade::app {

/// Joins the words with the separator.
inline std::string joined(const std::vector<std::string>& words, const std::string& separator) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : separator) + word;
  return text;
}

}  // namespace saccade::app
