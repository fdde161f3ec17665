#pragma once

#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "temporary_folder.h"

namespace saccade::test {

/// A synset of a made-up WordNet: its words, lexicographer file and hypernym (by its first word).
struct MadeUp {
  std::vector<std::string> words;
  int file;
  std::string parent;
};

/// Writes the index, data and exceptions of one part of speech in the format of wndb(5WN).
inline void write_part(const TemporaryFolder& folder, const std::string& part,
                       const std::vector<MadeUp>& synsets, const std::string& exceptions) {
  // The length of a line does not depend on the offsets, which have eight digits.
  std::map<std::string, std::size_t> offset;
  const auto line = [&](const MadeUp& synset, std::size_t at) {
    char number[16];
    std::snprintf(number, sizeof number, "%08zu", at);
    std::string text = std::string(number) + " " + (synset.file < 10 ? "0" : "") +
                       std::to_string(synset.file) + " n 0" + std::to_string(synset.words.size());
    for (const auto& word : synset.words) text += " " + word + " 0";
    if (synset.parent.empty()) return text + " 000 | made up  \n";
    std::snprintf(number, sizeof number, "%08zu", offset[synset.parent]);
    return text + " 001 @ " + number + " n 0000 | made up  \n";
  };
  std::string data = "  1 a licence  \n";
  for (const MadeUp& synset : synsets) {
    offset[synset.words.front()] = data.size();
    data += line(synset, data.size());
  }
  std::map<std::string, std::vector<std::size_t>> senses;
  for (const MadeUp& synset : synsets) {
    for (const auto& word : synset.words) senses[word].push_back(offset[synset.words.front()]);
  }
  std::string index = "  1 a licence  \n";
  for (const auto& [word, at] : senses) {
    index += word + " n " + std::to_string(at.size()) + " 1 @ " + std::to_string(at.size()) + " 0";
    for (const auto one : at) {
      char number[16];
      std::snprintf(number, sizeof number, " %08zu", one);
      index += number;
    }
    index += "  \n";
  }
  write_file(folder / ("index." + part), index);
  write_file(folder / ("data." + part), data);
  write_file(folder / (part + ".exc"), exceptions);
}

}  // namespace saccade::test
