#include "saccade/text/wordnet/wordnet.h"

#include <algorithm>
#include <deque>
#include <fstream>
#include <libstemmer.h>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace saccade {

Stemmer::Stemmer() : stemmer_(sb_stemmer_new("english", "UTF_8")) {
  if (!stemmer_)
    throw std::runtime_error("libstemmer was built without its English stemmer for UTF-8");
}

void Stemmer::Delete::operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }

const std::string& Stemmer::stem(const std::string& word) {
  const auto known = known_.find(word);
  if (known != known_.end()) return known->second;
  const sb_symbol* stem =
      sb_stemmer_stem(stemmer_.get(), reinterpret_cast<const sb_symbol*>(word.data()),
                      static_cast<int>(word.size()));
  if (stem == nullptr) throw std::bad_alloc();
  const auto length = static_cast<std::size_t>(sb_stemmer_length(stemmer_.get()));
  return known_.emplace(word, std::string(reinterpret_cast<const char*>(stem), length))
      .first->second;
}

namespace {

using Endings = std::vector<std::pair<std::string_view, std::string_view>>;

/// WordNet's rules of detachment for "noun", "verb" or "adj", see morphy(7WN): each ending and what
/// replaces it.
const Endings& endings(std::string_view part) {
  static const Endings nouns = {{"s", ""},      {"ses", "s"},   {"xes", "x"},   {"zes", "z"},
                                {"ches", "ch"}, {"shes", "sh"}, {"men", "man"}, {"ies", "y"}};
  static const Endings verbs = {{"s", ""},   {"ies", "y"}, {"es", "e"},  {"es", ""},
                                {"ed", "e"}, {"ed", ""},   {"ing", "e"}, {"ing", ""}};
  static const Endings adjectives = {{"er", ""}, {"est", ""}, {"er", "e"}, {"est", "e"}};
  return part == "verb" ? verbs : part == "adj" ? adjectives : nouns;
}

std::ifstream open(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) {
    throw std::runtime_error(
        "the WordNet file " + path.string() +
        " cannot be read: METEOR-wn needs the WordNet data files; install Debian's "
        "wordnet-base or give the folder of the files");
  }
  return file;
}

bool has_ending(std::string_view word, std::string_view end) {
  return word.size() >= end.size() && word.substr(word.size() - end.size()) == end;
}

}  // namespace

WordNet::WordNet(const std::filesystem::path& folder) {
  std::uint32_t part_of_speech = 0;
  for (const char* name : {"noun", "verb", "adj", "adv"}) {
    read_index(folder / (std::string("index.") + name), part_of_speech++);
    read_exceptions(folder / (std::string(name) + ".exc"));
  }
}

// The fields of a line: lemma, part of speech, number of synsets, number of pointers, the pointers,
// number of senses, number of tagged senses, and the synsets as offsets into the data file. The
// lines of the license at the top are indented.
void WordNet::read_index(const std::filesystem::path& path, std::uint32_t part_of_speech) {
  std::ifstream file = open(path);
  std::string line;
  for (std::size_t number = 1; std::getline(file, line); ++number) {
    if (line.empty() || line[0] == ' ') continue;
    std::istringstream fields(line);
    std::string lemma, skipped;
    std::size_t synsets = 0, pointers = 0;
    fields >> lemma >> skipped >> synsets >> pointers;
    if (lemma.find('_') != std::string::npos) continue;
    for (std::size_t i = 0; i < pointers + 2; ++i) fields >> skipped;
    std::vector<std::uint32_t>& sets = synsets_[lemma];
    for (std::size_t i = 0; i < synsets; ++i) {
      std::uint32_t offset = 0;
      fields >> offset;
      sets.push_back(part_of_speech << 28 | offset);
    }
    if (!fields) {
      throw std::runtime_error(path.string() + ", line " + std::to_string(number) +
                               " is not a valid line of a WordNet index");
    }
  }
}

void WordNet::read_exceptions(const std::filesystem::path& path) {
  std::ifstream file = open(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string form, base;
    fields >> form;
    while (fields >> base) exceptions_[form].push_back(base);
  }
}

const std::vector<std::uint32_t>* WordNet::find_base(const std::string& word) const {
  if (word.size() <= 2 || has_ending(word, "ss")) return nullptr;
  for (const char* part : {"noun", "verb", "adj"}) {
    for (const auto& [from, to] : endings(part)) {
      if (!has_ending(word, from)) continue;
      const auto found = synsets_.find(word.substr(0, word.size() - from.size()) + std::string(to));
      if (found != synsets_.end()) return &found->second;
    }
  }
  return nullptr;
}

