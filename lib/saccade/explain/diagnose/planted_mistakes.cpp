#include "saccade/explain/diagnose/planted_mistakes.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <set>

#include "saccade/text/ptb_tokenizer.h"

namespace saccade {
namespace {

/// A word, and other words that may refer to the same thing or to one that includes it.
struct Thing {
  std::string word;
  std::vector<std::string> said_by;
};

/// Mutually exclusive things: one part of an image is at most one of them.
struct Kind {
  std::string name;
  std::vector<Thing> things;
};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {
      {"person",
       {{"man", {"men", "guy", "guys", "male", "gentleman", "dad", "father", "he"}},
        {"woman", {"women", "lady", "ladies", "female", "girl", "girls", "mother", "mom", "she"}},
        {"boy", {"boys", "child", "children", "kid", "kids", "toddler", "baby", "son", "young"}},
        {"girl",
         {"girls", "child", "children", "kid", "kids", "toddler", "baby", "daughter", "woman",
          "women", "lady", "ladies", "young"}}}},
      {"people",
       {{"men", {"man", "guy", "guys", "males", "people"}},
        {"women", {"woman", "lady", "ladies", "females", "girl", "girls", "people"}},
        {"boys", {"boy", "child", "children", "kid", "kids", "toddlers", "young"}},
        {"girls", {"girl", "child", "children", "kid", "kids", "woman", "women", "ladies"}}}},
      {"animal",
       {{"dog", {"dogs", "puppy", "puppies", "terrier", "poodle", "greyhound", "retriever"}},
        {"cat", {"cats", "kitten"}},
        {"horse", {"horses", "pony", "horseback"}},
        {"bird", {"birds", "duck", "seagull", "swan", "goose", "geese", "ducks"}},
        {"cow", {"cows", "bull", "cattle"}},
        {"sheep", {"goat", "goats", "lamb"}},
        {"duck", {"ducks", "bird", "birds", "goose", "geese", "swan"}},
        {"elephant", {"elephants"}},
        {"monkey", {"monkeys"}}}},
      {"colour",
       {{"black", {"dark"}},
        {"white", {}},
        {"brown", {"tan", "beige"}},
        {"red", {"maroon", "pink"}},
        {"blue", {"navy", "turquoise", "teal"}},
        {"yellow", {"gold", "golden"}},
        {"green", {"lime"}},
        {"orange", {}},
        {"pink", {"red", "magenta"}},
        {"purple", {"lavender", "violet"}},
        {"gray", {"grey", "silver"}}}},
      {"vehicle",
       {{"bike", {"bicycle", "bicycles", "bikes", "biker", "cyclist", "motorcycle", "motorbike"}},
        {"bicycle", {"bike", "bikes", "bicycles", "biker", "cyclist"}},
        {"motorcycle", {"motorbike", "bike", "bikes", "motorcycles", "dirtbike", "biker"}},
        {"car", {"cars", "vehicle", "jeep", "suv"}},
        {"truck", {"trucks", "vehicle", "pickup", "jeep"}},
        {"bus", {"buses", "vehicle"}},
        {"train", {"trains", "subway"}},
        {"boat", {"boats", "canoe", "kayak", "raft", "ship", "sailboat"}},
        {"skateboard", {"skateboarder", "skateboarding", "skateboards", "skater", "board"}},
        {"snowboard", {"snowboarder", "snowboarding", "snowboards", "board"}},
        {"surfboard", {"surfer", "surfing", "surfboards", "board"}}}},
      {"garment",
       {{"shirt", {"t-shirt", "top", "shirts", "jersey", "tshirt"}},
        {"dress", {"dresses", "gown", "skirt"}},
        {"jacket", {"coat", "jackets", "coats"}},
        {"suit", {"suits", "tuxedo"}}}},
      {"place",
       {{"beach", {"sand", "sandy", "shore", "ocean", "sea", "coast"}},
        {"street", {"road", "sidewalk", "city", "streets", "intersection"}},
        {"road", {"street", "path", "trail", "track", "roadway"}},
        {"snow", {"snowy", "ski", "skier", "skiing", "sled", "ice"}},
        {"grass", {"grassy", "field", "lawn", "yard", "park", "meadow"}},
        {"field", {"grass", "grassy", "meadow", "park", "pasture"}},
        {"pool", {"water", "swimming", "swim", "swims", "swimmer"}},
        {"lake", {"water", "river", "pond", "sea", "ocean"}},
        {"forest", {"woods", "trees", "wooded", "tree", "wood"}},
        {"mountain", {"mountains", "hill", "rock", "cliff", "rocks", "mountainside", "rocky"}},
        {"desert", {"sand", "sandy", "dune", "dirt"}},
        {"restaurant", {"table", "bar", "cafe", "eating"}}}},
      {"sport",
       {{"soccer", {"football", "ball"}},
        {"football", {"soccer", "rugby", "ball"}},
        {"basketball", {"hoop", "ball"}},
        {"baseball", {"softball", "ball"}},
        {"tennis", {"racket", "racquet", "ball"}},
        {"hockey", {"puck", "rink"}},
        {"volleyball", {"ball"}}}},
      {"toy",
       {{"ball", {"balls", "football", "soccer", "tennis", "basketball", "baseball", "volleyball"}},
        {"frisbee", {"disc", "disk", "frisbees"}},
        {"stick", {"sticks", "branch", "log", "wood"}},
        {"rope", {"ropes", "string", "tug"}},
        {"swing", {"swings", "swinging"}},
        {"slide", {"slides", "sliding"}},
        {"trampoline", {"trampolines"}}}}};
  return all;
}

/// Seeded random numbers that are the same with every standard library, unlike std::shuffle.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : random_(seed) {}
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(random_() % count); }
  std::vector<std::size_t> order(std::size_t count) {
    std::vector<std::size_t> numbers(count);
    std::iota(numbers.begin(), numbers.end(), 0);
    for (std::size_t i = count; i > 1; --i) std::swap(numbers[i - 1], numbers[below(i)]);
    return numbers;
  }

 private:
  std::mt19937_64 random_;
};

