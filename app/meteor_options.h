#pragma once

#include <memory>
#include <string>
#include <vector>

#include "saccade/text/wordnet/wordnet.h"

#include "arguments.h"

namespace saccade::app {

/// --wordnet and --no-meteor.
void add_meteor_options(Arguments& arguments);

/// Loads WordNet for METEOR-wn.
/// @param warnings  gets a warning if the default folder has no WordNet files
/// @return nullptr with --no-meteor, or after that warning
/// @throws std::runtime_error if --wordnet is given and cannot be read
std::shared_ptr<const WordNet> load_wordnet(const Arguments& arguments,
                                            std::vector<std::string>& warnings);

}  // namespace saccade::app
