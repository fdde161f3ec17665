#pragma once

#include <cstddef>
#include <random>
#include <sstream>
#include <string>

#include "saccade/metrics/ngrams.h"

namespace saccade::test {

inline Tokens words(const std::string& text) {
  std::istringstream stream(text);
  Tokens result;
  for (std::string word; stream >> word;) result.push_back(word);
  return result;
}

/// Up to `longest` words from `vocabulary` different ones, so that words repeat and sentences
/// overlap.
inline Tokens random_sentence(std::mt19937& random, std::size_t longest, std::size_t vocabulary) {
  Tokens result(random() % (longest + 1));
  for (std::string& word : result)
    word = std::string(1, static_cast<char>('a' + random() % vocabulary));
  return result;
}

}  // namespace saccade::test
