// Text in pages: it round-trips and never becomes markup.
#include <nlohmann/json.hpp>

#include "saccade/explain/page/html.h"
#include "saccade/io/unicode.h"

#include "fuzz.h"

namespace saccade::fuzz {
namespace {

std::string unescaped(const std::string& html) {
  static const std::pair<const char*, char> kEntities[] = {
      {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};
  std::string text;
  for (std::size_t at = 0; at < html.size();) {
    bool found = false;
    for (const auto& [entity, c] : kEntities) {
      if (html.compare(at, std::string_view(entity).size(), entity) != 0) continue;
      text += c;
      at += std::string_view(entity).size();
      found = true;
      break;
    }
    require(found || html[at] != '&', "an ampersand starts an entity");
    if (!found) text += html[at++];
  }
  return text;
}

bool is_control(char c) {
  return (static_cast<unsigned char>(c) < 32 && c != '\t' && c != '\n') || c == 127;
}

}  // namespace

std::vector<std::string> seeds() {
  return {"a dog & a cat", "</script><!--<script>", "\"'><img src=x onerror=alert(1)>",
          "\xff\xc3\xa9\x01\x7f&lt;", "{{title}} ]]> \xe2\x80\xa8"};
}

void run(std::string_view input) {
  const MemoryBound bound{64, 1 << 16};
  std::string html, json, expected;
  require(accepted(input.size(), bound, [&] { html = escape_html(input); }),
          "any text can be escaped");
  require(html.find_first_of("<>\"'") == html.npos, "no markup is left");
  const nlohmann::ordered_json valid =
      nlohmann::ordered_json::parse(nlohmann::ordered_json(input).dump(
          -1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  for (const char c : encode_utf8(decode_utf8(input))) {
    expected += is_control(c) ? std::string("\xEF\xBF\xBD") : std::string(1, c);
  }
  require(unescaped(html) == expected, "the text round-trips");

  const nlohmann::ordered_json value{{std::string(input), {input, 1.5, nullptr}}};
  const nlohmann::ordered_json valid_value{{valid.get<std::string>(), {valid, 1.5, nullptr}}};
  require(accepted(input.size(), bound, [&] { json = json_for_html(value); }),
          "any JSON can be escaped");
  require(json.find_first_of("<>&") == json.npos, "no markup is left in JSON");
  require(nlohmann::ordered_json::parse(json) == valid_value, "the JSON round-trips");
}

}  // namespace saccade::fuzz
