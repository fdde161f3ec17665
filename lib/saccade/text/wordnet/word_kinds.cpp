#include "saccade/text/wordnet/word_kinds.h"

#include <algorithm>
#include <set>

#include "saccade/text/wordnet/wordnet.h"

namespace saccade {
namespace {

// Ids of kinds that are not synsets: verbs by their lexicographer file (below 50), and colors.
constexpr std::uint32_t kVerb = 1000;
constexpr std::uint32_t kColor = 2000;
// lexnames(5WN): noun.animal, noun.body, noun.food, noun.person, noun.plant.
constexpr int kWholeFiles[] = {5, 8, 13, 18, 20};
constexpr std::size_t kSensesOfAColour = 4;  // the first sense of "orange" is a fruit
constexpr std::size_t kCommonSenses = 2;
constexpr int kNear = 3;      // maximum number of steps to an ancestor that forms a kind
constexpr int kFromRoot = 5;  // its minimum depth below the root; "artifact" is too general

std::set<std::uint32_t> colour_synsets(const WordNetDatabase& nouns) {
  std::set<std::uint32_t> colours;
  for (const char* name : {"chromatic_color", "achromatic_color"}) {
    for (const auto sense : nouns.senses(name)) colours.insert(sense);
  }
  return colours;
}

bool is_colour(const WordNetDatabase& nouns, const std::set<std::uint32_t>& colours,
               const std::vector<std::uint32_t>& senses) {
  for (std::size_t i = 0; i < std::min(senses.size(), kSensesOfAColour); ++i) {
    for (const auto& [ancestor, steps] : nouns.ancestors(senses[i])) {
      if (steps > 0 && steps <= kNear && colours.count(ancestor) != 0) return true;
    }
  }
  return false;
}

int height(const std::map<std::uint32_t, int>& ancestors) {
  int max = 0;
  for (const auto& [ancestor, steps] : ancestors) max = std::max(max, steps);
  return max;
}

std::vector<std::uint32_t> noun_kinds(const WordNetDatabase& nouns, std::uint32_t sense,
                                      const std::map<std::uint32_t, int>& ancestors) {
  const int file = nouns.synset(sense).file;
  if (std::find(std::begin(kWholeFiles), std::end(kWholeFiles), file) != std::end(kWholeFiles)) {
    return {static_cast<std::uint32_t>(file)};
  }
  std::vector<std::uint32_t> kinds;
  for (const auto& [ancestor, steps] : ancestors) {
    if (steps == 0 || steps > kNear) continue;
    if (height(nouns.ancestors(ancestor)) >= kFromRoot) kinds.push_back(ancestor);
  }
  return kinds;
}

bool intersect(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) {
  return std::find_first_of(a.begin(), a.end(), b.begin(), b.end()) != a.end();
}

}  // namespace

WordKinds::WordKinds(const std::filesystem::path& folder, const std::vector<std::string>& words) {
  const WordNetDatabase nouns(folder, "noun");
  const WordNetDatabase verbs(folder, "verb");
  const std::set<std::uint32_t> colours = colour_synsets(nouns);
  for (const std::string& word : words) {
    Entry& entry = entries_.emplace_back();
    const std::string noun = nouns.lemma(word), verb = verbs.lemma(word);
    const bool inflected = !verb.empty() && verb != word && (noun.empty() || noun == word);
    entry.base = inflected || noun.empty() ? verb : noun;
    if (entry.base.empty()) entry.base = word;
    const auto senses = nouns.senses(noun);
    if (is_colour(nouns, colours, senses)) {
      entry.kinds = {kColor};
    } else if (!senses.empty() && !inflected) {
      const auto ancestors = nouns.ancestors(senses.front());
      entry.kinds = noun_kinds(nouns, senses.front(), ancestors);
      for (const auto& [ancestor, steps] : ancestors) {
        if (steps > 0) entry.ancestors.insert(ancestor);
      }
      entry.senses.assign(senses.begin(), senses.begin() + std::min(senses.size(), kCommonSenses));
    }
    const auto actions = verbs.senses(verb);
    if (inflected && !actions.empty() && entry.kinds.empty()) {
      entry.kinds.push_back(kVerb + static_cast<std::uint32_t>(verbs.synset(actions[0]).file));
    }
  }
}

bool WordKinds::compatible(std::int64_t a, std::int64_t b) const {
  const Entry& first = entry(a);
  const Entry& second = entry(b);
  if (a == b || first.base == second.base || intersect(first.senses, second.senses)) return true;
  const auto includes = [](const Entry& general, const Entry& special) {
    return !general.senses.empty() && special.ancestors.count(general.senses.front()) != 0;
  };
  return includes(first, second) || includes(second, first);
}

bool WordKinds::same_kind(std::int64_t a, std::int64_t b) const {
  return intersect(entry(a).kinds, entry(b).kinds) && !compatible(a, b);
}

}  // namespace saccade
