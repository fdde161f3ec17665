#include "saccade/text/noun_phrase.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>

#include "saccade/io/unicode.h"

namespace saccade {
namespace {

using Words = std::set<std::string_view>;

template <std::size_t N>
bool starts_with_any(std::string_view word, const std::array<std::string_view, N>& starts) {
  return std::any_of(starts.begin(), starts.end(),
                     [&](std::string_view start) { return starts_with(word, start); });
}

bool is_vowel(char c) { return std::string_view("aeiou").find(c) != std::string_view::npos; }

std::string_view last_word(std::string_view noun) {
  const std::size_t space = noun.rfind(' ');
  return space == noun.npos ? noun : noun.substr(space + 1);
}

/// Nouns whose parts make a pair.
bool names_a_pair(std::string_view word) {
  static const Words kPairs{"binoculars", "glasses", "goggles",  "headphones",
                            "jeans",      "pajamas", "pants",    "pliers",
                            "scissors",   "shorts",  "skis",     "sunglasses",
                            "tights",     "tongs",   "trousers", "tweezers"};
  return kPairs.count(word) != 0;
}

/// Nouns without a singular or without a number.
bool is_uncountable(std::string_view word) {
  static const Words kMass{"bacon",   "bread",   "broccoli", "butter",    "cattle",  "celery",
                           "cheese",  "clothes", "clothing", "corn",      "food",    "furniture",
                           "garlic",  "grass",   "hair",     "jewelry",   "lettuce", "lightning",
                           "luggage", "meat",    "milk",     "pasta",     "people",  "popcorn",
                           "rice",    "sand",    "snow",     "spaghetti", "spinach", "water"};
  return kMass.count(word) != 0;
}

std::string plural_of_word(const std::string& word) {
  static const Words kUnchanged{"aircraft", "bison",  "deer",    "moose", "salmon", "series",
                                "sheep",    "shrimp", "species", "squid", "swine",  "trout"};
  static const Words kMans{"german", "human", "ottoman", "roman", "talisman"};
  static const std::map<std::string_view, std::string_view> kIrregular{
      {"child", "children"},
      {"echo", "echoes"},
      {"foot", "feet"},
      {"goose", "geese"},
      {"grandchild", "grandchildren"},
      {"hero", "heroes"},
      {"mango", "mangoes"},
      {"mouse", "mice"},
      {"ox", "oxen"},
      {"person", "people"},
      {"potato", "potatoes"},
      {"tomato", "tomatoes"},
      {"tooth", "teeth"},
      {"volcano", "volcanoes"}};
  static constexpr std::array<std::string_view, 11> kWithVes{
      "knife", "wife", "life", "leaf", "loaf", "shelf", "wolf", "calf", "half", "scarf", "elf"};
  if (kUnchanged.count(word) != 0 || ends_with(word, "fish")) return word;
  const auto irregular = kIrregular.find(word);
  if (irregular != kIrregular.end()) return std::string(irregular->second);
  const std::string stem = word.substr(0, word.size() - std::min<std::size_t>(1, word.size()));
  if (ends_with(word, "man") && kMans.count(word) == 0) {
    return word.substr(0, word.size() - 3) + "men";
  }
  for (const std::string_view end : kWithVes) {
    if (!ends_with(word, end)) continue;
    return word.substr(0, word.size() - (end.back() == 'e' ? 2 : 1)) + "ves";
  }
  if (ends_with(word, "y") && word.size() > 1 && !is_vowel(word[word.size() - 2])) {
    return stem + "ies";
  }
  for (const char* end : {"s", "x", "z", "ch", "sh"}) {
    if (ends_with(word, end)) return word + "es";
  }
  return word + "s";
}

}  // namespace

std::string plural(const std::string& noun) {
  const std::string last(last_word(noun));
  return noun.substr(0, noun.size() - last.size()) + plural_of_word(last);
}

std::string with_article(const std::string& noun) {
  static constexpr std::array<std::string_view, 7> kVowelSound{"heir", "honest", "honor", "honour",
                                                               "hour", "suv",    "x-ray"};
  static constexpr std::array<std::string_view, 8> kConsonantSound{"eu",  "ewe", "one", "uk",
                                                                   "uni", "use", "usu", "ute"};
  const bool vowel =
      starts_with_any(noun, kVowelSound) ||
      (!noun.empty() && is_vowel(noun.front()) && !starts_with_any(noun, kConsonantSound));
  return (vowel ? "an " : "a ") + noun;
}

std::string counted(const std::string& noun, std::size_t count) {
  static constexpr std::array<const char*, kSeveral - 2> kNumbers{"two", "three", "four", "five"};
  const std::string_view last = last_word(noun);
  const std::string number = count < 2 ? "a" : count < kSeveral ? kNumbers[count - 2] : "several";
  if (names_a_pair(last)) return number + (count < 2 ? " pair of " : " pairs of ") + noun;
  if (is_uncountable(last)) return "some " + noun;
  return count < 2 ? with_article(noun) : number + " " + plural(noun);
}

}  // namespace saccade
