#include "saccade/io/path_text.h"

#include "saccade/io/unicode.h"

namespace saccade {

std::string valid_utf8(std::string_view text) {
  if (!find_invalid_utf8(text)) return std::string(text);
  return encode_utf8(decode_utf8(text));
}

std::string path_text(const std::filesystem::path& path) { return valid_utf8(path.native()); }

}  // namespace saccade
