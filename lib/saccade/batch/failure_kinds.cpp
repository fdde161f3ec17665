#include "saccade/batch/failure_kinds.h"

#include <algorithm>
#include <cctype>

namespace saccade {

namespace {

/// Replaces each part between double quotes and each number by "…".
std::string without_particulars(const std::string& text) {
  std::string kind;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t closing = text[i] == '"' ? text.find('"', i + 1) : std::string::npos;
    const auto is_digit = [&](std::size_t at) {
      return at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])) != 0;
    };
    if (closing != std::string::npos) {
      kind += "\"…\"";
      i = closing;
    } else if (is_digit(i)) {
      kind += "…";
      while (is_digit(i + 1)) ++i;
    } else {
      kind += text[i];
    }
  }
  return kind;
}

}  // namespace

std::string failure_kind(const std::string& path, const std::string& error) {
  std::string text = error;
  for (const std::string& beginning :
       {"image \"" + path + "\" ", "file \"" + path + "\" ", path + ": "}) {
    if (text.compare(0, beginning.size(), beginning) == 0) text.erase(0, beginning.size());
  }
  text = without_particulars(text);
  text.erase(std::min(text.find_first_of(":;("), text.size()));
  text.erase(text.find_last_not_of(' ') + 1);
  return text.empty() ? "other" : text;
}

std::vector<std::pair<std::string, std::int64_t>> FailureKinds::by_count() const {
  std::vector<std::pair<std::string, std::int64_t>> kinds(counts_.begin(), counts_.end());
  std::stable_sort(kinds.begin(), kinds.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return kinds;
}

}  // namespace saccade
