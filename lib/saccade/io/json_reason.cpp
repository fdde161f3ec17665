#include "saccade/io/json_reason.h"

namespace saccade {

std::string json_reason(const nlohmann::json::exception& error) {
  const std::string text = error.what();  // "[json.exception.KIND.NUMBER] MESSAGE"
  const std::size_t end = text.find("] ");
  return text.rfind("[json.exception.", 0) == 0 && end != std::string::npos ? text.substr(end + 2)
                                                                            : text;
}

}  // namespace saccade
