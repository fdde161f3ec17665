#include "saccade/io/file_text.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "saccade/io/json_reason.h"
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

void refuse_line(const std::filesystem::path& path, std::size_t line, const std::string& what) {
  throw std::runtime_error(path.string() + ", line " + std::to_string(line) + ": " + what);
}

nlohmann::json parse_line(const std::filesystem::path& path, std::size_t number,
                          const std::string& line) {
  try {
    return nlohmann::json::parse(line);
  } catch (const nlohmann::json::exception& error) {
    refuse_line(path, number, std::string("is not JSON: ") + json_reason(error));
  }
}

nlohmann::json parse_json(const std::filesystem::path& path, const std::string& text,
                          const nlohmann::json::parser_callback_t& watch, bool comments) {
  try {
    return nlohmann::json::parse(text, watch, true, comments);
  } catch (const nlohmann::json::parse_error& error) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(error.byte, text.size()));
    refuse_line(path, static_cast<std::size_t>(std::count(text.begin(), end, '\n')) + 1,
                std::string("is not JSON: ") + json_reason(error));
  } catch (const nlohmann::json::exception& error) {  // a number beyond any double
    throw std::runtime_error(path.string() +
                             ": is not JSON that can be read: " + json_reason(error));
  }
}

std::string text_of(const nlohmann::json& object, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    const auto found = object.find(key);
    if (found == object.end()) continue;
    return found->is_number_integer() ? found->dump() : found->get<std::string>();
  }
  return object.at(*keys.begin()).get<std::string>();
}

}  // namespace saccade
