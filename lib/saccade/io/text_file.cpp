#include "saccade/io/text_file.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "saccade/io/unicode.h"

namespace saccade {

std::string read_utf8_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream buffer;
  if (file) buffer << file.rdbuf();
  if (!file) throw std::runtime_error(path.string() + ": cannot be read");
  std::string text = buffer.str();
  if (text.compare(0, 3, "\xEF\xBB\xBF") == 0) text.erase(0, 3);
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
    throw std::runtime_error(path.string() + ": is empty");
  }
  if (const auto invalid = find_invalid_utf8(text)) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(*invalid);
    refuse_line(path, static_cast<std::size_t>(std::count(text.begin(), end, '\n')) + 1,
                "is not UTF-8; convert the file, for instance with iconv -f latin1 -t utf-8");
  }
  return text;
}

std::string trimmed(const std::string& text) {
  constexpr const char* kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == text.npos) return "";
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

void refuse_line(const std::filesystem::path& path, std::size_t line, const std::string& what) {
  throw std::runtime_error(path.string() + ", line " + std::to_string(line) + ": " + what);
}

}  // namespace saccade
