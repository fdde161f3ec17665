#include "saccade/text/wordnet/label_wording.h"

#include <algorithm>

#include "saccade/text/noun_phrase.h"
#include "saccade/text/ptb_tokenizer.h"
#include "saccade/text/wordnet/label_words.h"
#include "saccade/text/wordnet/wordnet.h"

namespace saccade {
namespace {

using Ids = std::vector<std::int64_t>;

// Lexicographer files of WordNet whose nouns are no things that can be counted in an image.
constexpr int kActs = 4, kCognition = 9, kEvents = 11;

class Wording {
 public:
  Wording(const std::filesystem::path& wordnet, const Vocabulary& vocabulary)
      : nouns_(wordnet, "noun"), vocabulary_(vocabulary) {}

  /// @param names  the ids of the single words that name the label
  LabelWording of(const std::string& label, Ids names) const {
    LabelWording wording;
    const std::string noun = known_noun(label);
    if (!noun.empty() && !is_activity(label)) {
      const bool is_plural = noun == label && singular(label) != label;
      for (std::size_t count = 1; count <= kSeveral; ++count) {
        wording.phrases.push_back(
            is_plural ? first_known({"some " + noun, noun})
                      : first_known({counted(noun, count), counted(noun, 1), noun}));
      }
    }
    if (const std::string head = head_of(label); names.empty() && !head.empty()) {
      for (const std::string& word : {head, plural(head)}) {
        if (vocabulary_.contains(word)) names.push_back(vocabulary_.id(word));
      }
    }
    std::sort(names.begin(), names.end());
    wording.names = std::move(names);
    return wording;
  }

 private:
  /// The ids of the words; empty if one is unknown.
  Ids known(const std::string& text) const {
    Ids ids = vocabulary_.encode(ptb_tokenize(text));
    if (std::count(ids.begin(), ids.end(), Vocabulary::kUnknown) != 0) ids.clear();
    return ids;
  }

  /// The most common sense; 0 if WordNet does not have the noun.
  std::uint32_t sense(const std::string& noun) const {
    const auto senses = nouns_.senses(nouns_.lemma(with_underscores(noun)));
    return senses.empty() ? 0 : senses.front();
  }

  std::string singular(const std::string& label) const {
    const std::string form = with_underscores(label);
    std::string lemma = nouns_.lemma(form);
    if (lemma.empty()) {  // an unknown compound
      const std::string last = label.substr(label.rfind(' ') + 1);
      const std::string base = nouns_.lemma(last);
      return base.empty() ? label : label.substr(0, label.size() - last.size()) + base;
    }
    std::replace(lemma.begin(), lemma.end(), '_', ' ');
    return lemma;
  }

  /// The last word of a compound that is a kind of it, or whose kind is not known: "room" for
  /// living room, but not "dog" for hot dog. "" for a single word.
  std::string head_of(const std::string& label) const {
    const std::size_t space = label.rfind(' ');
    if (space == label.npos) return "";
    const std::string head = label.substr(space + 1);
    const std::uint32_t whole = sense(label);
    if (whole == 0) return head;
    const auto ancestors = nouns_.ancestors(whole);
    const auto senses = nouns_.senses(nouns_.lemma(head));
    const bool kind = std::any_of(senses.begin(), senses.end(),
                                  [&](std::uint32_t one) { return ancestors.count(one) != 0; });
    return kind ? head : "";
  }

  /// The noun for a label; "" if the vocabulary has none.
  std::string known_noun(const std::string& label) const {
    const std::string one = singular(label);
    for (const std::string& noun : {one, label, head_of(one)}) {
      if (!noun.empty() && !known(noun).empty()) return noun;
    }
    const std::uint32_t meaning = sense(label);
    if (meaning == 0) return "";
    for (const std::string& word : vocabulary_.words()) {  // the most frequent first
      if (nouns_.lemma(word) == word && sense(word) == meaning) return word;
    }
    return "";
  }

  bool is_activity(const std::string& label) const {
    std::uint32_t meaning = sense(label);
    if (meaning == 0) meaning = sense(head_of(label));
    if (meaning == 0) return false;
    const int file = nouns_.synset(meaning).file;
    return file == kActs || file == kCognition || file == kEvents;
  }

  Ids first_known(const std::vector<std::string>& texts) const {
    for (const std::string& text : texts) {
      Ids ids = known(text);
      if (!ids.empty()) return ids;
    }
    return {};
  }

  WordNetDatabase nouns_;
  const Vocabulary& vocabulary_;
};

}  // namespace

LabelWordings word_labels(const std::filesystem::path& wordnet,
                          const std::vector<std::string>& labels, const Vocabulary& vocabulary) {
  std::map<std::string, Ids> names;
  LabelWords words(wordnet, labels);
  for (std::int64_t id = Vocabulary::kSpecials; id < vocabulary.size(); ++id) {
    for (const LabelWords::Named& named : words.find({vocabulary.word(id)})) {
      for (const std::string& label : named.labels) names[label].push_back(id);
    }
  }
  const Wording wording(wordnet, vocabulary);
  LabelWordings found;
  for (const std::string& label : labels) {
    LabelWording one = wording.of(label, names[label]);
    if (!one.phrases.empty() || !one.names.empty()) found.emplace(label, std::move(one));
  }
  return found;
}

}  // namespace saccade
