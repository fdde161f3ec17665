#pragma once

#include <optional>
#include <string>

#include "arguments.h"

namespace saccade::app {

/// --instead-of "bird=dog": a word of the sentence and another to be compared with it.
struct Comparison {
  std::string word, other;
};

/// @return nothing where --instead-of is not given
/// @throws UsageError where it is not WORD=OTHER
std::optional<Comparison> comparison_option(const Arguments& arguments);

}  // namespace saccade::app
