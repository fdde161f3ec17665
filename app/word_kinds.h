#pragma once

#include <memory>
#include <string>
#include <vector>

#include "saccade/text/wordnet/word_kinds.h"

#include "arguments.h"

namespace saccade::app {

/// --wordnet: where the kinds of words are looked up.
void add_word_kinds_options(Arguments& arguments);

/// The kinds of the vocabulary's words, or nothing with a warning on stderr where WordNet is not
/// installed and --wordnet was not given.
/// @throws std::runtime_error for a --wordnet that cannot be read.
std::shared_ptr<const WordKinds> load_word_kinds(const Arguments& arguments,
                                                 const std::vector<std::string>& words);

}  // namespace saccade::app
