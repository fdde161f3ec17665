#include "saccade/text/wordnet/wordnet_database.h"

#include <algorithm>
#include <deque>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace saccade {
namespace {

using Endings = std::vector<std::pair<std::string_view, std::string_view>>;

// WordNet's rules of detachment, see morphy(7WN).
const Endings& endings(const std::string& part) {
  static const Endings nouns = {{"s", ""},      {"ses", "s"},   {"xes", "x"},   {"zes", "z"},
                                {"ches", "ch"}, {"shes", "sh"}, {"men", "man"}, {"ies", "y"}};
  static const Endings verbs = {{"s", ""},   {"ies", "y"}, {"es", "e"},  {"es", ""},
                                {"ed", "e"}, {"ed", ""},   {"ing", "e"}, {"ing", ""}};
  return part == "verb" ? verbs : nouns;
}

bool has_ending(std::string_view word, std::string_view end) {
  return word.size() > end.size() && word.substr(word.size() - end.size()) == end;
}

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
  for (const auto& [from, to] : endings(part_)) {
    if (!has_ending(form, from)) continue;
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
