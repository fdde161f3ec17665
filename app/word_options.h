#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "saccade/text/wordnet/word_kinds.h"
#include "saccade/text/wordnet/wordnet.h"

#include "arguments.h"

namespace saccade::app {

/// --wordnet: the folder that the kinds of words are read from.
void add_word_kinds_options(Arguments& arguments);

/// Loads the kinds of the vocabulary's words.
/// @return nullptr, with a warning on stderr, if WordNet is not installed and --wordnet not given
/// @throws std::runtime_error if --wordnet is given and cannot be read
std::shared_ptr<const WordKinds> load_word_kinds(const Arguments& arguments,
                                                 const std::vector<std::string>& words);

/// --wordnet and --no-meteor.
void add_meteor_options(Arguments& arguments);

/// Loads WordNet for METEOR-wn.
/// @param warnings  gets a warning if the default folder has no WordNet files
/// @return nullptr with --no-meteor, or after that warning
/// @throws std::runtime_error if --wordnet is given and cannot be read
std::shared_ptr<const WordNet> load_wordnet(const Arguments& arguments,
                                            std::vector<std::string>& warnings);

/// --instead-of "bird=dog": a word of the sentence and a word to compare it with.
struct Comparison {
  std::string word, other;
};

/// @return nullopt if --instead-of is not given
/// @throws UsageError if it is not WORD=OTHER
std::optional<Comparison> comparison_option(const Arguments& arguments);

}  // namespace saccade::app
