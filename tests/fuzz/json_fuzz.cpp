// Strict JSON: accepted input gives the same result as the underlying parser.
#include "saccade/io/json.h"

#include "fuzz.h"

namespace saccade::fuzz {

std::vector<std::string> seeds() {
  return {R"({"a": [1, -2.5e3, true, null], "b": {"c": "\u00e9\n"}})", "[[[]]]", "\"text\"",
          R"({"a": 1, "a": 2})"};
}

void run(std::string_view input) {
  nlohmann::json json;
  if (!accepted(input.size(), {64, 1 << 20}, [&] { json = parse_strict_json(input, "fuzz"); })) {
    return;
  }
  require(json == nlohmann::json::parse(input), "the underlying parser gives the same result");
  if (!json.is_object()) return;
  for (const auto& item : json.items()) {
    JsonFields fields(json, "");
    accepted(input.size(), {64, 1 << 20}, [&] { fields.integer(item.key(), -5, 1000); });
    accepted(input.size(), {64, 1 << 20}, [&] { fields.numbers(item.key(), 3); });
    accepted(input.size(), {64, 1 << 20}, [&] { fields.text(item.key()); });
    accepted(input.size(), {64, 1 << 20}, [&] { fields.object(item.key()).finish(); });
  }
}

}  // namespace saccade::fuzz
