#include "saccade/explain/page/html.h"

#include <cstddef>
#include <cstdlib>
#include <stdexcept>

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include "saccade/io/sha256.h"
#include "saccade/io/unicode.h"

namespace saccade {
namespace {

using nlohmann::ordered_json;

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : valid_utf8(text)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\'') {
      out += "&#39;";
    } else if ((byte < 32 && c != '\t' && c != '\n') || byte == 127) {
      out += "\xEF\xBF\xBD";
    } else {
      out += c;
    }
  }
  return out;
}

std::string json_for_html(const ordered_json& json) {
  std::string out;
  for (const char c : json.dump(-1, ' ', false, ordered_json::error_handler_t::replace)) {
    // In JSON these occur only within strings, where the escape has the same meaning.
    if (c == '<') {
      out += "\\u003c";
    } else if (c == '>') {
      out += "\\u003e";
    } else if (c == '&') {
      out += "\\u0026";
    } else {
      out += c;
    }
  }
  return out;
}

std::string base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock appends a zero
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

std::string policy_hash(std::string_view text) {
  const std::string digits = sha256(text);
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(std::strtol(digits.substr(i, 2).c_str(), nullptr, 16));
  }
  return "sha256-" + base64(bytes);
}

std::string page_policy(std::string_view style, std::string_view script,
                        const std::string& picture_sources) {
  return "default-src 'none'; img-src " + picture_sources + "; style-src '" + policy_hash(style) +
         "'; script-src '" + policy_hash(script) + "'; base-uri 'none'; form-action 'none'";
}

std::string fill_template(std::string_view text, const std::map<std::string, std::string>& values) {
  std::string out;
  std::size_t at = 0;
  for (std::size_t open; (open = text.find("{{", at)) != std::string_view::npos;) {
    const std::size_t close = text.find("}}", open);
    if (close == std::string_view::npos) break;
    const auto value = values.find(std::string(text.substr(open + 2, close - open - 2)));
    if (value == values.end()) {
      throw std::logic_error("the template has a placeholder " +
                             std::string(text.substr(open, close + 2 - open)) + " without a value");
    }
    out.append(text.substr(at, open - at)).append(value->second);
    at = close + 2;
  }
  return out.append(text.substr(at));
}

}  // namespace saccade
