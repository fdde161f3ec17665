#include "saccade/text/wordnet/label_words.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "saccade/text/content_words.h"

namespace saccade {
namespace {

using Strings = std::vector<std::string>;

constexpr std::size_t kLongestName = 3;  // words

/// Names of a COCO label that WordNet does not have, or whose most common sense is a different one.
struct Everyday {
  const char* label;
  Strings names;  ///< in addition to the label itself
  /// Lemmas whose most common sense is the meaning of the label; std::nullopt: the label itself.
  std::optional<Strings> kinds;
};

const std::vector<Everyday>& everyday() {
  static const Strings kNone;
  static const std::vector<Everyday> kTable{
      {"airplane", {"aircraft", "jet"}, {}},
      {"backpack", {"bag", "pack", "rucksack"}, {}},
      {"baseball bat", {"bat"}, {}},
      {"baseball glove", {"glove", "mitt"}, {}},
      {"bicycle", {"bike"}, {}},
      {"boat", {"ship"}, {}},
      {"cake", {"birthday_cake", "cupcake"}, kNone},
      {"cat", {"kitten", "kitty"}, {}},
      {"cell phone", {"phone", "cellphone", "smartphone", "iphone"}, Strings{"cellular_telephone"}},
      {"cow", {"cattle", "bull", "calf", "ox"}, {}},
      {"cup", {"mug"}, {}},
      {"dining table", {"table"}, {}},
      {"dog", {"puppy", "pup", "doggy"}, {}},
      {"donut", {"doughnut"}, {}},
      {"fire hydrant", {"hydrant"}, {}},
      {"frisbee", {"disc", "disk"}, {}},
      {"handbag", {"bag", "purse"}, {}},
      {"horse", {"foal", "colt"}, {}},
      {"hot dog", {"hotdog"}, kNone},
      {"kite", {}, kNone},
      {"laptop", {"computer", "laptop_computer"}, {}},
      {"microwave", {"microwave_oven"}, kNone},
      {"motorcycle", {"bike", "motorbike", "moped", "scooter"}, {}},
      {"mouse", {"computer_mouse"}, kNone},
      {"oven", {"stove"}, {}},
      {"parking meter", {"meter"}, {}},
      {"person", {"people", "couple", "family", "team", "crowd"}, {}},
      {"potted plant", {"plant", "houseplant"}, kNone},
      {"refrigerator", {"fridge"}, {}},
      {"remote", {"remote_control", "controller"}, {}},
      {"sheep", {"lamb", "ram", "ewe"}, {}},
      {"sink", {"basin", "washbasin"}, kNone},
      {"skateboard", {"board"}, {}},
      {"skis", {"ski"}, Strings{"ski"}},
      {"snowboard", {"board"}, {}},
      {"sports ball", {"ball"}, Strings{"ball"}},
      {"stop sign", {"sign"}, {}},
      {"suitcase", {"bag", "luggage", "baggage"}, {}},
      {"surfboard", {"board"}, {}},
      {"teddy bear", {"teddy", "stuffed_animal", "stuffed_bear"}, {}},
      {"tennis racket", {"racket", "racquet"}, {}},
      {"toilet", {}, kNone},
      {"traffic light", {"light", "stoplight", "signal"}, {}},
      {"train", {"locomotive"}, {}},
      {"tv", {"television", "monitor", "screen"}, Strings{"television_set"}},
      {"umbrella", {"parasol"}, {}},
      {"wine glass", {"glass", "wineglass"}, Strings{"wineglass"}}};
  return kTable;
}

/// A word in lower case without surrounding punctuation: `"Dog's,` becomes dog.
struct Bare {
  std::string word;
  bool ends = false;  ///< punctuation follows, which ends a compound
};

Bare bare(const std::string& written) {
  const auto inner = [](unsigned char c) { return c >= 0x80 || std::isalnum(c) != 0; };
  const auto first = std::find_if(written.begin(), written.end(), inner);
  const auto last = std::find_if(written.rbegin(), written.rend(), inner).base();
  Bare result;
  if (first >= last) return {"", true};
  result.word.assign(first, last);
  for (char& c : result.word) c = char(std::tolower(static_cast<unsigned char>(c)));
  result.ends = last != written.end();
  const std::size_t n = result.word.size();
  if (n > 2 && result.word.compare(n - 2, 2, "'s") == 0) {
    result.word.resize(n - 2);
    result.ends = true;
  }
  return result;
}

}  // namespace

LabelWords::LabelWords(const std::filesystem::path& wordnet, const Strings& labels)
    : nouns_(wordnet, "noun"), adjectives_(wordnet, "adj") {
  for (const std::string& name : labels) {
    Label label{name, {with_underscores(name)}, {}};
    Strings kinds{label.names.front()};
    for (const Everyday& entry : everyday()) {
      if (name != entry.label) continue;
      label.names.insert(label.names.end(), entry.names.begin(), entry.names.end());
      if (entry.kinds) kinds = *entry.kinds;
    }
    for (const std::string& kind : kinds) {
      const auto senses = nouns_.senses(nouns_.lemma(kind));
      if (!senses.empty()) label.kinds.push_back(senses.front());
    }
    labels_.push_back(std::move(label));
  }
}

LabelWords::Entry LabelWords::look_up(const std::string& form) const {
  const std::string lemma = nouns_.lemma(form);
  // The plural of a name that is not in WordNet: "potted plants".
  const std::string singular = form.back() == 's' ? form.substr(0, form.size() - 1) : form;
  const auto senses = nouns_.senses(lemma);
  Entry entry{!senses.empty(), {}};
  for (const Label& label : labels_) {
    const bool named =
        std::any_of(label.names.begin(), label.names.end(), [&](const std::string& name) {
          return name == form || name == lemma || (lemma.empty() && name == singular);
        });
    if (named) entry.labels.push_back(label.name);
  }
  entry.noun = entry.noun || !entry.labels.empty();
  if (!entry.labels.empty() || senses.empty() || is_function_word(form) ||
      !adjectives_.senses(form).empty() || nouns_.synset(senses.front()).has_name) {
    return entry;
  }
  const auto ancestors = nouns_.ancestors(senses.front());
  for (const Label& label : labels_) {
    const bool kind =
        std::any_of(label.kinds.begin(), label.kinds.end(),
                    [&](std::uint32_t synset) { return ancestors.count(synset) != 0; });
    if (kind) entry.labels.push_back(label.name);
  }
  return entry;
}

const LabelWords::Entry& LabelWords::entry(const std::string& form) {
  const auto found = entries_.find(form);
  if (found != entries_.end()) return found->second;
  return entries_.emplace(form, look_up(form)).first->second;
}

std::vector<LabelWords::Named> LabelWords::find(const Strings& words) {
  std::vector<Bare> sentence;
  for (const std::string& word : words) sentence.push_back(bare(word));
  std::vector<Named> found;
  for (std::size_t i = 0; i < sentence.size();) {
    std::size_t taken = 1;
    for (std::size_t n = std::min(kLongestName, sentence.size() - i); n >= 1; --n) {
      std::string form = sentence[i].word;
      bool whole = !form.empty();
      for (std::size_t j = i; j + 1 < i + n; ++j) {
        whole = whole && !sentence[j].ends && !sentence[j + 1].word.empty();
        form += "_" + sentence[j + 1].word;
      }
      if (!whole) continue;
      const Entry& known = entry(form);
      if (!known.noun) continue;
      if (!known.labels.empty()) found.push_back({i, n, known.labels});
      taken = n;
      break;
    }
    i += taken;
  }
  return found;
}

}  // namespace saccade
