#pragma once

#include <optional>
#include <string>

#include "arguments.h"

namespace saccade::app {

/// --instead-of "bird=dog": a word of the sentence and a word to compare it with.
struct Comparison {
  std::string word, other;
};

/// @return nullopt if --instead-of is not given
/// @throws UsageError if it is not WORD=OTHER
std::optional<Comparison> comparison_option(const Arguments& arguments);

}  // namespace saccade::app
