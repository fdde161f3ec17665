// A bundle's config.json and vocab.json: accepted input round-trips through writing and reading.
#include <nlohmann/json.hpp>

#include "saccade/io/json.h"
#include "saccade/model/config.h"
#include "saccade/text/vocabulary.h"

#include "fuzz.h"

namespace saccade::fuzz {

std::vector<std::string> seeds() {
  ModelConfig config;
  config.decoder.vocabulary = 10;
  return {to_json(config).dump(), to_json(config).dump(1),
          Vocabulary({"a", "dog", "\xc3\xa9"}).to_json()};
}

void run(std::string_view input) {
  const MemoryBound bound{128, 1 << 20};
  ModelConfig config;
  if (accepted(input.size(), bound,
               [&] { config = model_config_from_json(parse_strict_json(input, "config.json")); })) {
    const nlohmann::json json = to_json(config);
    require(to_json(model_config_from_json(json)) == json, "the config round-trips");
  }
  Vocabulary vocabulary;
  if (accepted(input.size(), bound,
               [&] { vocabulary = Vocabulary::from_json(std::string(input), "vocab.json"); })) {
    const auto again = Vocabulary::from_json(vocabulary.to_json(), "again");
    require(again.words() == vocabulary.words(), "the vocabulary round-trips");
  }
}

}  // namespace saccade::fuzz
