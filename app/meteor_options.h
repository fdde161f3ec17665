#pragma once

#include <memory>
#include <string>
#include <vector>

#include "saccade/text/wordnet/wordnet.h"

#include "arguments.h"

namespace saccade::app {

/// --wordnet and --no-meteor.
void add_meteor_options(Arguments& arguments);

/// WordNet, or null when METEOR-wn is not wanted, or with a warning when the default folder does
/// not have WordNet's files.
std::shared_ptr<const WordNet> load_wordnet(const Arguments& arguments,
                                            std::vector<std::string>& warnings);

}  // namespace saccade::app