std::vector<std::uint32_t> WordNet::synsets(const std::string& word) const {
  std::vector<std::uint32_t> result;
  const auto append = [&](const std::vector<std::uint32_t>& sets) {
    result.insert(result.end(), sets.begin(), sets.end());
  };
  const auto append_known = [&](const std::string& known) {
    const auto found = synsets_.find(known);
    if (found != synsets_.end()) append(found->second);
  };
  append_known(word);
  const auto exception = exceptions_.find(word);
  if (exception != exceptions_.end()) {
    for (const std::string& base : exception->second) append_known(base);
  } else if (const auto* sets = find_base(word)) {
    append(*sets);
  }
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

namespace {

/// The line of a sorted index that starts with the lemma and a space, or "".
std::string_view find_line(std::string_view index, std::string_view lemma) {
  std::size_t low = 0, high = index.size();
  while (low < high) {
    std::size_t begin = low + (high - low) / 2;
    while (begin > low && index[begin - 1] != '\n') --begin;
    const std::size_t end = std::min(index.find('\n', begin), index.size());
    const std::string_view line = index.substr(begin, end - begin);
    const std::string_view key = line.substr(0, line.find(' '));
    if (key == lemma) return line;
    if (key < lemma) {
      low = std::min(end + 1, high);
    } else {
      high = begin;
    }
  }
  return {};
}

}  // namespace

std::string with_underscores(std::string words) {
  std::replace(words.begin(), words.end(), ' ', '_');
  return words;
}

WordNetDatabase::WordNetDatabase(const std::filesystem::path& folder, const std::string& part)
    : part_(part), index_(folder / ("index." + part)), data_(folder / ("data." + part)) {
  std::ifstream file(folder / (part + ".exc"));
  if (!file) {
    throw std::runtime_error((folder / (part + ".exc")).string() +
                             ": cannot be read; install Debian's wordnet-base or give the folder "
                             "of the WordNet data files");
  }
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string form, base;
    if (fields >> form >> base) exceptions_.emplace(form, base);
  }
}

std::vector<std::uint32_t> WordNetDatabase::senses(const std::string& lemma) const {
  std::vector<std::uint32_t> result;
  const std::string_view line = find_line(index_.bytes(), lemma);
  if (lemma.empty() || line.empty()) return result;
  // lemma, part of speech, number of synsets, number of pointers, the pointers, number of senses,
  // number of tagged senses, and the synsets
  std::istringstream fields{std::string(line)};
  std::string skipped;
  std::size_t synsets = 0, pointers = 0;
  fields >> skipped >> skipped >> synsets >> pointers;
  for (std::size_t i = 0; i < pointers + 2; ++i) fields >> skipped;
  for (std::uint32_t offset = 0; fields >> offset;) result.push_back(offset);
  if (result.size() != synsets) {
    throw std::runtime_error(index_.path().string() + ": the line of \"" + lemma +
                             "\" is not a valid line of a WordNet index");
  }
  return result;
}

std::string WordNetDatabase::lemma(const std::string& form) const {
  const auto exception = exceptions_.find(form);
  if (exception != exceptions_.end()) return exception->second;
  if (!find_line(index_.bytes(), form).empty()) return form;
  if (form.size() <= 2 || has_ending(form, "ss")) return "";
  for (const auto& [from, to] : endings(part_ == "verb" ? "verb" : "noun")) {
    if (form.size() == from.size() || !has_ending(form, from)) continue;
    const std::string base = form.substr(0, form.size() - from.size()) + std::string(to);
    if (!find_line(index_.bytes(), base).empty()) return base;
    // A doubled consonant before the ending: "running", "sitting".
    const std::size_t n = base.size();
    if (to.empty() && n > 2 && base[n - 1] == base[n - 2]) {
      const std::string single = base.substr(0, n - 1);
      if (!find_line(index_.bytes(), single).empty()) return single;
    }
  }
  return "";
}

WordNetDatabase::Synset WordNetDatabase::synset(std::uint32_t offset) const {
  const std::string_view data = data_.bytes();
  const auto refuse = [&]() {
    return std::runtime_error(data_.path().string() + ": there is no synset at offset " +
                              std::to_string(offset) + "; use the index file of this data file");
  };
  if (offset >= data.size() || (offset > 0 && data[offset - 1] != '\n')) throw refuse();
  std::istringstream fields{std::string(data.substr(offset, data.find('\n', offset) - offset))};
  // offset, lexicographer file, type, number of words (hexadecimal), each word with its id, number
  // of pointers, the pointers
  std::uint32_t own = 0;
  Synset synset;
  std::string skipped;
  std::size_t words = 0, pointers = 0;
  fields >> own >> synset.file >> skipped >> std::hex >> words >> std::dec;
  for (std::size_t i = 0; i < 2 * words; ++i) fields >> skipped;
  fields >> pointers;
  for (std::size_t i = 0; i < pointers; ++i) {
    std::string symbol, part, positions;
    std::uint32_t target = 0;
    fields >> symbol >> target >> part >> positions;
    if (symbol == "@" || symbol == "@i") synset.hypernyms.push_back(target);
    if (symbol == "@i") synset.has_name = true;
  }
  if (!fields || own != offset) throw refuse();
  return synset;
}

std::map<std::uint32_t, int> WordNetDatabase::ancestors(std::uint32_t offset) const {
  std::map<std::uint32_t, int> steps{{offset, 0}};
  std::deque<std::uint32_t> open{offset};
  for (; !open.empty(); open.pop_front()) {
    for (const std::uint32_t parent : synset(open.front()).hypernyms) {
      if (steps.emplace(parent, steps[open.front()] + 1).second) open.push_back(parent);
    }
  }
  return steps;
}

}  // namespace saccade
