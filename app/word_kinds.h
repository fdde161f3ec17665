#pragma once

#include <memory>
#include <string>
#include <vector>

#include "saccade/text/wordnet/word_kinds.h"

#include "arguments.h"

namespace saccade::app {

/// --wordnet: the folder that the kinds of words are read from.
void add_word_kinds_options(Arguments& arguments);

/// Loads the kinds of the vocabulary's words.
/// @return nullptr, with a warning on stderr, if WordNet is not installed and --wordnet not given
/// @throws std::runtime_error if --wordnet is given and cannot be read
std::shared_ptr<const WordKinds> load_word_kinds(const Arguments& arguments,
                                                 const std::vector<std::string>& words);

}  // namespace saccade::app