/// A wrong word that can replace the word at a position.
struct Replacement {
  std::size_t position;
  std::string word;
  std::string kind;
};

std::vector<std::string> wrong_words(const Kind& kind, const std::string& word,
                                     const std::set<std::string>& mentioned,
                                     const Vocabulary& vocabulary) {
  std::vector<std::string> words;
  for (const Thing& thing : kind.things) {
    const auto is_mentioned = [&](const std::string& one) { return mentioned.count(one) != 0; };
    if (thing.word == word || is_mentioned(thing.word) || !vocabulary.contains(thing.word) ||
        std::any_of(thing.said_by.begin(), thing.said_by.end(), is_mentioned)) {
      continue;
    }
    words.push_back(thing.word);
  }
  return words;
}

std::vector<Replacement> possible(const std::vector<std::string>& sentence,
                                  const std::set<std::string>& mentioned,
                                  const Vocabulary& vocabulary, Draws& draws) {
  std::vector<Replacement> replacements;
  for (std::size_t t = 0; t < sentence.size(); ++t) {
    if (!vocabulary.contains(sentence[t])) continue;
    for (const Kind& kind : kinds()) {
      const bool has = std::any_of(kind.things.begin(), kind.things.end(),
                                   [&](const Thing& thing) { return thing.word == sentence[t]; });
      if (!has) continue;
      const auto words = wrong_words(kind, sentence[t], mentioned, vocabulary);
      if (!words.empty()) replacements.push_back({t, words[draws.below(words.size())], kind.name});
    }
  }
  return replacements;
}

}  // namespace

std::vector<PlantedMistake> plant_mistakes(const Dataset& dataset, const Vocabulary& vocabulary,
                                           std::size_t per_image, std::uint64_t seed) {
  Draws draws(seed);
  std::vector<PlantedMistake> planted;
  for (std::size_t i = 0; i < dataset.images.size(); ++i) {
    std::vector<std::vector<std::string>> captions;
    std::set<std::string> mentioned;
    for (const std::string& text : dataset.images[i].captions) {
      captions.push_back(ptb_tokenize(text));
      mentioned.insert(captions.back().begin(), captions.back().end());
    }
    std::size_t count = 0;
    for (const std::size_t c : draws.order(captions.size())) {
      if (count == per_image) break;
      const auto replacements = possible(captions[c], mentioned, vocabulary, draws);
      if (replacements.empty()) continue;
      const Replacement& chosen = replacements[draws.below(replacements.size())];
      PlantedMistake mistake{i, captions[c], chosen.position, captions[c][chosen.position],
                             chosen.kind};
      mistake.words[chosen.position] = chosen.word;
      planted.push_back(std::move(mistake));
      ++count;
    }
  }
  return planted;
}

}  // namespace saccade
