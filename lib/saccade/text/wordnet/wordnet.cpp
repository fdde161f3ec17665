#include "saccade/text/wordnet/wordnet.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string_view>

namespace saccade {
namespace {

struct Ending {
  std::string_view from, to;
};
// WordNet's rules of detachment for nouns, verbs and adjectives, see morphy(7WN).
constexpr std::array<Ending, 20> kEndings = {{
    {"s", ""},      {"ses", "s"},   {"xes", "x"}, {"zes", "z"}, {"ches", "ch"},
    {"shes", "sh"}, {"men", "man"}, {"ies", "y"}, {"s", ""},    {"ies", "y"},
    {"es", "e"},    {"es", ""},     {"ed", "e"},  {"ed", ""},   {"ing", "e"},
    {"ing", ""},    {"er", ""},     {"est", ""},  {"er", "e"},  {"est", "e"},
}};

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

bool ends_with(const std::string& word, std::string_view end) {
  return word.size() >= end.size() && word.compare(word.size() - end.size(), end.size(), end) == 0;
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
  if (word.size() <= 2 || ends_with(word, "ss")) return nullptr;
  for (const Ending& ending : kEndings) {
    if (!ends_with(word, ending.from)) continue;
    const auto found =
        synsets_.find(word.substr(0, word.size() - ending.from.size()) + std::string(ending.to));
    if (found != synsets_.end()) return &found->second;
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

}  // namespace saccade
